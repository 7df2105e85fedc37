"""Make the plan of a run from the settings of the user: every choice is made here, once."""

import dataclasses
import importlib.util
import logging
from functools import partial
from pathlib import Path
from typing import Any

from yolo import anchors
from yolo.class_lists import read_names
from yolo.config import TrainConfig
from yolo.data.data_folder import DataFolder
from yolo.data.data_paths import absolute, absolute_if_there
from yolo.data.demo import demo_set
from yolo.errors import UserError
from yolo.nets import attention_blocks
from yolo.progress import bar
from yolo.settings_base import flag_name
from yolo.training.network_plan import plan_network
from yolo.training.optimizer import LEARNING_RATE, WEIGHT_DECAY
from yolo.training.phases import count_small, plan_phases
from yolo.training.plan import TrainingPlan
from yolo.training.run_datasets import Datasets, RunSplits, doubts, load_datasets
from yolo.training.run_length import BATCH_SIZE, batch_size_for, epochs_for
from yolo.training.unlabelled import find_unlabelled
from yolo.weights.initial_weights import InitialWeights, open_initial_weights
from yolo.weights.resolve_model import ModelFile, Purpose, find_downloaded, resolve_model

DEMO = "demo-data"
PUBLISHED_START = "coco"  # the published weights of --weights auto
DEMO_EPOCHS = 17  # under five minutes on two cores
FITS_IN_MEMORY = 1e9  # bytes of decoded pictures that --cache auto keeps

log = logging.getLogger("yolo")


def check_start(config: TrainConfig) -> ModelFile | None:
    """Return the model with the initial weights of a run, or None for random ones.

    Raises:
        UserError: the settings have a mistake that can be found without pictures and without reading weights.
    """
    if config.weights in ("auto", "none"):
        _check_no_companions(config)
        model = _model_at_hand(config) if config.weights == "auto" else None
    else:
        model = resolve_model(config.weights, config.classes, config.cfg, config.anchors_file, Purpose.TRAINING)
        model.fetch()
    if config.freeze_epochs and model is None:
        log.warning("--freeze-epochs from random weights keeps a random backbone as it is for that long")
    if config.anchors not in ("auto", "default"):
        anchors.read(config.anchors, levels=config.levels)
    return model


def _check_no_companions(config: TrainConfig) -> None:
    """Raise UserError if a setting is about the file of the weights, but no file is named."""
    for name in ("strict", "cfg", "anchors_file"):
        if getattr(config, name):
            flag = flag_name(name)
            raise UserError(f"{flag} is about the file of --weights: name that file, or leave out {flag}.")


def _model_at_hand(config: TrainConfig) -> ModelFile | None:
    """Return the model of `--weights auto`, and log which it is; nothing is downloaded.

    The demo set is always learned from random weights, so that its scores can be compared.

    Raises:
        UserError: another file has the path of the published weights.
    """
    try:
        model = find_downloaded(PUBLISHED_START) if config.data else None
    except UserError as error:
        raise UserError(f"{str(error).rstrip('.')}; --weights none starts from random weights.") from error
    if model:
        log.info(f"weights: {model.name}, from {model.path}; --weights none starts from random ones")
    else:
        why = f"{PUBLISHED_START} is not on this machine" if config.data else "always for the demo set"
        log.info(f"weights: random, as {why}; --weights {PUBLISHED_START} fetches published ones and starts from them")
    return model


def open_initial(config: TrainConfig, model: ModelFile | None) -> InitialWeights | None:
    """Return the initial weights in a model, or None for random ones.

    Raises:
        UserError: the weights cannot be read.
    """
    return open_initial_weights(model, config.attention, config.allow_imports) if model else None


def make_plan(config: TrainConfig, initial: InitialWeights | None) -> tuple[TrainingPlan, Datasets]:
    """Return the plan and the data of a run that starts from the `initial` weights, before its teacher looks at them.

    Raises:
        UserError: settings, data or weights do not fit together; mistakes that need no picture are found first.
    """
    _check(config)
    path = config.data or str(demo_set.ensure(Path(DEMO), progress=partial(bar, desc=f"drawing {DEMO}")))
    splits, class_list, data = _load(config, path)
    epochs = config.epochs or (epochs_for(len(data.learned)) if config.data else DEMO_EPOCHS)
    if config.freeze_epochs >= epochs:
        raise UserError(f"--freeze-epochs must be less than the {epochs} epochs; got {config.freeze_epochs}.")
    network = plan_network(config, initial, data)
    for doubt in doubts(data, config.input_size, network["resize_mode"], config.levels):
        log.warning(doubt.sentence())
    settled = dataclasses.replace(
        config,
        data=absolute(path),
        classes=config.classes and str(Path(config.classes).resolve()),
        teacher=absolute_if_there(config.teacher),
        unlabelled=absolute_if_there(config.unlabelled),
        attention=network["attention"],
        weights=initial.path if initial else "none",
        resize=network["resize_mode"],
        epochs=epochs,
        batch_size=config.batch_size or (BATCH_SIZE if initial else batch_size_for(epochs * len(data.learned))),
        precision=network["dtype"],
    )
    return plan_of(settled, splits, class_list, network, len(data.learned)), data


