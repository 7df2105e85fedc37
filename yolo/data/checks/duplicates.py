"""Check for pictures that are in the dataset several times, as equal files or as copies that look the same."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import CheckedData
from yolo.structures import Annotation

Group: TypeAlias = Sequence[Path]
"""Pictures that are equal, or look the same."""

SAME_PLACE = 0.5  # pixels; formats round to whole pixels, or to six decimals of the width
ADVICE = "look at them first: frames of a fixed camera look the same, and may show different objects"


@check(
    "same-picture-in-splits",
    "picture",
    "in more than one split, so that scores flatter",
    "keep each in one of them",
    worst="unusable",
)
def same_in_splits(data: CheckedData) -> Found:
    """Find pictures that are in more than one split, with the same or another name.

    Training refuses lists `train` and `val` that share a file.
    """
    found = _in_splits(data, data.equal_pictures)
    if not any({"train", "val"} <= {*splits} for splits in data.splits_of.values()):
        return found
    training, validation = ({each.path for each in data.apart[name]} for name in ("train", "val"))
    detail = ", as train and val name the same pictures" if training == validation else ""
    advice = "share the pictures out anew with split, or train with --val-split none"
    return found._replace(detail=detail, advice=advice, level="unusable")


@check(
    "like-pictures-in-splits",
    "group",
    "of pictures that look the same in more than one split, so that scores may flatter",
    ADVICE,
)
def like_in_splits(data: CheckedData) -> Found:
    """Find resized, recompressed or hardly changed copies in different splits."""
    return _in_splits(data, data.like_pictures)


@check("same-picture-twice", "picture", "equal to another one, byte for byte", "keep one of each")
def same_twice(data: CheckedData) -> Found:
    """Find equal files that are not in different splits."""
    groups = [same for group in data.equal_pictures for same in _together(data, group)]
    return _equal(data, groups, sum(len(group) - 1 for group in groups))


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
    groups = [
        group for group in several if not all(same_objects(objects[group[0]], objects[path]) for path in group[1:])
    ]
    return _equal(data, groups, len(groups))


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
    groups = [group for group in data.like_pictures if not _is_split(data, group)]
    return _equal(data, groups, len(groups))


def same_objects(one: Annotation, other: Annotation) -> bool:
    """Return whether two annotations have the same objects, in any order, their edges less than SAME_PLACE apart."""
    return len(one.labels) == len(other.labels) and _has_all(one, other) and _has_all(other, one)


def _has_all(one: Annotation, other: Annotation) -> bool:
    """Return whether each object of the second annotation is in the first."""
    return all(
        np.any((one.labels == label) & (one.difficult == difficult) & np.all(abs(one.boxes - box) < SAME_PLACE, axis=1))
        for box, label, difficult in zip(other.boxes, other.labels, other.difficult, strict=True)
    )


def _is_split(data: CheckedData, group: Group) -> bool:
    """Return whether the pictures of a group are in more than one split."""
    return len({split for path in group for split in data.splits_of[path]}) > 1


def _together(data: CheckedData, group: Group) -> Iterator[Group]:
    """Yield the parts of a group that are not in different splits, each of two pictures at least."""
    parts: dict[Path, list[Path]] = {}
    for path in group:
        here = {*data.splits_of[path]}
        first = next((each for each in parts if _is_together(here, {*data.splits_of[each]})), path)
        parts.setdefault(first, []).append(path)
    yield from (part for part in parts.values() if len(part) > 1)


def _is_together(one: set[str], other: set[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def _in_splits(data: CheckedData, groups: Sequence[Group]) -> Found:
    """Return the groups that are in more than one split, each as `a.jpg (train) = b.jpg (val, test)`."""
    found = [group for group in groups if _is_split(data, group)]
    names = [
        " = ".join(f"{data.name(path)} ({', '.join(splits)})" for path in group if (splits := data.splits_of[path]))
        for group in found
    ]
    return _equal(data, found, len(found))._replace(names=names)


def _equal(data: CheckedData, groups: Sequence[Group], number: int) -> Found:
    """Return groups of pictures, each as `a.jpg = b.jpg`."""
    files = [data.name(path) for group in groups for path in group]
    return Found(number, files, names=[" = ".join(data.names(group)) for group in groups])
