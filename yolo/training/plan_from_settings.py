"""Make the plan of a run from what the user asked for: every choice is made here, once."""

import dataclasses
import importlib.util
import logging
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from yolo import anchors
from yolo.class_lists import read_names
from yolo.config import TrainConfig
from yolo.data.data_folder import DataFolder
from yolo.data.dataset import Dataset
from yolo.data.demo import demo_set
from yolo.data.picture_sizes import object_sizes
from yolo.errors import UserError
from yolo.nets import attention_blocks
from yolo.progress import bar
from yolo.training.optimizers import LEARNING_RATE, WEIGHT_DECAY
from yolo.training.phases import count_small, plan_phases
from yolo.training.plan import TrainingPlan
from yolo.training.precision import choose
from yolo.training.run_datasets import Datasets, Splits, doubts, load_datasets
from yolo.weights.initial_weights import InitialWeights, open_initial_weights
from yolo.weights.resolve_model import ModelFile, Purpose, resolve_model

DEMO = "demo-data"
DEMO_EPOCHS = 17  # under five minutes on two cores
PICTURES_IN_A_RUN = 13000  # shown in all, about ten minutes on two cores, and enough for a few hundred pictures
EPOCHS = (30, 120)  # fewest and most that are chosen by themselves
FITS_IN_MEMORY = 1e9  # bytes of decoded pictures that --cache auto keeps

log = logging.getLogger("yolo")


def check_start(config: TrainConfig) -> ModelFile | None:
    """Return the model whose weights a run starts from, or None for random ones.

    Raises:
        UserError: a mistake that is found without any picture and without reading weights.
    """
    model = None
    if config.weights != "none":
        model = resolve_model(config.weights, config.classes, config.cfg, config.anchors_file, Purpose.TRAINING)
        model.fetch()
    elif config.strict:
        raise UserError("--strict judges how --weights fit: give some, or leave it out.")
    if config.freeze_epochs and config.weights == "none":
        log.warning("--freeze-epochs without --weights keeps a random backbone as it is for that long")
    if config.anchors not in ("auto", "default"):
        anchors.read(config.anchors)
    return model


def open_initial(config: TrainConfig, model: ModelFile | None) -> InitialWeights | None:
    """Return the weights in the model that a run starts from, or None for random ones; raises UserError."""
    return model and open_initial_weights(model, config.attention, config.allow_imports)


