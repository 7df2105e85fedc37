"""All that is settled before the first step: pictures, classes, anchors, the length of the run."""

import dataclasses
import importlib.util
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tqdm import tqdm

from yolo import anchors, classes, images
from yolo.data import shapes, voc
from yolo.data.sizes import object_sizes
from yolo.errors import UserError
from yolo.training.precision import choose

DEMO = "demo-data"
DEMO_EPOCHS = 20
PICTURES_IN_A_RUN = 13000  # shown in all, about ten minutes on two cores, and enough for a few hundred pictures
EPOCHS = (30, 120)  # fewest and most that are chosen by themselves

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class Prepared:
    """The data of a run, and its configuration with every choice made.

    validation and test are None where the run has none.
    """

    config: object
    train: voc.Dataset
    validation: voc.Dataset | None
    test: voc.Dataset | None

    @property
    def class_names(self):
        return self.train.class_names


def prepare(config):
    """Read the data that `config` names, checking every training picture; raises UserError."""
    if config.tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise UserError("--tensorboard needs a package that is not installed: pip install tensorboard.")
    if config.data is None:
        bar = partial(tqdm, desc=f"drawing {DEMO}", unit="picture", leave=False, disable=None)
        folder = shapes.ensure(Path(DEMO), progress=bar)
        config = dataclasses.replace(config, data=str(folder), epochs=config.epochs or DEMO_EPOCHS)
    names = classes.read_names(config.classes) if config.classes else None
    train = voc.load(config.data, config.train_split, names)
    train, validation = _validation(config, train)
    there = voc.splits(config.data)
    test = None
    if config.test_split != "none" and config.test_split in there and config.test_split != config.val_split:
        test = voc.load(config.data, config.test_split, train.class_names)
    for dataset in filter(None, (train, validation, test)):
        for problem in dataset.problems:
            log.warning(problem)
    train = _readable(train)
    if not len(object_sizes(train.annotations, config.input_size, config.resize)):
        raise UserError(f"the {len(train)} training pictures of {config.data} hold no object that could be learned.")
    config = dataclasses.replace(
        config,
        epochs=config.epochs or epochs_for(len(train)),
        precision=choose(config.precision),
    )
    return Prepared(config, train, validation, test)


def epochs_for(pictures):
    """How often to go through that many pictures: some 13,000 shown in all, within 30 to 120 epochs."""
    fewest, most = EPOCHS
    return min(max(round(PICTURES_IN_A_RUN / pictures), fewest), most)


def choose_anchors(config, train):
    """The anchors that `config.anchors` asks for: of the training boxes, the default ones, or those in a file."""
    if config.anchors == "default":
        return anchors.DEFAULT
    if config.anchors == "auto":
        return anchors.kmeans(object_sizes(train.annotations, config.input_size, config.resize), seed=config.seed)
    return anchors.read(config.anchors)


def _validation(config, train):
    """The training and the validation set; without a list a tenth of the training pictures is held out."""
    if config.val_split == "none":
        if config.patience:
            raise UserError("--patience waits for a better score, which --val-split none never gives: drop one.")
        return train, None
    if config.val_split == "val" and "val" not in voc.splits(config.data):
        log.info("no list named val: a tenth of the training pictures is held out to choose the best epoch")
        return voc.held_out(train)
    return train, voc.load(config.data, config.val_split, train.class_names)


def _readable(dataset):
    """The dataset without the pictures that cannot be decoded, each of them named."""

    def error_of(annotation):
        try:
            images.read(annotation.path)
        except UserError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        errors = tqdm(
            pool.map(error_of, dataset.annotations),
            total=len(dataset),
            desc="checking pictures",
            unit="picture",
            leave=False,
            delay=2,
            disable=None,
        )
        found = list(zip(dataset.annotations, errors, strict=True))
    broken = [error for _, error in found if error]
    for error in broken:
        log.warning(error)
    if len(broken) == len(found):
        raise UserError(f"none of the {len(found)} training pictures can be read; check the data folder.")
    if broken:
        log.warning(f"{len(broken)} of {len(found)} training pictures left out because they cannot be read")
    return dataclasses.replace(dataset, annotations=tuple(annotation for annotation, error in found if not error))
