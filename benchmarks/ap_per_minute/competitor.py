"""The words in which the comparison speaks of a detector that it trains."""

from pathlib import Path
from typing import Any, Protocol

from benchmarks.ap_per_minute.compared_data import ComparedData

RANDOM = "random"  # weights at the start


class Competitor(Protocol):
    """A detector that a `training_process` trains.

    Attributes:
        name: in the table.
        kind: "ours" or "ultralytics".
        starts: the names of the weights at the start.
        python: the interpreter that has it.
        environment: variables of the process.
    """

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def starts(self) -> tuple[str, ...]: ...

    @property
    def python(self) -> Path: ...

    @property
    def environment(self) -> dict[str, str]: ...

    def settings(self, data: ComparedData, start: str, epochs: int, seed: int, quick: bool | None) -> Any:
        """Return the settings of a training for a job of `training_process`.

        Args:
            quick: whether all epochs are of the quicker kind, see `yolo.training.time_budget`; None for the usual mix.
        """

    def count_quick(self, epochs: int) -> int:
        """Return how many epochs of the usual mix are quicker ones."""
