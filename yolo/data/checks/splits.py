"""Check the splits: whether each can be used, what they miss, and how alike they are."""

from collections.abc import Sequence

import numpy as np

from yolo.array_types import Array
from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import APART, CheckedData
from yolo.data.dataset import HELD_OUT
from yolo.data.hash_split import hold_out
from yolo.structures import Annotation
from yolo.wording import counted

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
    """Find splits of nothing but missing files; training refuses those that it reads."""
    found = [name for name, annotations in data.splits.items() if not annotations]
    return Found(len(found), names=found, level="unusable" if set(APART).intersection(found) else None)


@check(
    "no-validation-split",
    "validation split",
    "missing: a tenth of the training pictures is held out in its place",
    "make one that stays the same when pictures are added",
    level="note",
)
def no_validation(data: CheckedData) -> Found:
    """Find out whether there are pictures to choose the best epoch on, or some can be held out for that."""
    if "val" in data.splits:
        return Found(0)
    reason = _why_none_is_held_out(data)
    return Found(1, detail=f", but {reason}", level="unusable") if reason else Found(1)


def _why_none_is_held_out(data: CheckedData) -> str:
    """Return why training would refuse to hold pictures out, or an empty text: it finds damaged ones later."""
    listed = {layout.pictures.get(stem) for layout in data.layouts for stem in layout.stems_of("train")}
    damaged = [path for path in data.broken if path in listed]
    paths = damaged + [annotation.path for annotation in data.splits.get("train", ())]
    try:
        chosen = {paths[i] for i in hold_out([path.stem for path in paths], HELD_OUT)}
    except ValueError as error:
        return f"a validation set cannot be held out of {counted(len(paths), 'picture')}: {error}"
    if chosen.issubset(damaged):
        return f"none of the {counted(len(chosen), 'picture')} chosen for that can be read"
    return ""


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
    return Found(len(found), names=found)


@check(
    "class-missing-in-split",
    "class",
    "missing in a split",
    "move pictures that show them into the splits",
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
    names = [f"{class_name} in {' and '.join(missing)}" for class_name, missing in found.items() if missing]
    return Found(len(names), names=names)


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
    return Found(len(found), names=found)


def _numbers(data: CheckedData, annotations: Sequence[Annotation]) -> Array:
    """Return the number of objects of each class, (classes,)."""
    labels = np.concatenate([np.zeros(0, np.int32), *(annotation.labels for annotation in annotations)])
    return np.bincount(labels, minlength=len(data.dataset.class_names))
