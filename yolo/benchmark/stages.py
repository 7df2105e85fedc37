"""What a picture takes from file to boxes, stage by stage, for several detectors in turns."""

import time
from dataclasses import dataclass

import numpy as np

from yolo import picture_files
from yolo.timing import interleave, milliseconds, warm_then_measure

STAGES = ("read", "prepare", "network", "nms")
WHOLE = "end-to-end"
START = "start-up"


@dataclass(frozen=True)
class StageTime:
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
    """`StageTime`s of every stage at batch 1.

    Args:
        detectors: `Detector`s by (runtime, precision).
        paths: picture files, looked at in turn.
    """
    for detector in detectors.values():
        for path in paths:
            _stages(detector, path)  # so that nothing is done for the first time when it counts
    calls = [
        lambda i, detector=d: warm_then_measure(_stages, detector, paths[i % len(paths)]) for d in detectors.values()
    ]
    rows = []
    for (model, detector), times in zip(detectors.items(), interleave(calls, rounds), strict=True):
        columns = [*np.transpose(times), np.sum(times, axis=1)]
        size = detector.runtime.input_size
        rows += [
            StageTime.of(model, stage, 1, size, column) for stage, column in zip((*STAGES, WHOLE), columns, strict=True)
        ]
    return rows


def measure_batches(detectors, paths, rounds, batch):
    """`StageTime`s of the network alone on several pictures at a time."""
    pictures = [picture_files.read(paths[i % len(paths)]) for i in range(batch)]
    calls = []
    for detector in detectors.values():
        prepared, _ = detector.prepare(pictures)
        detector.runtime(prepared)
        calls.append(lambda i, run=detector.runtime, prepared=prepared: warm_then_measure(milliseconds, run, prepared))
    every = zip(detectors.items(), interleave(calls, rounds), strict=True)
    return [
        StageTime.of(model, "network", batch, detector.runtime.input_size, times) for (model, detector), times in every
    ]


def _stages(detector, path):
    """Milliseconds of each of STAGES."""
    marks = [time.perf_counter()]
    image = picture_files.read(path)
    marks.append(time.perf_counter())
    prepared, placements = detector.prepare([image])
    marks.append(time.perf_counter())
    found = detector.runtime(prepared)
    marks.append(time.perf_counter())
    detector.find(*found, placements)
    marks.append(time.perf_counter())
    return 1000 * np.diff(marks)
