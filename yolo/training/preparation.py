"""All that is settled before the first step: pictures, classes, anchors, the length of the run."""

import dataclasses
import hashlib
import importlib.util
import logging
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from yolo import anchors, class_lists
from yolo.data import data_folder, suspicious_pictures
from yolo.data.clean import clean
from yolo.data.demo import demo_set
from yolo.data.picture_sizes import object_sizes
from yolo.errors import UserError
from yolo.nets import attention_blocks
from yolo.progress import bar
from yolo.settings import flag_name
from yolo.training.precision import choose
from yolo.weights.locate import locate
from yolo.wording import counted

DEMO = "demo-data"
DEMO_EPOCHS = 17  # under five minutes on two cores
PICTURES_IN_A_RUN = 13000  # shown in all, about ten minutes on two cores, and enough for a few hundred pictures
EPOCHS = (30, 120)  # fewest and most that are chosen by themselves

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class Prepared:
    """The data of a run, and its configuration with every choice made.

    validation and test are None where the run has none.
    """

    config: object
    train: data_folder.Dataset
    validation: data_folder.Dataset | None
    test: data_folder.Dataset | None

    @property
    def class_names(self):
        return self.train.class_names

    @property
    def test_is_unseen(self):
        """Return whether no test picture is also trained on, or chooses the best epoch."""
        return not any(_shared(self.test, other) for other in (self.train, self.validation))

    def digest(self):
        """A text that changes with any training or validation picture's name, objects or order."""
        digest = hashlib.blake2s()
        for dataset in filter(None, (self.train, self.validation)):
            for known in dataset.annotations:
                for part in (os.fsencode(known.path.name), known.boxes, known.labels, known.difficult):
                    digest.update(part)
        return digest.hexdigest()


def check_start(config):
    """Find the mistakes in what only the start of a run reads, which a resumed one does without; raises UserError."""
    if config.weights != "none":
        locate(config.weights)
    elif config.strict:
        raise UserError("--strict judges how --weights fit: give some, or leave it out.")
    if config.freeze_epochs and config.weights == "none":
        log.warning("--freeze-epochs without --weights keeps a random backbone as it is for that long")
    if config.anchors not in ("auto", "default"):
        anchors.read(config.anchors)


def prepare(config):
    """Read and check the data that `config` names; raises UserError, cheap mistakes first."""
    _check(config)
    if config.data is None:
        folder = demo_set.ensure(Path(DEMO), progress=partial(bar, desc=f"drawing {DEMO}"))
        config = dataclasses.replace(config, data=str(folder), epochs=config.epochs or DEMO_EPOCHS)
    names = class_lists.read_names(config.classes) if config.classes else None
    source = data_folder.DataFolder.of(config)
    load = partial(_load, config, source, names)
    train, validation = _validation(config, source, load)
    test = _test(config, source, load)
    data_folder.log_remarks(*filter(None, (train, validation, test)))
    train = clean(train, "training")
    if not sum((~known.difficult).sum() for known in train.annotations):
        raise UserError(
            f"no object that could be learned is in the {counted(len(train), 'training picture')} of {config.data}."
        )
    config = dataclasses.replace(
        config,
        data=str(Path(config.data).resolve()),
        classes=config.classes and str(Path(config.classes).resolve()),
        epochs=config.epochs or epochs_for(len(train)),
        precision=choose(config.precision),
        resize="letterbox" if config.resize == "auto" else config.resize,
    )
    if config.freeze_epochs >= config.epochs:
        raise UserError(f"--freeze-epochs must be less than the {config.epochs} epochs; got {config.freeze_epochs}.")
    prepared = Prepared(config, train, validation and clean(validation, "validation"), test and clean(test, "test"))
    for doubt in _doubts(prepared):
        log.warning(doubt)
    return prepared


def epochs_for(pictures):
    """Return how often to go through that many pictures: some 13,000 shown in all, within 30 to 120 epochs."""
    fewest, most = EPOCHS
    return min(max(round(PICTURES_IN_A_RUN / pictures), fewest), most)


def choose_anchors(config, train):
    """The anchors that `config.anchors` asks for: of the training boxes, the default ones, or those in a file."""
    if config.anchors == "default":
        return anchors.DEFAULT
    if config.anchors == "auto":
        return anchors.kmeans(object_sizes(train.annotations, config.input_size, config.resize), seed=config.seed)
    return anchors.read(config.anchors)


def _check(config):
    """Find the mistakes that no picture is needed for, before thousands are read."""
    if config.tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise UserError("--tensorboard needs a package that is not installed: pip install tensorboard.")
    attention_blocks.check(config.attention)
    if config.patience and config.val_split == "none":
        raise UserError("--patience waits for a better score, which --val-split none never gives: drop one.")


def _load(config, source, names, split):
    """One of the lists that the configuration names, with the classes to learn."""
    chosen = getattr(config, split)
    dataset = source.load(chosen, names, flag_name(split))
    return (
        dataset
        if config.labels is None
        else dataset.only(class_lists.choose_classes(config.labels, dataset.class_names), "that --labels does not name")
    )


def _validation(config, source, load):
    """The training and the validation set; without a list a tenth of the training pictures is held out."""
    train = load("train_split")
    if config.val_split == "none":
        return train, None
    if config.val_split == "val" and "val" not in source.splits:
        log.info("no list named val: a tenth of the training pictures is held out to choose the best epoch")
        return data_folder.held_out(train)
    validation = load("val_split")
    shared = _shared(train, validation)
    if shared:
        raise UserError(
            f"{counted(shared, 'picture')} {'is' if shared == 1 else 'are'} both in '{config.train_split}' and in "
            f"'{config.val_split}', so the best epoch would be chosen on pictures it was trained on; "
            "give --val-split none, or lists apart from each other."
        )
    return train, validation


def _test(config, source, load):
    """The test set; the usual list may be absent, one asked for may not."""
    usual = config.test_split == type(config).test_split
    absent = usual and config.test_split not in source.splits
    if absent or config.test_split in ("none", config.val_split):
        return None
    return load("test_split")


def _doubts(prepared):
    """Yield what is odd about the pictures, one sentence each."""
    config = prepared.config
    named = {"training": prepared.train, "validation": prepared.validation, "test": prepared.test}
    yield from suspicious_pictures.in_two_splits({name: dataset for name, dataset in named.items() if dataset})
    yield from suspicious_pictures.under_a_pixel(prepared.train.annotations, config.input_size, config.resize)


def _shared(first, second):
    """Return how many pictures two data sets, either of which may be None, have in common."""
    paths = [{known.path for known in dataset.annotations} if dataset else set() for dataset in (first, second)]
    return len(paths[0] & paths[1])
