"""The trials: one training for each arm, set and seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.recipe_trials.arms import ARMS
from benchmarks.recipe_trials.trial_sets import SETS


@dataclass(frozen=True)
class Trial:
    """One training, named by keys of ARMS and SETS."""

    arm: str
    set: str
    seed: int

    @property
    def key(self) -> dict[str, Any]:
        """Return the values by which its row is found."""
        return {"arm": self.arm, "set": self.set, "seed": self.seed, "epochs": self.epochs}

    @property
    def epochs(self) -> int:
        return SETS[self.set].epochs * ARMS[self.arm].epochs_scale

    @property
    def title(self) -> str:
        """Return a few words for messages."""
        return f"{self.arm}, {self.set}, seed {self.seed}"


def plan(arms: Sequence[str], sets: Sequence[str], seeds: Sequence[int]) -> Iterator[Trial]:
    """Yield all trials, seed by seed, then arm by arm."""
    for seed in seeds:
        for arm in arms:
            for name in sets:
                yield Trial(arm, name, seed)
