"""Choose the augmentation of a run: at its start, or the same again when it is resumed."""

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
    """Return the augmentation of a run with the user's flips in place of its own; log what they override.

    Args:
        augment: the value of `--augment`.
        flips: the probabilities `horizontal_flip` and `vertical_flip`; None keeps that of the augmentation.
        allow_imports: whether the augmentation may come from a module of the user's, which is then run.
        folder: the folder of a run that is resumed, which contains a copy of its augmentation.

    Raises:
        UserError: there is no such augmentation, or it cannot be used.
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
    """Raise UserError if the augmentation cannot process pictures of the sizes of this run."""
    sizes = {phase.input_size for phase in plan.phases}
    augment_check.check(augmentation, sorted(sizes), f"--augment {plan.augment}")
