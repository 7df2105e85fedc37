"""The trainings of the comparison: short ones for the time of an epoch, then one for each detector, budget and seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ap_per_minute.compared_data import ComparedData
from benchmarks.ap_per_minute.competitor import RANDOM, Competitor
from benchmarks.rows import find
from yolo.training.time_budget import TRIALS, TrainingTimes


@dataclass(frozen=True)
class Training:
    """One training.

    Attributes:
        machine: on which it is done; rows of others do not count.
        minutes: the budget, or None for a trial.
        trial: one of TRIALS, or None.
    """

    competitor: Competitor
    data: ComparedData
    machine: str
    start: str = RANDOM
    seed: int = 0
    minutes: float | None = None
    trial: tuple[int, bool] | None = None

    @property
    def key(self) -> dict[str, Any]:
        """Return the values by which its row is found."""
        key: dict[str, Any] = {"data": self.data.name, "detector": self.competitor.name, "machine": self.machine}
        if self.trial:
            return key | {"trial": list(self.trial)}
        return key | {"start": self.start, "minutes": self.minutes, "seed": self.seed}

    @property
    def title(self) -> str:
        """Return a few words for messages."""
        what = "time of an epoch" if self.trial else f"{self.minutes:g} minutes, seed {self.seed}"
        return f"{self.data.name}, {self.competitor.name}, {self.start} weights, {what}"

    def epochs(self, rows: Path) -> int | None:
        """Return the number of epochs, 0 if none fits into the minutes, or None while a trial has no row yet."""
        if self.trial:
            return self.trial[0]
        assert self.minutes is not None
        found = [find(rows, trial.key) for trial in trials(self.competitor, self.data, self.machine)]
        seconds = [row["seconds"] for row in found if row]
        if len(seconds) < len(TRIALS):
            return None
        return TrainingTimes.of(*seconds).epochs_in(self.minutes, self.competitor.count_quick)

    def job(self, epochs: int, folder: Path) -> dict[str, Any]:
        """Return the job for a `training_process` that writes into an empty folder."""
        quick = self.trial[1] if self.trial else None
        return {
            "kind": self.competitor.kind,
            "settings": self.competitor.settings(self.data, self.start, epochs, self.seed, quick),
            "folder": str(folder),
            "pictures": [] if self.trial else self.data.pictures,
            "output": str(folder / "result.json"),
        }


def trials(competitor: Competitor, data: ComparedData, machine: str) -> list[Training]:
    """Return the short trainings that tell how long an epoch takes."""
    return [Training(competitor, data, machine, trial=trial) for trial in TRIALS]


def plan(
    competitors: Sequence[Competitor],
    data_sets: Sequence[ComparedData],
    budgets: Sequence[float],
    seeds: Sequence[int],
    machine: str,
) -> Iterator[Training]:
    """Yield all trainings: the trials first, then seed by seed, the shortest first."""
    for data in data_sets:
        for competitor in competitors:
            yield from trials(competitor, data, machine)
    for seed in seeds:
        for minutes in sorted(budgets):
            for data in data_sets:
                for competitor in competitors:
                    for start in competitor.starts:
                        yield Training(competitor, data, machine, start, seed, minutes)
