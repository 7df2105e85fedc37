"""The augmentation of a run: chosen at its start, the same again when it is resumed."""

import logging
from pathlib import Path

from yolo.data import augment_check, augment_choice
from yolo.data.augment_choice import AugmentationChoice
from yolo.data.augmentation import Augmentation
from yolo.training.plan import TrainingPlan

log = logging.getLogger("yolo")


def choose_augmentation(
    augment: str, flips: dict[str, float | None], allow_imports: bool = False, folder: Path | None = None
) -> AugmentationChoice:
    """Return the augmentation of a run, with the flips asked for on top; what they override is said.

    Args:
        augment: what `--augment` names.
        flips: the chances `horizontal_flip` and `vertical_flip`; None leaves what the augmentation has.
        folder: that of a run to be resumed, which keeps a copy of its augmentation.
    """
    if folder:
        choice = augment_choice.kept(folder, augment, allow_imports)
    else:
        choice = augment_choice.choose(augment, allow_imports)
    choice, overridden = augment_choice.with_flips(choice, **flips)
    for sentence in overridden:
        log.info(sentence)
    return choice


def check_augmentation(plan: TrainingPlan, augmentation: Augmentation) -> None:
    """Raise UserError when pictures of the sizes of this run cannot go through the augmentation."""
    sizes = {phase.input_size for phase in plan.phases}
    augment_check.check(augmentation, sorted(sizes), f"--augment {plan.augment}")
