"""The arms of the trials: what each changes of the base, which has the settings of before there were trials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.recipe_trials.changes import compute_batch_norm_anew, use_lion, use_muon, use_two_sigma_sizes

BASE: dict[str, Any] = {  # for `TrainConfig`
    "weights": "none",
    "input_size": (320, 320),
    "rectangular_batches": False,
    "batch_size": 8,
    "workers": 1,
}


@dataclass(frozen=True)
class Arm:
    """One way to train.

    Attributes:
        settings: for `TrainConfig`; they replace those of BASE.
        loss: switches of `TrialLoss`.
        scale_xy: of network and loss.
        changes: functions that replace parts of the program.
        epochs_scale: how many times as many epochs as its dataset usually has.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    loss: Mapping[str, Any] = field(default_factory=dict)
    scale_xy: float = 1.05
    changes: tuple[Callable[[], None], ...] = ()
    epochs_scale: int = 1


NEIGHBORS, BOX_4 = {"neighbors": True}, {"neighbors": True, "box": 4.0}
BATCH_4, BATCH_2 = {"batch_size": 4}, {"batch_size": 2}
RECTANGULAR = {"rectangular_batches": True}

ARMS: dict[str, Arm] = {
    "base": Arm(),
    # assignment, and the weights of the parts of the loss
    "neighbors, scale 2": Arm(loss=NEIGHBORS, scale_xy=2.0),
    "neighbors, scale 2, box 4": Arm(loss=BOX_4, scale_xy=2.0),
    "neighbors, scale 2, box 4, objectness 3": Arm(loss=BOX_4 | {"objectness": 3.0}, scale_xy=2.0),
    "simota, scale 2": Arm(loss={"assignment": "simota"}, scale_xy=2.0),
    "tal, scale 2": Arm(loss={"assignment": "tal", "quality": 1.0}, scale_xy=2.0),
    # batches
    "rectangular": Arm(RECTANGULAR),
    "batch 4": Arm(BATCH_4),
    "batch 2": Arm(BATCH_2),
    "batch 4, neighbors, scale 2, box 4": Arm(BATCH_4, BOX_4, scale_xy=2.0),
    "batch 2, neighbors, scale 2, box 4": Arm(BATCH_2, BOX_4, scale_xy=2.0),
    "batch 4, rectangular": Arm(BATCH_4 | RECTANGULAR),
    "batch 4, precise batch norm": Arm(BATCH_4, changes=(compute_batch_norm_anew,)),
    # longer
    "30 epochs, batch 8": Arm(epochs_scale=3),
    "30 epochs, batch 4": Arm(BATCH_4, epochs_scale=3),
    "30 epochs, batch 2": Arm(BATCH_2, epochs_scale=3),
    # the parts of the loss
    "IoU in objectness": Arm(loss={"quality": 0.5}),
    "GIoU": Arm(loss={"overlap": "giou"}),
    "EIoU": Arm(loss={"overlap": "eiou"}),
    "SIoU": Arm(loss={"overlap": "siou"}),
    "Inner-IoU 0.75": Arm(loss={"inner": 0.75}),
    "quality focal loss": Arm(loss={"quality": 1.0, "focal": 2.0}),
    "class smoothing 0.1": Arm(loss={"smoothing": 0.1}),
    "two-sigma widths": Arm(changes=(use_two_sigma_sizes,)),
    # the optimizer
    "Lion": Arm({"learning_rate": 0.0004, "weight_decay": 0.1}, changes=(use_lion,)),  # a fifth and five times AdamW's
    "Muon": Arm(changes=(use_muon,)),
    "learning rate 0.001": Arm({"learning_rate": 0.001}),
    "learning rate 0.004": Arm({"learning_rate": 0.004}),
    "average 0.995": Arm({"average": 0.995}),
    "average 0.9995": Arm({"average": 0.9995}),
    "augment light": Arm({"augment": "light"}),
}


def base_of(name: str) -> str:
    """Return the arm that changes nothing but the number of epochs, which it has in common with the arm."""
    base = Arm(epochs_scale=ARMS[name].epochs_scale)
    return next(other for other, arm in ARMS.items() if arm == base)
