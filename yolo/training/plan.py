"""What one run does, with nothing left open: made once from what the user asked for, and kept in the run's folder.

`config.json` beside it holds the user's settings, for people and for `--config`.
"""

import dataclasses
import json
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yolo.atomic_write import atomic_write
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.option_checks import fits
from yolo.settings_base import flag_name
from yolo.training.phases import Phase
from yolo.training.run_datasets import Splits

PLAN = "plan.json"
NETWORK_SETTINGS = {  # settings of a run -> arguments of its network
    "attention": "attention",
    "input_size": "input_size",
    "resize": "resize_mode",
    "precision": "dtype",
}


@dataclass(frozen=True)
class TrainingPlan:
    """What one run does.

    Attributes:
        data: the data folder, an absolute path.
        splits: the lists of training, validation and test pictures.
        corners, negatives: how annotations are read, see `DataFolder`.
        class_list: the classes that annotations may name.
        labels: those of them to learn, as `--labels` names them, or None for all.
        network: the arguments of the `YoloV4Tiny`, its class names, anchors, attention and precision among them.
        weights: the file or published name that it starts from, or None for random weights.
        strict: whether weights that do not fit as a whole are refused.
        phases: the epochs of the run.
        learning_rate: its peak.
        average: decay of the exponential moving average of the weights.
        patience: epochs at full size without a better score after which the run stops; 0 for never.
        augment: the augmentation, as `--augment` names it; its text lies beside the plan.
        horizontal_flip, vertical_flip: chances that replace those of the augmentation; None leaves them.
        gentle_from: the epoch from which training pictures are changed less.
        workers: pictures prepared in parallel; 0 for one for each processor core of the machine that runs it.
        cache: whether decoded pictures are kept in memory.
    """

    data: str
    splits: Splits
    corners: str
    negatives: bool
    class_list: tuple[str, ...]
    labels: str | None
    network: dict[str, Any] = field(hash=False)
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
    seed: int
    tensorboard: bool

    @property
    def epochs(self) -> int:
        """Return the number of epochs."""
        return self.phases[-1].last

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return the classes to learn, in the order of their labels."""
        return tuple(self.network["class_names"])

    @property
    def input_size(self) -> tuple[int, int]:
        """Return the height and width that the finished network sees."""
        height, width = self.network["input_size"]
        return height, width

    @property
    def is_validated(self) -> bool:
        """Return whether there are validation pictures, which choose the best epoch."""
        return self.splits.held_out or self.splits.validation is not None

    @property
    def full_size_from(self) -> int:
        """Return the first epoch of the last phase, from which on `patience` counts."""
        return self.phases[-1].first

    def save(self, folder: Path) -> None:
        """Write the plan into the folder of a run."""
        atomic_write(folder / PLAN, json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> "TrainingPlan":
        """Return the plan in the folder of a run.

        Raises:
            UserError: it is not there, or is no plan.
        """
        path = folder / PLAN
        content = read_json(path, "the plan of the run")
        try:
            content = {name: _tuples(value) for name, value in content.items()}
            parts = {"splits": Splits(**content["splits"]), "phases": tuple(Phase(**one) for one in content["phases"])}
            plan = cls(**content | parts)
            kinds = typing.get_type_hints(cls) | {"phases": tuple, "network": dict}
            wrong = [name for name, kind in kinds.items() if not fits(getattr(plan, name), kind)]
            if wrong or not plan.phases:
                raise ValueError(f"its '{(*wrong, 'phases')[0]}' is of another kind")
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise UserError(f"{path} is no plan of a run ({error}): put back what was there.") from error
        return plan


def _tuples(value: Any) -> Any:
    """Return a value read from JSON with its lists as tuples."""
    if isinstance(value, dict):
        return {name: _tuples(inner) for name, inner in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def changed_settings(plan: TrainingPlan, config: TrainConfig) -> list[str]:
    """Return the flags of the settings in which a `config.json` contradicts the plan that it belongs to."""
    planned = vars(plan) | {"train_split": plan.splits.train, "epochs": plan.epochs}
    for name, argument in NETWORK_SETTINGS.items():
        planned[name] = plan.network[argument]
    return [
        flag_name(name)
        for name, asked in vars(config).items()
        if name in planned and name != "cache" and asked not in (None, "none") and asked != planned[name] is not None
    ]
