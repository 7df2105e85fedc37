"""Make the plan of an ablation from the settings of the user, and find all mistakes before anything is trained."""

import dataclasses
import hashlib
import logging
import tempfile
from pathlib import Path

from yolo.ablation.new_process import CallElsewhere
from yolo.ablation.plan import AblationPlan, read, split_blocks
from yolo.atomic_write import atomic_write
from yolo.config import AblateConfig, TrainConfig
from yolo.data import data_folder
from yolo.data.data_paths import name_after
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.model import YoloV4Tiny
from yolo.training import engine
from yolo.training.phases import count_small
from yolo.training.plan_from_settings import check_start, make_plan, open_initial
from yolo.training.run_augmentation import check_augmentation, choose_augmentation
from yolo.training.run_datasets import Datasets
from yolo.training.run_length import BATCH_SIZE
from yolo.training.run_lock import locked
from yolo.training.teacher import resolve_teacher
from yolo.training.time_budget import TRIALS, TrainingTimes
from yolo.wording import counted

SHARED = (
    *("data", "train_split", "val_split", "test_split", "corners", "classes"),
    *("epochs", "batch_size", "input_size", "levels", "weights", "cfg", "anchors_file", "allow_imports"),
)
FEW = 3  # test pictures at least

log = logging.getLogger("yolo")


def prepare_ablation(config: AblateConfig, apart: CallElsewhere) -> tuple[AblationPlan, Datasets, Path]:
    """Return the plan of an ablation, its data and its folder.

    The ablation goes on with the plan in the folder if there is one. Else the plan is made; with `minutes` some epochs
    are trained for it.

    Args:
        apart: calls a training in a process of its own.

    Raises:
        UserError: something is wrong that would end one of the trainings, or make their comparison worthless.
    """
    blocks = split_blocks(config.attention)
    if config.epochs and config.minutes:
        raise UserError("--epochs and --minutes both choose the length of a training; give one of them.")
    settings = TrainConfig.read(config.config) if config.config else TrainConfig()
    given = {name: getattr(config, name) for name in SHARED if getattr(config, name) is not None}
    negatives = config.negatives or settings.negatives
    if config.weights is None and settings.weights == "auto":
        given["weights"] = "none"  # not what happens to lie in a cache
    if settings.unlabelled:
        raise UserError("an ablation takes no unlabelled pictures, as some may be of its test list: leave them out.")
    if settings.batch_size is None:
        given = {"batch_size": BATCH_SIZE} | given  # however short its trainings are
    settings = dataclasses.replace(settings, attention="none", negatives=negatives, **given)
    settings = dataclasses.replace(settings, test_split=_scored(settings))
    model = check_start(settings)
    resolve_teacher(settings)
    flips = {"horizontal_flip": settings.horizontal_flip, "vertical_flip": settings.vertical_flip}
    choice = choose_augmentation(settings.augment, flips, settings.allow_imports)
    each, data = make_plan(settings, open_initial(settings, model))
    check_augmentation(each, choice.augmentation)
    for block in blocks:
        YoloV4Tiny(**each.network | {"class_names": ("object",), "attention": block})
    training = TrainConfig(**each.settings)
    _check_test(training, data)
    text = hashlib.blake2s((choice.text or "").encode()).hexdigest()
    plan = AblationPlan(blocks, config.seeds, config.minutes, training, _digest(data), text)
    folder = Path(config.output or Path("ablations") / name_after(each.data))
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        return _settled(folder, plan, apart), data, folder


def _settled(folder: Path, plan: AblationPlan, apart: CallElsewhere) -> AblationPlan:
    """Return the final plan, with the number of epochs, and write it into the folder."""
    kept = read(folder, plan)
    if kept is None:
        if plan.minutes:
            epochs = _epochs_in(plan.minutes, plan.training, apart)
            plan = dataclasses.replace(plan, training=dataclasses.replace(plan.training, epochs=epochs))
        kept = plan
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        atomic_write(folder / "plan.json", kept.to_json())  # it may have more blocks or seeds than before
    return kept


def _scored(settings: TrainConfig) -> str:
    """Return the list to score on: the user's, or `val` if the default list is missing and val has no other use."""
    lists = data_folder.splits(str(settings.data))
    usual = settings.test_split == TrainConfig.test_split
    return "val" if usual and "test" not in lists and "val" in lists else settings.test_split


def _check_test(settings: TrainConfig, data: Datasets) -> None:
    """Raise UserError if the test pictures would say nothing about new pictures."""
    if data.test is None:
        raise UserError(
            f"there is no list to score on: {settings.data} has {', '.join(data_folder.splits(str(settings.data)))}; "
            "write one of pictures that are not trained on, and give it with --test-split."
        )
    if not data.test_is_unseen:
        raise UserError(
            f"some pictures of '{settings.test_split}' are also in '{settings.train_split}' or "
            f"'{settings.val_split}', so the score would flatter; give lists apart from each other."
        )
    if len(data.test) < FEW:
        raise UserError(
            f"'{settings.test_split}' has {counted(len(data.test), 'picture')}, too few to measure a difference: an "
            f"ablation needs at least {FEW}, and says little below a hundred."
        )
    if not sum((~known.difficult).sum() for known in data.test.annotations):
        pictures = counted(len(data.test), "picture")
        raise UserError(f"none of the {pictures} of '{settings.test_split}' holds an object to be found.")


def _digest(data: Datasets) -> str:
    """Return a digest of the training, validation and test pictures."""
    return data.digest() + dataclasses.replace(data, validation=data.test).digest()


def _epochs_in(minutes: float, settings: TrainConfig, apart: CallElsewhere) -> int:
    """Return the number of epochs that fit into these minutes, measured by short trainings without attention."""
    settings = dataclasses.replace(settings, weights="none", cfg=None, anchors_file=None, strict=False)
    settings = dataclasses.replace(settings, test_split="none", freeze_epochs=0)
    log.info("measuring how long an epoch takes, by three trainings")
    with tempfile.TemporaryDirectory() as folder:
        trials = [
            dataclasses.replace(settings, epochs=epochs, small_epochs=float(quick), runs=folder, name=f"{i}")
            for i, (epochs, quick) in enumerate(TRIALS)
        ]
        times = TrainingTimes.of(*(apart(_seconds, trial) for trial in trials))
    epochs = times.epochs_in(minutes, lambda epochs: count_small(epochs, settings.small_epochs, settings.input_size))
    if epochs < 1:
        one = (times.start + times.epoch) / 60
        raise UserError(f"--minutes {minutes:g} is less than a training of one epoch takes ({one:.1f}); give more.")
    log.info(
        f"an epoch takes {times.epoch:.1f} s, with smaller pictures {times.quick_epoch:.1f}: {epochs} in {minutes:g} "
        "minutes"
    )
    return epochs


def _seconds(config: TrainConfig) -> float:
    return engine.train(config).seconds
