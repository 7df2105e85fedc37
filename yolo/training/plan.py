"""The plan of a run: all its choices, made once from the settings of the user and kept in the folder of the run.

`config.json` beside it contains the settings themselves, for people and for `--config`.
"""

import dataclasses
import json
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from yolo.atomic_write import atomic_write
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.option_checks import fits
from yolo.run_folders import CONFIG
from yolo.settings_base import flag_name
from yolo.training.phases import Phase
from yolo.training.run_datasets import RunSplits

PLAN = "plan.json"
Part = TypeVar("Part")
OF_THE_MACHINE = ("workers", "cache", "tensorboard", "data", "runs", "name", "allow_imports")
"""Settings that change nothing in what a run computes: they may be others when it is resumed."""
NEW_SETTINGS = {"levels": 2, "teacher": None, "unlabelled": None, "rectangular_batches": False}
"""What was done before there were such settings."""


@dataclass(frozen=True)
class TrainingPlan:
    """All choices of one run.

    Attributes:
        settings: those of the user with every choice made, as `config.json` has them.
        data: the data paths, absolute, separated by commas.
        splits: the lists of training, validation and test pictures.
        corners, negatives: how annotations are read, see `DataFolder`.
        class_list: the classes that annotations may name, or None for any.
        labels: the classes to learn, as `--labels` names them, or None for all.
        network: the arguments of the `YoloV4Tiny`: class names, anchors, attention, precision and others.
        weights: the file or published name of the initial weights, or None for random weights.
        strict: whether to refuse initial weights if some of them do not fit.
        phases: the epochs of the run.
        learning_rate: its peak.
        average: decay of the exponential moving average of the weights.
        patience: the number of epochs at full size without a better score before the run stops; 0 means never.
        augment: the augmentation, as `--augment` names it; its text is kept beside the plan.
        horizontal_flip, vertical_flip: probabilities in place of those of the augmentation, or None.
        gentle_from: the epoch from which training pictures are changed less.
        workers: pictures prepared in parallel; 0 means as many as the machine has processor cores.
        cache: whether decoded pictures are kept in memory.
        rectangular_batches: whether a batch is only as high and wide as its pictures need.
    """

    settings: dict[str, Any]
    data: str
    splits: RunSplits
    corners: str
    negatives: bool
    class_list: tuple[str, ...] | None
    labels: str | None
    network: dict[str, Any]
    weights: str | None
    strict: bool
    phases: tuple[Phase, ...]
    batch_size: int
    optimizer: str
    learning_rate: float
    weight_decay: float
    warmup_steps: int
    average: float
    patience: int
    augment: str
    horizontal_flip: float | None
    vertical_flip: float | None
    mosaic: float
    mixup: float
    gentle_from: int
    workers: int
    cache: bool
    rectangular_batches: bool
    seed: int
    tensorboard: bool

    @property
    def epochs(self) -> int:
        """Return the number of epochs."""
        return self.phases[-1].last

    @property
    def is_taught(self) -> bool:
        """Return whether the run has a teacher."""
        return self.settings["teacher"] is not None

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return the classes to learn, in the order of their labels."""
        return tuple(self.network["class_names"])

    @property
    def input_size(self) -> tuple[int, int]:
        """Return the height and width of the finished network's input."""
        height, width = self.network["input_size"]
        return height, width

    @property
    def is_validated(self) -> bool:
        """Return whether there are validation pictures to choose the best epoch."""
        return self.splits.held_out or self.splits.validation is not None

    @property
    def full_size_from(self) -> int:
        """Return the first epoch of the last phase; `patience` counts from it."""
        return self.phases[-1].first

    def save(self, folder: Path) -> None:
        """Write the plan and the settings into the folder of a run."""
        for name, content in ((PLAN, dataclasses.asdict(self)), (CONFIG, self.settings)):
            atomic_write(folder / name, json.dumps(content, indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> "TrainingPlan":
        """Return the plan in the folder of a run.

        Raises:
            UserError: there is none, or its content is not a plan.
        """
        path = folder / PLAN
        content = read_json(path, "the plan of the run")
        try:
            content = {name: _tuples(value) for name, value in content.items()}
            content["settings"] = NEW_SETTINGS | content["settings"]
            content.setdefault("rectangular_batches", NEW_SETTINGS["rectangular_batches"])
            parts = {
                "splits": _made(RunSplits, content["splits"]),
                "phases": tuple(_made(Phase, one) for one in content["phases"]),
            }
            plan = _made(cls, content | parts)
            missing = {"class_names", "attention", "input_size", "resize_mode", "dtype"} - plan.network.keys()
            if missing or not plan.phases:
                raise ValueError(f"its {'network' if missing else 'phases'} cannot be of a run")
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise UserError(f"{path} is no plan of a run ({error}): put back what was there.") from error
        return plan


def _tuples(value: Any) -> Any:
    """Return a value read from JSON with its lists as tuples."""
    if isinstance(value, dict):
        return {name: _tuples(inner) for name, inner in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _made(cls: type[Part], content: dict[str, Any]) -> Part:
    """Return an instance with these fields; raise ValueError or TypeError unless they are those of the class."""
    kinds = typing.get_type_hints(cls) | {"splits": RunSplits, "phases": tuple, "settings": dict, "network": dict}
    for name, value in content.items():
        if name in kinds and not fits(value, kinds[name]):
            raise ValueError(f"its '{name}' has the wrong type")
    return cls(**content)


def changed_settings(plan: TrainingPlan, config: TrainConfig) -> list[str]:
    """Return the flags of the settings in which a `config.json` differs from its plan."""
    return [
        flag_name(name)
        for name, value in dataclasses.asdict(config).items()
        if name not in OF_THE_MACHINE and name in plan.settings and value != plan.settings[name]
    ]
