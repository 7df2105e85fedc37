"""Check for pictures that are in the dataset several times, as equal files or as copies that look the same."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import CheckedData
from yolo.structures import Annotation

Group: TypeAlias = Sequence[Path]
"""Pictures that are equal, or look the same."""

ADVICE = "look at them first: frames of a fixed camera look the same, and may show different objects"


@check(
    "same-picture-in-splits",
    "picture",
    "in more than one split, so that scores flatter",
    "keep each in one of them",
)
def same_in_splits(data: CheckedData) -> Found:
    """Find pictures that are in more than one split, with the same or another name.

    Training refuses lists `train` and `val` that share a file.
    """
    groups = [group for group in data.equal_pictures if len(_splits(data, group)) > 1]
    refused = any({"train", "val"} <= {*data.splits_of[path]} for group in groups for path in group)
    return Found(len(groups), _in_splits(data, groups), level="unusable" if refused else None)


@check(
    "like-pictures-in-splits",
    "group",
    "of pictures that look the same in more than one split, so that scores may flatter",
    ADVICE,
)
def like_in_splits(data: CheckedData) -> Found:
    """Find resized, recompressed or hardly changed copies in different splits."""
    groups = [group for group in data.like_pictures if len(_splits(data, group)) > 1]
    return Found(len(groups), _in_splits(data, groups))


@check("same-picture-twice", "picture", "equal to another one, byte for byte", "keep one of each")
def same_twice(data: CheckedData) -> Found:
    """Find equal files that are not in different splits."""
    groups = [group for group in data.equal_pictures if len(group) > 1 and len(_splits(data, group)) < 2]
    return Found(sum(len(group) - 1 for group in groups), [" = ".join(data.names(group)) for group in groups])


@check(
    "same-picture-other-objects",
    "picture",
    "annotated otherwise than an equal one",
    "keep the one with the right annotation",
)
def same_with_other_objects(data: CheckedData) -> Found:
    """Find equal files whose annotations contradict each other."""
    objects = {annotation.path: annotation for annotation in data.annotations}
    several = (group for group in data.equal_pictures if len(group) > 1)
    groups = [group for group in several if len({_objects(objects[path]) for path in group}) > 1]
    return Found(len(groups), [" = ".join(data.names(group)) for group in groups])


@check(
    "picture-annotated-again", "picture", "annotated more than once", "keep one annotation of each, with all objects"
)
def annotated_again(data: CheckedData) -> Found:
    """Find pictures that come several times, as from two files of annotations."""
    numbers = Counter(annotation.path for annotation in data.annotations)
    found = [path for path, number in numbers.items() if number > 1]
    return Found(len(found), data.names(found))


@check("like-pictures", "group", "of pictures that look the same", ADVICE, level="note")
def like_pictures(data: CheckedData) -> Found:
    """Find resized, recompressed or hardly changed copies that are not in different splits."""
    groups = [group for group in data.like_pictures if len(_splits(data, group)) < 2]
    return Found(len(groups), [" = ".join(data.names(group)) for group in groups])


def _splits(data: CheckedData, group: Group) -> dict[str, Path]:
    """Return split -> the first picture of a group in it."""
    first: dict[str, Path] = {}
    for path in group:
        for split in data.splits_of[path]:
            first.setdefault(split, path)
    return first


def _in_splits(data: CheckedData, groups: Sequence[Group]) -> list[str]:
    """Return a text for each group: `a.jpg (train) = b.jpg (val)`."""
    return [
        " = ".join(f"{data.name(path)} ({split})" for split, path in _splits(data, group).items()) for group in groups
    ]


def _objects(annotation: Annotation) -> tuple[bytes, bytes]:
    """Return boxes and labels as values that can be compared, in an order that does not depend on the file."""
    order = np.lexsort((annotation.labels, *annotation.boxes.T))
    return annotation.boxes[order].tobytes(), annotation.labels[order].tobytes()
