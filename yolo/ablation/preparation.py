"""From what a user asks for to a `AblationPlan`: all that can be wrong is found before anything is trained."""

import dataclasses
import hashlib
import itertools
import logging
import tempfile
from pathlib import Path

from yolo.ablation.plan import AblationPlan, read, split_blocks
from yolo.atomic_write import atomic_write
from yolo.config import TrainConfig
from yolo.data import data_folder
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.model import YoloV4Tiny
from yolo.run_folders import name_after
from yolo.training import engine
from yolo.training.phases import count_small
from yolo.training.plan_from_settings import check_start, make_plan, open_initial, settled
from yolo.training.run_augmentation import check_augmentation, choose_augmentation
from yolo.training.run_datasets import Datasets
from yolo.training.run_lock import locked
from yolo.wording import counted

SHARED = (
    *("data", "train_split", "val_split", "test_split", "corners", "classes"),
    *("epochs", "batch_size", "input_size", "weights", "cfg", "anchors_file", "allow_imports"),
)
FEW = 3  # pictures

log = logging.getLogger("yolo")


def prepare_ablation(config, apart):
    """Return the `AblationPlan` of what an `AblateConfig` asks for, its `Datasets`, and its folder.

    The plan in the folder is taken up where there is one; else it is made, which with `minutes` takes some epochs.

    Args:
        apart: calls a function with arguments in a process of its own.

    Raises:
        UserError: something is wrong that would end one of the trainings, or make their comparison worthless.
    """
    blocks = split_blocks(config.attention)
    if config.epochs and config.minutes:
        raise UserError("--epochs and --minutes both choose the length of a training; give one of them.")
    settings = TrainConfig.read(config.config) if config.config else TrainConfig()
    given = {name: getattr(config, name) for name in SHARED if getattr(config, name) is not None}
    negatives = config.negatives or settings.negatives
    settings = dataclasses.replace(settings, attention="none", negatives=negatives, **given)
    settings = dataclasses.replace(settings, test_split=_scored(settings))
    model = check_start(settings)
    flips = {"horizontal_flip": settings.horizontal_flip, "vertical_flip": settings.vertical_flip}
    choice = choose_augmentation(settings.augment, flips, settings.allow_imports)
    each, data = make_plan(settings, open_initial(settings, model))
    check_augmentation(each, choice.augmentation)
    for block in blocks:
        YoloV4Tiny(("object",), attention=block, dtype=each.network["dtype"])
    training = settled(settings, each)
    _check_test(training, data)
    text = hashlib.blake2s((choice.text or "").encode()).hexdigest()
    plan = AblationPlan(blocks, config.seeds, config.minutes, training, _digest(data), text)
    folder = Path(config.output or Path("ablations") / name_after(training.data))
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        return _settled(folder, plan, apart), data, folder


def _settled(folder, plan, apart):
    """The `AblationPlan` that is carried out, written into the folder."""
    kept = read(folder, plan)
    if kept is None:
        if plan.minutes:
            epochs = _epochs_in(plan.minutes, plan.training, apart)
            plan = dataclasses.replace(plan, training=dataclasses.replace(plan.training, epochs=epochs))
        kept = plan
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        atomic_write(folder / "plan.json", kept.to_json())  # also of one that was extended
    return kept


def _scored(settings):
    """The list to score on: that asked for, or `val` where the usual list is absent and val has no other use."""
    lists = data_folder.splits(settings.data)
    usual = settings.test_split == TrainConfig.test_split
    return "val" if usual and "test" not in lists and "val" in lists else settings.test_split


def _check_test(settings: TrainConfig, data: Datasets) -> None:
    """Refuse a test that says nothing about new pictures."""
    if data.test is None:
        raise UserError(
            f"there is no list to score on: {settings.data} has {', '.join(data_folder.splits(settings.data))}; "
            "write one of pictures that are not trained on, and give it with --test-split."
        )
    if not data.test_is_unseen:
        raise UserError(
            f"some pictures of '{settings.test_split}' are also in '{settings.train_split}' or "
            f"'{settings.val_split}', so the score would flatter; give lists apart from each other."
        )
    if len(data.test) < FEW:
        raise UserError(
            f"'{settings.test_split}' has {counted(len(data.test), 'picture')}, from which no difference can be "
            f"told: an ablation takes {FEW} at least, and says little below a hundred."
        )
    if not sum((~known.difficult).sum() for known in data.test.annotations):
        pictures = counted(len(data.test), "picture")
        raise UserError(f"none of the {pictures} of '{settings.test_split}' holds an object to be found.")


def _digest(data: Datasets) -> str:
    """Return the digest of a run's data and that of the test pictures."""
    return data.digest() + dataclasses.replace(data, validation=data.test).digest()


def _epochs_in(minutes, settings, apart):
    """Return how many epochs one training of so many minutes has, measured without attention in a passing folder."""
    settings = dataclasses.replace(settings, test_split="none", weights="none", freeze_epochs=0)
    log.info("measuring how long an epoch takes, by three trainings")
    with tempfile.TemporaryDirectory() as folder:
        one, three, three_small = (
            apart(
                _seconds,
                dataclasses.replace(settings, epochs=epochs, small_epochs=share, runs=folder, name=f"{epochs} {share}"),
            )
            for epochs, share in ((1, 0.0), (3, 0.0), (3, 1.0))
        )
    epoch = max(three - one, 0.01 * three) / 2  # so short an epoch is lost in the noise of the start
    saved = min(max(three - three_small, 0) / 3, 0.9 * epoch)  # by an epoch of smaller pictures

    def seconds(epochs):
        small = count_small(epochs, settings.small_epochs, settings.input_size)
        return max(one - epoch, 0) + epochs * epoch - small * saved

    epochs = next(epochs for epochs in itertools.count() if seconds(epochs + 1) > 60 * minutes)
    if epochs < 1:
        raise UserError(
            f"--minutes {minutes:g} is less than a training of one epoch takes ({one / 60:.1f}); give more."
        )
    log.info(
        f"an epoch takes {epoch:.1f} s, with smaller pictures {epoch - saved:.1f}: {epochs} in {minutes:g} minutes"
    )
    return epochs


def _seconds(config):
    return engine.train(config).seconds
