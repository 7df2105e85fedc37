"""Detect in the pictures of a source, with reading, network and writing in parallel threads."""

import contextlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from yolo import machine
from yolo.array_types import CandidateBoxes, CandidateScores, Images
from yolo.config import DetectConfig
from yolo.inference.detector import Detector
from yolo.inference.prefetch import Prefetcher, parallel_map
from yolo.inference.sink import FrameResult, Sink
from yolo.inference.sources import Frame, FrameSource
from yolo.letterbox import Placement

DRAWING_THREADS = min(machine.threads(), 4)
LIVE_THREAD = "draw"  # from this stage on, a live source has a second thread

Outcome = TypeVar("Outcome", covariant=True)


@dataclass(frozen=True)
class Batch(Generic[Outcome]):
    """Pictures that pass the stages together.

    Attributes:
        frames: the pictures.
        outcome: the output of the latest stage; after the last stage a `FrameResult` for each frame.
        seconds: for each stage so far, its time for the whole batch and its number of threads.
    """

    frames: list[Frame]
    outcome: Outcome
    seconds: dict[str, tuple[float, int]]


Prepared: TypeAlias = tuple[Images, list[Placement]]
"""The input of the network, and the placement of each picture in it."""

Computed: TypeAlias = tuple[CandidateBoxes, CandidateScores, list[Placement]]
"""The output of the network, and the placement of each picture."""

Results: TypeAlias = list[FrameResult]

Batches: TypeAlias = Generator[Batch[Any], None, None] | Prefetcher[Batch[Any]]
"""The batches after one of the stages."""


class DetectionPipeline:
    """A pipeline that detects in the pictures of a source and writes the results to sinks.

    Every stage has a thread of its own and is at most two batches ahead of the next, so the slowest one sets the rate.
    A frame of a live source is read only when the network is free, so that it is the newest, and at most one batch
    waits to be drawn. An exception in any stage is raised in the loop over the batches, after the results before it.
    All threads end when the block is left, for whatever reason.

    Example:
        >>> pipeline = DetectionPipeline(detector, batch_size=1)
        >>> [source] = open_sources(["dog.png"])
        >>> with pipeline.over(source) as batches:
        ...     for batch in batches:
        ...         print([result.detections.names for result in batch.outcome])
        [['dog']]

    Args:
        sinks: receive every result, in order.
        windows: sinks that the main thread writes to, in the loop over the batches.
        labels: the indices of the classes to detect, ascending; by default all.
        batch_size: the most pictures in a batch; a live source chooses its own.

    Attributes:
        stages: the function of each stage by name, in order, from a `Batch` to its next outcome. The stage "read" comes
            before them.
    """

    def __init__(
        self,
        detector: Detector,
        sinks: Iterable[Sink] = (),
        windows: Iterable[Sink] = (),
        labels: Sequence[int] | None = None,
        batch_size: int = DetectConfig.batch_size,
    ) -> None:
        self.detector = detector
        self.sinks = list(sinks)
        self.windows = list(windows)
        self.labels = labels
        self.batch_size = batch_size
        self.stages: dict[str, Callable[[Batch[Any]], Any]] = {
            "prepare": self._prepare,
            "network": self._compute,
            "nms": self._find,
            "draw": self._draw,
            "write": self._write,
        }

    @contextlib.contextmanager
    def over(self, source: FrameSource) -> Iterator[Iterator[Batch[Results]]]:
        """Yield an iterator over the batches of a source, after all stages."""
        depth = 1 if source.live else 2
        with contextlib.ExitStack() as stack:  # closes the last stage first

            def opened(batches: Batches) -> Batches:
                stack.callback(batches.close)
                return batches

            batches = opened(self._read(source))
            for name, function in self.stages.items():
                if name == LIVE_THREAD or not source.live:
                    batches = opened(Prefetcher(batches, depth))
                threads = DRAWING_THREADS if name == "draw" and not source.live else 1
                batches = opened(_each(name, function, batches, threads))
            batches = opened(Prefetcher(batches, depth))
            stack.callback(source.stop)  # first of all, so that no thread waits for a frame that does not come
            yield batches

    def _read(self, source: FrameSource) -> Generator[Batch[None], None, None]:
        for frames in source.batches(self.batch_size):
            yield Batch(frames, None, {"read": (sum(frame.seconds for frame in frames), source.readers)})

    def _prepare(self, batch: Batch[None]) -> Prepared:
        return self.detector.prepare([frame.image for frame in batch.frames])

    def _compute(self, batch: Batch[Prepared]) -> Computed:
        images, placements = batch.outcome
        return *self.detector.runtime(images), placements

    def _find(self, batch: Batch[Computed]) -> Results:
        found = self.detector.find(*batch.outcome, labels=self.labels)
        return [FrameResult(frame, detections) for frame, detections in zip(batch.frames, found, strict=True)]

    def _draw(self, batch: Batch[Results]) -> Results:
        for result in batch.outcome:
            for sink in (*self.sinks, *self.windows):
                sink.prepare(result)
        return batch.outcome

    def _write(self, batch: Batch[Results]) -> Results:
        for result in batch.outcome:
            for sink in self.sinks:
                sink.write(result)
        return batch.outcome


def _each(
    stage: str, function: Callable[[Batch[Any]], Any], batches: Iterable[Batch[Any]], threads: int = 1
) -> Batches:
    """Return the batches with the outcome of a function, and with its time added."""

    def step(batch: Batch[Any]) -> Batch[Any]:
        start = time.perf_counter()
        outcome = function(batch)
        seconds = batch.seconds | {stage: (time.perf_counter() - start, threads)}
        return Batch(batch.frames, outcome, seconds)

    return parallel_map(step, batches, threads) if threads > 1 else (step(batch) for batch in batches)
