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
from yolo.data.demo import demo_set
from yolo.errors import UserError
from yolo.nets import attention_blocks
from yolo.progress import bar
from yolo.training.network_plan import plan_network
from yolo.training.optimizer import LEARNING_RATE, WEIGHT_DECAY
from yolo.training.phases import count_small, plan_phases
from yolo.training.plan import TrainingPlan
from yolo.training.run_datasets import Datasets, Splits, doubts, load_datasets
from yolo.weights.initial_weights import InitialWeights, open_initial_weights
from yolo.weights.resolve_model import ModelFile, Purpose, resolve_model

DEMO = "demo-data"
DEMO_EPOCHS = 17  # under five minutes on two cores
PICTURES_IN_A_RUN = 13000  # over all epochs: about ten minutes on two cores, and enough for a few hundred pictures
EPOCHS = (30, 120)  # fewest and most epochs when the user gives no number
FITS_IN_MEMORY = 1e9  # bytes of decoded pictures that --cache auto keeps

log = logging.getLogger("yolo")


def check_start(config: TrainConfig) -> ModelFile | None:
    """Return the model with the initial weights of a run, or None for random ones.

    Raises:
        UserError: the settings have a mistake that can be found without pictures and without reading weights.
    """
    model = None
    if config.weights != "none":
        model = resolve_model(config.weights, config.classes, config.cfg, config.anchors_file, Purpose.TRAINING)
        model.fetch()
    elif config.strict:
        raise UserError("--strict checks how well --weights fit: give --weights, or leave out --strict.")
    if config.freeze_epochs and config.weights == "none":
        log.warning("--freeze-epochs without --weights keeps a random backbone as it is for that long")
    if config.anchors not in ("auto", "default"):
        anchors.read(config.anchors)
    return model


def open_initial(config: TrainConfig, model: ModelFile | None) -> InitialWeights | None:
    """Return the initial weights in a model, or None for random ones.

    Raises:
        UserError: the weights cannot be read.
    """
    return open_initial_weights(model, config.attention, config.allow_imports) if model else None


def make_plan(config: TrainConfig, initial: InitialWeights | None) -> tuple[TrainingPlan, Datasets]:
    """Return the plan and the data of a run that starts from the `initial` weights.

    Raises:
        UserError: settings, data or weights do not fit together; mistakes that need no picture are found first.
    """
    _check(config)
    path = config.data or str(demo_set.ensure(Path(DEMO), progress=partial(bar, desc=f"drawing {DEMO}")))
    data, read = _load(config, path)
    epochs = config.epochs or (epochs_for(len(data.train)) if config.data else DEMO_EPOCHS)
    if config.freeze_epochs >= epochs:
        raise UserError(f"--freeze-epochs must be less than the {epochs} epochs; got {config.freeze_epochs}.")
    network = plan_network(config, initial, data)
    for doubt in doubts(data, config.input_size, network["resize_mode"]):
        log.warning(doubt)
    return _plan(config, read, epochs, network, len(data.train)), data


def plan_of_earlier_version(config: TrainConfig, network: dict[str, Any]) -> tuple[TrainingPlan, Datasets]:
    """Return the plan and the data of a run whose folder has no plan file, only a `config.json` with all choices.

    Args:
        network: the arguments of the network that its checkpoint belongs to.

    Raises:
        UserError: the data cannot be used.
    """
    data, read = _load(config, str(config.data))
    return _plan(config, read, config.epochs or 0, network, len(data.train)), data


def load_data(plan: TrainingPlan) -> Datasets:
    """Return the data of a plan.

    Raises:
        UserError: the data cannot be used.
    """
    folder = DataFolder(plan.data, corners=plan.corners, negatives=plan.negatives)
    return load_datasets(folder, plan.splits, plan.class_list, plan.labels)


def settled(config: TrainConfig, plan: TrainingPlan) -> TrainConfig:
    """Return the settings with all choices of the plan, so that `--config` repeats the run."""
    return dataclasses.replace(
        config,
        data=plan.data,
        classes=config.classes and str(Path(config.classes).resolve()),
        attention=plan.network["attention"],
        resize=plan.network["resize_mode"],
        epochs=plan.epochs,
        precision=plan.network["dtype"],
    )


def epochs_for(pictures: int) -> int:
    """Return a number of epochs, 30 to 120, that shows about 13,000 pictures in all, given those in an epoch."""
    fewest, most = EPOCHS
    return min(max(round(PICTURES_IN_A_RUN / pictures), fewest), most)


def _check(config: TrainConfig) -> None:
    """Raise UserError for mistakes that can be found before thousands of pictures are read."""
    if config.tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise UserError("--tensorboard needs a package that is not installed: pip install tensorboard.")
    attention_blocks.check(config.attention)
    if config.patience and config.val_split == "none":
        raise UserError("--patience waits for a better score, which --val-split none never gives: drop one.")


def _load(config: TrainConfig, path: str) -> tuple[Datasets, dict[str, Any]]:
    """Return the data of the settings, and the fields of a plan that say how to read them again."""
    folder = DataFolder(path, corners=config.corners, negatives=config.negatives)
    splits = _splits(config, folder.splits)
    class_list = tuple(read_names(config.classes)) if config.classes else None
    data = load_datasets(folder, splits, class_list, config.labels)
    return data, {
        "data": str(Path(path).resolve()),
        "splits": splits,
        "class_list": class_list or folder.class_names,
    }


def _splits(config: TrainConfig, lists: tuple[str, ...]) -> Splits:
    """Return the lists of a run; the default ones may be missing, but not those that the user has named."""
    validation: str | None = config.val_split
    held_out = config.val_split == "val" and "val" not in lists
    if held_out or config.val_split == "none":
        validation = None
    test: str | None = config.test_split
    absent = config.test_split == TrainConfig.test_split and config.test_split not in lists
    if absent or config.test_split in ("none", config.val_split):
        test = None
    return Splits(config.train_split, validation, test, held_out)


def _plan(
    config: TrainConfig, read: dict[str, Any], epochs: int, network: dict[str, Any], pictures: int
) -> TrainingPlan:
    """Return the plan of a run.

    Args:
        read: the fields that say how the data are read.
        epochs: the number of epochs.
        network: the arguments of the network.
        pictures: the number of training pictures.
    """
    height, width = config.input_size
    small = count_small(epochs, config.small_epochs, config.input_size)
    is_small = config.cache == "auto" and pictures * height * width * 3 < FITS_IN_MEMORY
    defaults = LEARNING_RATE[config.optimizer], WEIGHT_DECAY[config.optimizer]
    return TrainingPlan(
        **read,
        corners=config.corners,
        negatives=config.negatives,
        labels=config.labels,
        network=network,
        weights=None if config.weights == "none" else config.weights,
        strict=config.strict,
        phases=plan_phases(epochs, config.freeze_epochs, small, config.input_size),
        batch_size=config.batch_size,
        optimizer=config.optimizer,
        learning_rate=defaults[0] if config.learning_rate is None else config.learning_rate,
        weight_decay=defaults[1] if config.weight_decay is None else config.weight_decay,
        warmup_steps=config.warmup_steps,
        average=config.average,
        patience=config.patience,
        augment=config.augment,
        horizontal_flip=config.horizontal_flip,
        vertical_flip=config.vertical_flip,
        mosaic=config.mosaic,
        mixup=config.mixup,
        gentle_from=round(epochs * (1 - config.gentle_epochs)),
        workers=config.workers or 0,
        cache=config.cache == "yes" or is_small,
        seed=config.seed,
        tensorboard=config.tensorboard,
    )