def plan_of_earlier_version(config: TrainConfig, network: dict[str, Any]) -> tuple[TrainingPlan, Datasets]:
    """Return the plan and the data of a run whose folder has no plan file, only a `config.json` with all choices.

    Args:
        network: the arguments of the network that its checkpoint belongs to.

    Raises:
        UserError: the data cannot be used, or the settings are not those of such a run.
    """
    if config.epochs is None or config.batch_size is None or config.freeze_epochs >= config.epochs:
        raise UserError(
            "the settings lack the number of epochs or the batch size, or freeze all epochs: put back what was there."
        )
    splits, class_list, data = _load(config, str(config.data))
    return plan_of(config, splits, class_list, network, len(data.train)), data


def load_data(plan: TrainingPlan) -> Datasets:
    """Return the data of a plan.

    Raises:
        UserError: the data cannot be used.
    """
    folder = DataFolder(plan.data, corners=plan.corners, negatives=plan.negatives)
    return load_datasets(folder, plan.splits, plan.class_list, plan.labels)


def choices_of_the_machine(config: TrainConfig, pictures: int) -> dict[str, Any]:
    """Return the choices that are made anew when a run is resumed, as the machine may be another: fields of a plan.

    Args:
        pictures: the number of pictures in an epoch.

    Raises:
        UserError: TensorBoard is not installed.
    """
    if config.tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise UserError("--tensorboard needs a package that is not installed: pip install tensorboard.")
    height, width = config.input_size
    is_small = config.cache == "auto" and pictures * height * width * 3 < FITS_IN_MEMORY
    return {
        "workers": config.workers or 0,
        "cache": config.cache == "yes" or is_small,
        "tensorboard": config.tensorboard,
    }


def _check(config: TrainConfig) -> None:
    """Raise UserError for mistakes that can be found before thousands of pictures are read."""
    choices_of_the_machine(config, 0)
    attention_blocks.check(config.attention, config.levels)
    if config.patience and config.val_split == "none":
        raise UserError("--patience waits for a better score, which --val-split none never gives: drop one.")


def _load(config: TrainConfig, path: str) -> tuple[RunSplits, tuple[str, ...] | None, Datasets]:
    """Return the lists of the settings, the classes that annotations may name, and the data."""
    folder = DataFolder(path, corners=config.corners, negatives=config.negatives)
    splits = _splits(config, folder.splits)
    class_list = tuple(read_names(config.classes)) if config.classes else None
    data = load_datasets(folder, splits, class_list, config.labels)
    unlabelled = find_unlabelled(config.unlabelled, folder, (data.train, data.validation, data.test))
    return splits, class_list, dataclasses.replace(data, unlabelled=unlabelled)


def _splits(config: TrainConfig, lists: tuple[str, ...]) -> RunSplits:
    """Return the lists of a run; the default ones may be missing, but not those that the user has named."""
    validation: str | None = config.val_split
    held_out = config.val_split == "val" and "val" not in lists
    if held_out or config.val_split == "none":
        validation = None
    test: str | None = config.test_split
    absent = config.test_split == TrainConfig.test_split and config.test_split not in lists
    if absent or config.test_split in ("none", config.val_split):
        test = None
    return RunSplits(config.train_split, validation, test, held_out)


def plan_of(
    settled: TrainConfig,
    splits: RunSplits,
    class_list: tuple[str, ...] | None,
    network: dict[str, Any],
    pictures: int,
) -> TrainingPlan:
    """Return the plan of a run.

    Args:
        settled: the settings, with every choice made.
        class_list: the classes that annotations may name, or None for any.
        network: the arguments of the network.
        pictures: the number of pictures in an epoch.
    """
    epochs = settled.epochs or 0
    small = count_small(epochs, settled.small_epochs, settled.input_size)
    rate, decay = settled.learning_rate, settled.weight_decay
    return TrainingPlan(
        settings=dataclasses.asdict(settled),
        data=str(settled.data),
        splits=splits,
        corners=settled.corners,
        negatives=settled.negatives,
        class_list=class_list,
        labels=settled.labels,
        network=network,
        weights=None if settled.weights == "none" else settled.weights,
        strict=settled.strict,
        phases=plan_phases(epochs, settled.freeze_epochs, small, settled.input_size),
        batch_size=settled.batch_size or 0,
        optimizer=settled.optimizer,
        learning_rate=LEARNING_RATE[settled.optimizer] if rate is None else rate,
        weight_decay=WEIGHT_DECAY[settled.optimizer] if decay is None else decay,
        warmup_steps=settled.warmup_steps,
        average=settled.average,
        patience=settled.patience,
        augment=settled.augment,
        horizontal_flip=settled.horizontal_flip,
        vertical_flip=settled.vertical_flip,
        mosaic=settled.mosaic,
        mixup=settled.mixup,
        rectangular_batches=settled.rectangular_batches,
        gentle_from=round(epochs * (1 - settled.gentle_epochs)),
        seed=settled.seed,
        **choices_of_the_machine(settled, pictures),
    )
