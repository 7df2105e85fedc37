"""Look at the pictures of a source: reading, the network and writing overlap in threads."""

import contextlib
import dataclasses
import time

from yolo import machine
from yolo.config import DetectConfig
from yolo.inference.prefetch import Prefetcher, parallel_map
from yolo.inference.sinks import FrameResult

PAINTERS = min(machine.threads(), 4)  # threads
LIVE_THREAD = "draw"  # from this stage on a live source has a second thread


@dataclasses.dataclass(frozen=True)
class Batch:
    """Pictures that go through the network together.

    Attributes:
        frames: the Frames.
        outcome: what the stages have made of them so far; in the end a `FrameResult` of each.
        seconds: by the name of a stage, what the whole batch took there, and by how many threads the stage is run.
    """

    frames: list
    outcome: object
    seconds: dict


class DetectionPipeline:
    """Detects in the pictures of a source and hands the results to sinks.

        with pipeline.over(source) as batches:
            for batch in batches:
                ...  # batch.outcome holds Results that are written already

    Every stage has a thread of its own and is at most two batches ahead of the next, so the slowest sets the rate.
    From a live source a frame is taken only when the network is free for it, so that it is the newest, and one batch at
    most waits to be drawn. What any stage raises is raised to who iterates, after the results before it. Leaving the
    block, for whatever reason, ends all threads.

    Args:
        detector: a `Detector`.
        sinks: get every result, in order.
        windows: sinks that get the results from who iterates, for they must be used in the main thread.
        labels: the class indices that are looked for, ascending; default: all.
        batch_size: the most pictures that the network sees at once; a live source has its own.

    Attributes:
        stages: by name, in order, what makes the next outcome of a `Batch`; "read" comes before them.
    """

    def __init__(self, detector, sinks=(), windows=(), labels=None, batch_size=DetectConfig.batch_size):
        self.detector = detector
        self.sinks = list(sinks)
        self.windows = list(windows)
        self.labels = labels
        self.batch_size = batch_size
        self.stages = {
            "prepare": self._prepare,
            "network": self._compute,
            "nms": self._find,
            "draw": self._draw,
            "write": self._write,
        }

    @contextlib.contextmanager
    def over(self, source):
        """The `Batch`es of a source, all stages behind them."""
        depth = 1 if source.live else 2
        with contextlib.ExitStack() as stack:  # closes from the last stage to the first

            def opened(batches):
                stack.callback(batches.close)
                return batches

            batches = opened(self._read(source))
            for name, function in self.stages.items():
                if name == LIVE_THREAD or not source.live:
                    batches = opened(Prefetcher(batches, depth))
                threads = PAINTERS if name == "draw" and not source.live else 1
                batches = opened(_each(name, function, batches, threads))
            batches = opened(Prefetcher(batches, depth))
            stack.callback(source.stop)  # first of all, so that nobody waits for a frame that does not come
            yield batches

    def _read(self, source):
        for frames in source.batches(self.batch_size):
            yield Batch(frames, None, {"read": (sum(frame.seconds for frame in frames), source.readers)})

    def _prepare(self, batch):
        return self.detector.prepare([frame.image for frame in batch.frames])

    def _compute(self, batch):
        pictures, placements = batch.outcome
        return *self.detector.runtime(pictures), placements

    def _find(self, batch):
        found = self.detector.find(*batch.outcome, labels=self.labels)
        return [FrameResult(frame, detections) for frame, detections in zip(batch.frames, found, strict=True)]

    def _draw(self, batch):
        for result in batch.outcome:
            for sink in (*self.sinks, *self.windows):
                sink.prepare(result)
        return batch.outcome

    def _write(self, batch):
        for result in batch.outcome:
            for sink in self.sinks:
                sink.write(result)
        return batch.outcome


def _each(stage, function, batches, threads=1):
    """Batches whose outcome is the function's, and which know what that took."""

    def step(batch):
        start = time.perf_counter()
        outcome = function(batch)
        seconds = batch.seconds | {stage: (time.perf_counter() - start, threads)}
        return Batch(batch.frames, outcome, seconds)

    return parallel_map(step, batches, threads) if threads > 1 else (step(batch) for batch in batches)
