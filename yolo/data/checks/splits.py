"""Check the splits: whether each can be used, what they miss, and how alike they are."""

from collections.abc import Sequence

import numpy as np

from yolo.array_types import Array
from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import CheckedData
from yolo.structures import Annotation

FEW = 20  # pictures; a score on fewer means little
UNLIKE = 0.2  # of the objects would have to change their class for the shares of classes to be equal
ENOUGH = 100  # objects; the shares of fewer differ by chance
SCORED = ("val", "test")


@check(
    "nothing-to-learn",
    "training split",
    "without a picture or an object that could be learned",
    "annotate objects in its pictures, or correct its list or folder",
    level="unusable",
)
def nothing_to_learn(data: CheckedData) -> Found:
    """Find out whether there is anything to train on."""
    return Found(int(not data.taught.any()))


@check("split-empty", "split", "without a picture that can be used", "repair or remove its list or folder")
def empty(data: CheckedData) -> Found:
    """Find splits of nothing but missing files."""
    found = [name for name, annotations in data.splits.items() if not annotations]
    return Found(len(found), found)


@check(
    "no-validation-split",
    "validation split",
    "missing, in whose place a tenth of the training pictures is held out",
    "make one that stays the same when pictures are added",
    level="note",
)
def no_validation(data: CheckedData) -> Found:
    """Find out whether there are pictures to choose the best epoch on."""
    return Found(int("val" not in data.splits))


@check(
    "picture-in-no-split",
    "picture",
    "in none of the splits",
    "add them to a list to use them",
)
def in_no_split(data: CheckedData) -> Found:
    """Find annotated pictures that no list names."""
    named = {annotation.path for annotations in data.splits.values() for annotation in annotations}
    found = [annotation.path for annotation in data.annotations if annotation.path not in named]
    return Found(len(found), data.names(found))


@check(
    "split-of-few-pictures",
    "split",
    f"of fewer than {FEW} pictures, on which a score means little",
    "annotate more, or share them out anew",
)
def of_few_pictures(data: CheckedData) -> Found:
    """Find splits that are too small to score on."""
    sizes = {name: len(data.splits[name]) for name in SCORED if name in data.apart}
    found = [f"{name} {size}" for name, size in sizes.items() if size < FEW]
    return Found(len(found), found)


@check(
    "class-missing-in-split",
    "class",
    "missing in a split",
    "move pictures that show it into that split",
)
def class_missing(data: CheckedData) -> Found:
    """Find classes that are not taught, or not scored."""
    numbers = {name: _numbers(data, annotations) for name, annotations in data.apart.items()}
    total = _numbers(data, data.annotations)
    found = {
        class_name: [name for name in numbers if not numbers[name][label]]
        for label, class_name in enumerate(data.dataset.class_names)
        if total[label]
    }
    names = [f"{class_name} in {', '.join(missing)}" for class_name, missing in found.items() if missing]
    return Found(len(names), names)


@check(
    "split-unlike-training",
    "split",
    f"whose shares of classes differ from those of training by more than {UNLIKE:.0%}",
    "share the pictures out anew, so that a score tells of the same mixture",
    level="note",
)
def unlike_training(data: CheckedData) -> Found:
    """Find splits with another mixture of classes."""
    shares = {}
    for name, annotations in data.apart.items():
        numbers = _numbers(data, annotations)
        if numbers.sum() >= ENOUGH:
            shares[name] = numbers / numbers.sum()
    training = shares.pop("train", None)
    if training is None:
        return Found(0)
    distances = {name: np.abs(share - training).sum() / 2 for name, share in shares.items()}
    found = [f"{name} {distance:.0%}" for name, distance in distances.items() if distance > UNLIKE]
    return Found(len(found), found)


def _numbers(data: CheckedData, annotations: Sequence[Annotation]) -> Array:
    """Return the number of objects of each class, (classes,)."""
    labels = np.concatenate([np.zeros(0, np.int32), *(annotation.labels for annotation in annotations)])
    return np.bincount(labels, minlength=len(data.dataset.class_names))
