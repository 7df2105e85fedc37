"""Measure each stage from a picture file to its boxes, for several detectors that take turns."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo import picture_files
from yolo.array_types import Image
from yolo.benchmark.choose_models import Model
from yolo.inference.detector import Detector
from yolo.timing import interleave, milliseconds, warm_then_measure

STAGES = ("read", "prepare", "network", "nms")
WHOLE = "end-to-end"
START = "start-up"

Milliseconds: TypeAlias = Annotated[NDArray[np.float64], "stages"]
"""The time of each of STAGES."""


@dataclass(frozen=True)
class StageTime:
    """The time of one stage of one model.

    Attributes:
        runtime, precision: of the model.
        stage: one of STAGES, or "end-to-end", which is their sum, or "start-up", which is a whole process.
        batch: number of pictures in a batch.
        size: (height, width) of the network's input.
        median_ms, p95_ms: median and 95th percentile of the time of a batch.
    """

    runtime: str
    precision: str
    stage: str
    batch: int
    size: tuple[int, int]
    median_ms: float
    p95_ms: float

    @classmethod
    def of(
        cls,
        model: Model,
        stage: str,
        batch: int,
        size: tuple[int, int],
        times: Sequence[float] | NDArray[np.float64],
    ) -> "StageTime":
        """Return the time of a stage from the milliseconds of all rounds."""
        median, high = np.percentile(times, (50, 95))
        return cls(*model, stage, batch, (size[0], size[1]), float(median), float(high))


def measure(detectors: Mapping[Model, Detector], paths: Sequence[Path], rounds: int) -> list[StageTime]:
    """Return the times of every stage at batch 1.

    Args:
        paths: picture files, used in turn.

    Raises:
        UserError: a picture cannot be read.
    """
    for detector in detectors.values():
        for path in paths:
            _stages(detector, path)  # so that nothing happens for the first time during the measurement
    calls = [_stages_call(detector, paths) for detector in detectors.values()]
    rows = []
    for (model, detector), times in zip(detectors.items(), interleave(calls, rounds), strict=True):
        columns = [*np.transpose(times), np.sum(times, axis=1)]
        size = detector.runtime.input_size
        rows += [
            StageTime.of(model, stage, 1, size, column) for stage, column in zip((*STAGES, WHOLE), columns, strict=True)
        ]
    return rows


def measure_batches(
    detectors: Mapping[Model, Detector], paths: Sequence[Path], rounds: int, batch: int
) -> list[StageTime]:
    """Return the times of the network alone on batches of several pictures.

    Raises:
        UserError: a picture cannot be read.
    """
    pictures = [picture_files.read(paths[i % len(paths)]) for i in range(batch)]
    calls = [_network_call(detector, pictures) for detector in detectors.values()]
    every = zip(detectors.items(), interleave(calls, rounds), strict=True)
    return [
        StageTime.of(model, "network", batch, detector.runtime.input_size, times) for (model, detector), times in every
    ]


def _stages_call(detector: Detector, paths: Sequence[Path]) -> Callable[[int], Milliseconds]:
    """Return a function that measures the stages on the i-th picture."""
    return lambda i: warm_then_measure(_stages, detector, paths[i % len(paths)])


def _network_call(detector: Detector, pictures: Sequence[Image]) -> Callable[[int], float]:
    """Return a function that measures the network on these pictures, which have been through it once."""
    prepared, _ = detector.prepare(pictures)
    detector.runtime(prepared)
    return lambda _: warm_then_measure(milliseconds, detector.runtime, prepared)


def _stages(detector: Detector, path: Path) -> Milliseconds:
    """Return the milliseconds of each of STAGES."""
    marks = [time.perf_counter()]
    image = picture_files.read(path)
    marks.append(time.perf_counter())
    prepared, placements = detector.prepare([image])
    marks.append(time.perf_counter())
    boxes, scores = detector.runtime(prepared)
    marks.append(time.perf_counter())
    detector.find(boxes, scores, placements)
    marks.append(time.perf_counter())
    return 1000 * np.diff(marks)
