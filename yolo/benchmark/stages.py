"""What a picture takes from file to boxes, stage by stage, for several detectors in turns."""

import time
from dataclasses import dataclass

import numpy as np

from yolo import images
from yolo.timing import milliseconds, second, take_turns

STAGES = ("read", "prepare", "network", "nms")
WHOLE = "end-to-end"
START = "start-up"


@dataclass(frozen=True)
class Row:
    """The time of a stage.

    Attributes:
        runtime, precision: of the model.
        stage: one of STAGES, "end-to-end", which is their sum, or "start-up", a whole process.
        batch: how many pictures at a time.
        size: (height, width) of the network's input.
        median_ms, p95_ms: of a batch.
    """

    runtime: str
    precision: str
    stage: str
    batch: int
    size: tuple[int, int]
    median_ms: float
    p95_ms: float

    @classmethod
    def of(cls, model, stage, batch, size, times):
        """Return the row of what each round took, in milliseconds."""
        return cls(*model, stage, batch, tuple(size), *map(float, np.percentile(times, (50, 95))))


def measure(detectors, paths, rounds):
    """`Row`s of every stage at batch 1.

    Args:
        detectors: `Detector`s by (runtime, precision).
        paths: picture files, looked at in turn.
    """
    for detector in detectors.values():
        for path in paths:
            _stages(detector, path)  # so that nothing is done for the first time when it counts
    calls = [lambda i, detector=d: second(_stages, detector, paths[i % len(paths)]) for d in detectors.values()]
    rows = []
    for (model, detector), times in zip(detectors.items(), take_turns(calls, rounds), strict=True):
        columns = [*np.transpose(times), np.sum(times, axis=1)]
        size = detector.runtime.input_size
        rows += [Row.of(model, stage, 1, size, column) for stage, column in zip((*STAGES, WHOLE), columns, strict=True)]
    return rows


def measure_batches(detectors, paths, rounds, batch):
    """`Row`s of the network alone on several pictures at a time."""
    pictures = [images.read(paths[i % len(paths)]) for i in range(batch)]
    calls = []
    for detector in detectors.values():
        prepared, _ = detector.prepare(pictures)
        detector.runtime(prepared)
        calls.append(lambda i, run=detector.runtime, prepared=prepared: second(milliseconds, run, prepared))
    every = zip(detectors.items(), take_turns(calls, rounds), strict=True)
    return [Row.of(model, "network", batch, detector.runtime.input_size, times) for (model, detector), times in every]


def _stages(detector, path):
    """Milliseconds of each of STAGES."""
    marks = [time.perf_counter()]
    image = images.read(path)
    marks.append(time.perf_counter())
    prepared, placements = detector.prepare([image])
    marks.append(time.perf_counter())
    found = detector.runtime(prepared)
    marks.append(time.perf_counter())
    detector.find(*found, placements)
    marks.append(time.perf_counter())
    return 1000 * np.diff(marks)
