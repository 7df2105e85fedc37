"""Read and check the data of a run: training, validation and test pictures."""

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from yolo.class_lists import choose_classes
from yolo.data import data_folder
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.data_folder import DataFolder
from yolo.data.dataset import Dataset, held_out
from yolo.data.findings import Finding
from yolo.data.readable_pictures import clean
from yolo.errors import UserError
from yolo.shell import command
from yolo.structures import Annotation
from yolo.wording import counted

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class RunSplits:
    """The names of the lists of a run; `validation` and `test` are None if it has no such pictures.

    With `held_out` the validation pictures are a tenth of the training list.
    """

    train: str
    validation: str | None
    test: str | None
    held_out: bool


@dataclass(frozen=True)
class Datasets:
    """The data of a run; `validation` and `test` are None if it has none.

    `unlabelled` are pictures without labels, with the objects that a teacher has found in them.
    """

    train: Dataset
    validation: Dataset | None
    test: Dataset | None
    unlabelled: tuple[Annotation, ...] = ()

    @property
    def learned(self) -> tuple[Annotation, ...]:
        """Return the pictures of an epoch."""
        return self.train.annotations + self.unlabelled

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return the classes, in the order of their labels."""
        return self.train.class_names

    @property
    def test_is_unseen(self) -> bool:
        """Return whether no test picture is also used for training or validation."""
        return not any(_shared(self.test, other) for other in (self.train, self.validation))

    def digest(self) -> str:
        """Return a text that changes when the names, objects or order of training or validation pictures change."""
        digest = hashlib.blake2s()
        validation = self.validation.annotations if self.validation else ()
        for annotation in (*self.train.annotations, *validation, *self.unlabelled):
            digest.update(os.fsencode(annotation.path.name))
            # without a teacher nothing is soft or open: the digest is that of earlier versions
            soft, is_open = np.flatnonzero(annotation.scores < 1), np.flatnonzero([not annotation.is_complete])
            arrays = (annotation.boxes, annotation.labels, annotation.difficult, soft, annotation.scores[soft], is_open)
            for array in arrays:
                digest.update(array.tobytes())
        return digest.hexdigest()


def load_datasets(
    folder: DataFolder, splits: RunSplits, class_list: tuple[str, ...] | None = None, labels: str | None = None
) -> Datasets:
    """Return the data of a run: pictures that can be read, with boxes inside of them.

    Args:
        class_list: the classes that annotations may name; by default every class that they name.
        labels: the classes to learn, as `--labels` names them; by default all.

    Raises:
        UserError: a list is missing or empty, training and validation share pictures, or there is nothing to learn.
    """

    def load(split: str, flag: str) -> Dataset:
        dataset = folder.load(split, class_list, flag)
        if labels is None:
            return dataset
        return dataset.only(choose_classes(labels, dataset.class_names), "that --labels does not name")

    train, validation = load(splits.train, "--train-split"), None
    if splits.held_out:
        log.info("no list named val: a tenth of the training pictures is held out to choose the best epoch")
        train, validation = held_out(train)
    elif splits.validation is not None:
        validation = load(splits.validation, "--val-split")
        _refuse_shared(train, validation, splits)
    test = None if splits.test is None else load(splits.test, "--test-split")
    data_folder.log_remarks(*filter(None, (train, validation, test)))
    train = clean(train, "training")
    if not sum((~annotation.difficult).sum() for annotation in train.annotations):
        raise UserError(
            f"no object that could be learned is in the {counted(len(train), 'training picture')} of {folder.root}."
        )
    return Datasets(train, validation and clean(validation, "validation"), test and clean(test, "test"))


def doubts(data: Datasets, input_size: tuple[int, int], resize_mode: str, levels: int) -> Iterator[Finding]:
    """Yield one finding for each thing that looks wrong about the pictures, of the checks that `doctor` makes too."""
    named = {"train": data.train, "val": data.validation, "test": data.test}
    splits = {name: dataset.annotations for name, dataset in named.items() if dataset}
    unique = {annotation.path: annotation for annotations in splits.values() for annotation in annotations}
    whole = replace(data.train, annotations=tuple(unique.values()))
    yield from table.findings(CheckedData(whole, splits, input_size, resize_mode, levels), table.TRAINING)


def _refuse_shared(train: Dataset, validation: Dataset, splits: RunSplits) -> None:
    """Raise UserError if training and validation share pictures."""
    shared = _shared(train, validation)
    if shared:
        raise UserError(
            f"{counted(shared, 'picture')} {'is' if shared == 1 else 'are'} both in '{splits.train}' and in "
            f"'{splits.validation}', so the best epoch would be chosen on pictures it was trained on; "
            f"give --val-split none, or share the pictures out anew with {command('split')}."
        )


def _shared(first: Dataset | None, second: Dataset | None) -> int:
    """Return the number of pictures that two datasets share; None shares none."""
    paths = [{each.path for each in dataset.annotations} if dataset else set() for dataset in (first, second)]
    return len(paths[0] & paths[1])
