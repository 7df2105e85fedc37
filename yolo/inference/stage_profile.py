"""Measure the time that each stage of detection takes, and which stage limits the rate."""

import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

import numpy as np

from yolo import tables

if TYPE_CHECKING:
    from yolo.inference.pipeline import Batch

REMEMBERED = 10_000  # pictures whose times are kept


class Profile:
    """The times of all stages, collected from batches."""

    def __init__(self) -> None:
        # by stage: the seconds of each picture, and the seconds of all divided by the number of threads
        self._seconds: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._busy: defaultdict[str, float] = defaultdict(float)
        self._pictures = 0
        self._began = time.perf_counter()

    def add(self, batch: "Batch[object]") -> None:
        """Add a batch that has passed all stages; its time is divided evenly among its pictures."""
        count = len(batch.frames)
        self._pictures += count
        for stage, (seconds, threads) in batch.seconds.items():
            self._seconds[stage].extend([seconds / count] * count)
            self._busy[stage] += seconds / threads

    def table(self) -> str:
        """Return a table with a row for each stage, and a line with the rate and the stage that was busiest."""
        if not self._pictures:
            return "no picture was processed, so no stage was measured"
        elapsed = time.perf_counter() - self._began
        rows = [("stage", "median ms", "p95 ms", "busy")]
        for stage, seconds in self._seconds.items():
            median, high = np.percentile(seconds, (50, 95)) * 1000
            rows.append((stage, f"{median:.2f}", f"{high:.2f}", f"{self._busy[stage] / elapsed:.0%}"))
        busiest = max(self._busy, key=lambda stage: self._busy[stage])
        lines = tables.aligned(rows, "lrrr", widths=(8, 9, 8, 7), gap=1)
        return f"{lines}\n{self._pictures / elapsed:.1f} pictures/s; {busiest} is what limits them"
