"""Measure how long each stage of looking at pictures takes, and which of them limits the rate."""

import time
from collections import defaultdict, deque

import numpy as np

from yolo import tables

REMEMBERED = 10_000  # pictures of which the times are kept


class Profile:
    """Collects what batches tell about their stages."""

    def __init__(self):
        self._seconds = defaultdict(lambda: deque(maxlen=REMEMBERED))  # of one picture, by stage
        self._busy = defaultdict(float)  # seconds, by stage
        self._pictures = 0
        self._began = time.perf_counter()

    def add(self, batch):
        """Take a `Batch` that is through; its pictures share its time evenly."""
        count = len(batch.frames)
        self._pictures += count
        for stage, (seconds, threads) in batch.seconds.items():
            self._seconds[stage].extend([seconds / count] * count)
            self._busy[stage] += seconds / threads

    def table(self):
        """Lines of text: a row for each stage, then the rate, and the stage that was busy most of the time."""
        if not self._pictures:
            return "no picture went through, so there is nothing to tell of its stages"
        elapsed = time.perf_counter() - self._began
        rows = [("stage", "median ms", "p95 ms", "busy")]
        for stage, seconds in self._seconds.items():
            median, high = np.percentile(seconds, (50, 95)) * 1000
            rows.append((stage, f"{median:.2f}", f"{high:.2f}", f"{self._busy[stage] / elapsed:.0%}"))
        slowest = max(self._busy, key=self._busy.get)
        lines = tables.aligned(rows, "lrrr", widths=(8, 9, 8, 7), gap=1)
        return f"{lines}\n{self._pictures / elapsed:.1f} pictures/s; {slowest} is what limits them"
