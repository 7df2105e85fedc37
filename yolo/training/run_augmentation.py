"""The augmentation of a run: chosen at its start, the same again when it is resumed."""

import logging

from yolo.data import augment_check, augment_choice
from yolo.training.phases import phases

log = logging.getLogger("yolo")


def choose_augmentation(config, folder=None):
    """The `Choice` of a new run, or of the one in `folder`, with the flags on top; what they override is said."""
    if folder:
        choice = augment_choice.kept(folder, config.augment, config.allow_imports)
    else:
        choice = augment_choice.choose(config.augment, config.allow_imports)
    choice, overridden = augment_choice.with_flips(
        choice, horizontal_flip=config.horizontal_flip, vertical_flip=config.vertical_flip
    )
    for sentence in overridden:
        log.info(sentence)
    return choice


def check_augmentation(config, augmentation):
    """Raise UserError when pictures of the sizes of this run cannot go through the augmentation."""
    sizes = {phase.input_size for phase in phases(config)}
    augment_check.check(augmentation, sorted(sizes), f"--augment {config.augment}")
