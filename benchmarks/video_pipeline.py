"""Measure how near a video comes to the rate of its slowest stage, and whether memory stays constant over many frames.

    python benchmarks/video_pipeline.py traffic.mp4 [--weights runs/x/best.keras | --network-ms 8] [--frames 10000]

The script prints two Markdown tables. The first has the rates of each stage alone and of all together: medians of
rounds, measured in turns, so that a busy machine disturbs all alike. The second has the resident memory over the given
number of frames. With --network-ms the network is a pause of that length, which is what a network on a GPU is for the
processor. A network on the processor competes with the other stages for its cores, so that all together cannot be as
fast as the slowest stage alone.
"""

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from yolo.array_types import CandidateBoxes, CandidateScores, Images
from yolo.inference.detector import Detector
from yolo.inference.metadata import ModelMetadata
from yolo.inference.pipeline import Batch, DetectionPipeline
from yolo.inference.runtimes.runtime import Runtime
from yolo.inference.sinks import AnnotatedCopies
from yolo.inference.sources import Frame, FrameSource, open_sources
from yolo.malloc_tuning import keep_freed_memory
from yolo.tables import markdown, markdown_row

MEASURED = 64  # frames for the rate of a stage alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", metavar="VIDEO")
    parser.add_argument("--weights", metavar="FILE")
    parser.add_argument("--classes", metavar="FILE")
    parser.add_argument("--network-ms", type=float, default=8.0)
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    keep_freed_memory()  # as predict.py does

    [video] = open_sources([arguments.video])
    if arguments.weights:
        detector = Detector.load(arguments.weights, arguments.classes)
    else:
        detector = Detector(Pause(arguments.network_ms / 1000))
    with tempfile.TemporaryDirectory() as folder:
        print_rates(video, detector, arguments.batch_size, arguments.rounds, folder)
        print_memory(video, detector, arguments.batch_size, arguments.frames, folder)


class Pause(Runtime):
    """A runtime that waits for a given time instead of computing, and finds three objects in every picture."""

    CONCURRENT = True

    def __init__(self, seconds: float) -> None:
        super().__init__(ModelMetadata(("car", "bus", "person"), (416, 416), "letterbox", "float32"))
        self.seconds = seconds
        self.boxes = np.zeros((1, 2535, 4), np.float32)
        self.scores = np.zeros((1, 2535, 3), np.float32)
        self.boxes[0, :3] = (50, 120, 200, 250), (150, 180, 320, 300), (300, 150, 360, 280)
        self.scores[0, range(3), range(3)] = 0.9

    def _compute(self, pictures: Images) -> tuple[CandidateBoxes, CandidateScores]:
        time.sleep(self.seconds * len(pictures))
        return self.boxes.repeat(len(pictures), 0), self.scores.repeat(len(pictures), 0)


class Repeated(FrameSource):
    """A video that starts again at its end, until it has yielded a number of frames."""

    def __init__(self, video: FrameSource, frames: int) -> None:
        self._video = video
        self.total, self.fps, self.name = frames, video.fps, video.name

    def __iter__(self) -> Iterator[Frame]:
        endless = itertools.chain.from_iterable(itertools.repeat(self._video))
        for index, frame in enumerate(itertools.islice(endless, self.total)):
            yield Frame(frame.image, frame.source, index, frame.fps, seconds=frame.seconds)


def print_rates(video: FrameSource, detector: Detector, batch_size: int, rounds: int, folder: str) -> None:
    """Print the rate of each stage alone, and of all together."""
    with AnnotatedCopies(folder) as sink:
        pipeline = DetectionPipeline(detector, [sink], batch_size=batch_size)
        rates: dict[str, list[float]] = {}
        for _ in range(rounds):
            for stage, rate in measured(video, pipeline, batch_size):
                rates.setdefault(stage, []).append(rate)
    medians = {stage: statistics.median(values) for stage, values in rates.items()}
    together = medians.pop("all together")
    slowest = min(medians, key=lambda stage: medians[stage])
    rows = [("stage", "frames/s alone"), *((stage, f"{rate:.1f}") for stage, rate in medians.items())]
    rows.append(("all together", f"{together:.1f} = {together / medians[slowest]:.2f} of {slowest}"))
    print(f"{markdown(rows)}\n")


def measured(video: FrameSource, pipeline: DetectionPipeline, batch_size: int) -> Iterator[tuple[str, float]]:
    """Yield the name and the frames per second of each stage alone, then of all together."""
    start = time.perf_counter()
    batches = [Batch(frames, None, {}) for frames in Repeated(video, MEASURED).batches(batch_size)]
    yield "read", MEASURED / (time.perf_counter() - start)
    for stage, function in pipeline.stages.items():
        start = time.perf_counter()
        batches = [Batch(batch.frames, function(batch), {}) for batch in batches]
        yield stage, MEASURED / (time.perf_counter() - start)
    with pipeline.over(Repeated(video, 4 * MEASURED)) as results:
        next(results)  # now all threads are working
        start = time.perf_counter()
        count = sum(len(batch.frames) for batch in results)
        yield "all together", count / (time.perf_counter() - start)


def print_memory(video: FrameSource, detector: Detector, batch_size: int, frames: int, folder: str) -> None:
    """Print the resident megabytes at ten moments of so many frames, and at the end."""
    print(markdown([("frames", "resident MB")]))
    with (
        AnnotatedCopies(folder) as sink,
        DetectionPipeline(detector, [sink], batch_size=batch_size).over(Repeated(video, frames)) as results,
    ):
        seen = 0
        for batch in results:
            if seen % (frames // 10) == 0 or seen + len(batch.frames) == frames:
                print(markdown_row([seen, f"{resident():.0f}"]), flush=True)
            seen += len(batch.frames)


def resident() -> float:
    """Return the megabytes of memory that this process occupies."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