def make_plan(config: TrainConfig, initial: InitialWeights | None) -> tuple[TrainingPlan, Datasets]:
    """Return the plan of a run that starts from the `initial` weights, and its data.

    Raises:
        UserError: settings, data or weights do not go together; mistakes that no picture is needed for come first.
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


def plan_network(config: TrainConfig, initial: InitialWeights | None, data: Datasets) -> dict[str, Any]:
    """Return the arguments of the `YoloV4Tiny` that is trained on the data, from the `initial` weights."""
    resize_mode = config.resize
    if resize_mode == "auto":
        resize_mode = (initial and initial.resize_mode) or "letterbox"
    return {
        "class_names": data.class_names,
        "attention": _attention(config, initial),
        "input_size": config.input_size,
        "resize_mode": resize_mode,
        "dtype": choose(config.precision),
        **_heads(config, initial, data.train, resize_mode),
    }


def plan_of_earlier_version(config: TrainConfig, network: dict[str, Any]) -> tuple[TrainingPlan, Datasets]:
    """Return the plan and the data of a run whose folder has no plan, only a `config.json` with every choice made.

    Args:
        network: the arguments of the one that its checkpoint is of.
    """
    data, read = _load(config, str(config.data))
    return _plan(config, read, config.epochs or 0, network, len(data.train)), data


def load_data(plan: TrainingPlan) -> Datasets:
    """Return the data of a plan; raises UserError."""
    folder = DataFolder(plan.data, corners=plan.corners, negatives=plan.negatives)
    return load_datasets(folder, plan.splits, plan.class_list, plan.labels)


def settled(config: TrainConfig, plan: TrainingPlan) -> TrainConfig:
    """Return the settings with every choice made, by which `--config` repeats the run."""
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
    """Return how often to go through that many pictures: some 13,000 shown in all, within 30 to 120 epochs."""
    fewest, most = EPOCHS
    return min(max(round(PICTURES_IN_A_RUN / pictures), fewest), most)


def choose_anchors(
    asked: str, train: Dataset, input_size: tuple[int, int], resize_mode: str, seed: int
) -> np.ndarray | tuple:
    """Return the anchors that `--anchors` asks for: of the training boxes, the default ones, or those in a file."""
    if asked == "default":
        return anchors.DEFAULT
    if asked == "auto":
        return anchors.kmeans(object_sizes(train.annotations, input_size, resize_mode), seed=seed)
    return anchors.read(asked)


def _check(config: TrainConfig) -> None:
    """Find the mistakes that no picture is needed for, before thousands are read."""
    if config.tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise UserError("--tensorboard needs a package that is not installed: pip install tensorboard.")
    attention_blocks.check(config.attention)
    if config.patience and config.val_split == "none":
        raise UserError("--patience waits for a better score, which --val-split none never gives: drop one.")


def _attention(config: TrainConfig, initial: InitialWeights | None) -> str:
    """Return the attention of the network, which begins as the identity where the initial weights have none."""
    lacking = initial is not None and not any(name.startswith(attention_blocks.ATTENTION) for name in initial.held)
    if config.identity_start == "no" or (config.identity_start == "auto" and not lacking):
        return config.attention
    attention = attention_blocks.from_identity(config.attention)
    if attention != config.attention:
        log.info(f"attention {attention}: it changes nothing until it has learned")
    return attention


def _load(config: TrainConfig, path: str) -> tuple[Datasets, dict[str, Any]]:
    """Return the data that the settings name, and the fields of a plan that say how they were read."""
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
    """Return the lists of a run: the usual ones may be absent, those asked for may not."""
    validation: str | None = config.val_split
    held_out = config.val_split == "val" and "val" not in lists
    if held_out or config.val_split == "none":
        validation = None
    test: str | None = config.test_split
    absent = config.test_split == TrainConfig.test_split and config.test_split not in lists
    if absent or config.test_split in ("none", config.val_split):
        test = None
    return Splits(config.train_split, validation, test, held_out)


def _heads(config: TrainConfig, initial: InitialWeights | None, train: Dataset, resize_mode: str) -> dict[str, Any]:
    """Return the arguments of the network that say what its raw maps mean: those of the weights where they fit."""
    choose_own = partial(choose_anchors, config.anchors, train, config.input_size, resize_mode, config.seed)
    given = None if config.anchors == "auto" else choose_own()
    settings = initial.inherited(train.class_names, given) if initial else {}
    kept = _in_words(settings, resize_mode if initial and resize_mode == initial.resize_mode else None)
    if initial and kept:
        log.info(f"as in {initial.path}, so that its weights mean what they were trained to: {', '.join(kept)}")
    if "anchors" not in settings:
        settings["anchors"] = choose_own() if given is None else given
    return settings | {"anchors": tuple((float(w), float(h)) for w, h in settings["anchors"])}


def _in_words(settings: dict[str, Any], resize_mode: str | None) -> list[str]:
    """Return settings that are taken over from a file, each as people call it."""
    words = {
        "epsilon": lambda epsilon: f"batch norm's epsilon {epsilon:g}",
        "anchors": lambda values: f"anchors {anchors.text(values)}",
        "masks": lambda masks: f"masks {' and '.join(','.join(map(str, mask)) for mask in masks)}",
        "scale_xy": lambda scale: f"scale_x_y {scale:g}",
    }
    resized = {"letterbox": ["letterboxed pictures"], "stretch": ["stretched pictures"]}
    return [words[name](value) for name, value in settings.items()] + resized.get(resize_mode or "", [])


def _plan(
    config: TrainConfig, read: dict[str, Any], epochs: int, network: dict[str, Any], pictures: int
) -> TrainingPlan:
    """Return the plan, for so many training pictures."""
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
