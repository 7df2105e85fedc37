"""Checkouts of this project as detectors of the comparison."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ap_per_minute.compared_data import ComparedData
from benchmarks.ap_per_minute.competitor import RANDOM
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.training.phases import count_small


@dataclass(frozen=True)
class Ours:
    """A checkout of this project; with `weights`, it also starts from these."""

    name: str
    checkout: Path
    weights: Path | None = None
    kind: str = "ours"
    python: Path = Path(sys.executable)

    @property
    def starts(self) -> tuple[str, ...]:
        return (RANDOM, self.weights.stem) if self.weights else (RANDOM,)

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.checkout)}

    def settings(self, data: ComparedData, start: str, epochs: int, seed: int, quick: bool | None) -> list[str]:
        weights = "none" if start == RANDOM else str(self.weights)
        flags = ["--data", str(data.folder), "--train-split", data.train_split, "--val-split", "none"]
        flags += ["--test-split", "none", "--weights", weights, "--epochs", str(epochs), "--seed", str(seed)]
        return flags if quick is None else [*flags, "--small-epochs", str(float(quick))]

    def count_quick(self, epochs: int) -> int:
        return count_small(epochs, TrainConfig.small_epochs, TrainConfig.input_size)


def read_ours(text: str, weights: Path | None) -> Ours:
    """Return the checkout in a text such as `before=../older-checkout`.

    Raises:
        UserError: it is no such text, or there is no checkout.
    """
    name, equals, path = text.partition("=")
    checkout = Path(os.path.abspath(path))
    if not (name and equals) or not (checkout / "train.py").is_file():
        raise UserError(f"--ours wants NAME=PATH with the path of a checkout; got '{text}'.")
    return Ours(name, checkout, weights)
