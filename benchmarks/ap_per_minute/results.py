"""The results of the comparison: the mean over the seeds of each detector, start and budget."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean, stdev

from benchmarks.rows import Row
from yolo.evaluation.bootstrap import Interval

AVERAGED = ("epochs", "AP50", "AP75", "seconds", "processor", "command_seconds", "command_processor")


@dataclass(frozen=True)
class Result:
    """The trainings of one detector that differ only in the seed.

    Attributes:
        data, detector, start, minutes: what they have in common.
        seeds: their number.
        ap: the mean AP.
        deviation: its standard deviation over the seeds, or None of one.
        interval: means of the ends of their 95 % intervals over resampled test pictures.
        means: of AVERAGED.
    """

    data: str
    detector: str
    start: str
    minutes: float
    seeds: int
    ap: float
    deviation: float | None
    interval: Interval
    means: dict[str, float]

    @property
    def line(self) -> str:
        """Return the name of its line in the plot."""
        return f"{self.detector}, {self.start}"


def results(rows: Iterable[Row]) -> list[Result]:
    """Return the results of rows of trainings: of each dataset, then of each detector, the shortest budget first."""
    groups: dict[tuple[str, str, str, float], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["data"], row["detector"], row["start"], row["minutes"]), []).append(row)
    data_sets, detectors, starts, _ = (list(dict.fromkeys(column)) for column in zip(*groups, strict=True))

    def place(group: tuple[str, str, str, float]) -> tuple[int, int, int, float]:
        data, detector, start, minutes = group
        return data_sets.index(data), detectors.index(detector), starts.index(start), minutes

    return [_result(*group, groups[group]) for group in sorted(groups, key=place)]


def _result(data: str, detector: str, start: str, minutes: float, rows: list[Row]) -> Result:
    aps = [row["AP"] for row in rows]
    low, high = (mean(row["AP_interval"][end] for row in rows) for end in (0, 1))
    means = {name: mean(row[name] for row in rows) for name in AVERAGED}
    deviation = stdev(aps) if len(aps) > 1 else None
    return Result(data, detector, start, minutes, len(rows), mean(aps), deviation, Interval(low, high), means)
