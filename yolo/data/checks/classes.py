"""Check the classes: their names, how many objects each has, and how even the numbers are."""

import numpy as np

from yolo.data.checks.check import Found, check
from yolo.data.checks.checked_data import CheckedData
from yolo.wording import counted

FEW = 50  # objects; the score of a class with fewer is uncertain by some ten points
UNEVEN = 100  # times as many objects; the loss of the rare class is then lost in that of the frequent one
MOSTLY_EMPTY = 0.5  # of the pictures; more background than objects is rarely meant


@check(
    "class-without-object",
    "class",
    "without an object",
    "annotate objects of it, or take the name out of the list",
)
def without_object(data: CheckedData) -> Found:
    """Find classes that are only names."""
    found = [name for name, number in _numbers(data).items() if not number]
    return Found(len(found), names=found)


@check(
    "class-with-few-objects",
    "class",
    f"with fewer than {FEW} objects, so few that a score will be uncertain",
    "annotate more",
)
def with_few_objects(data: CheckedData) -> Found:
    """Find classes with too few objects to learn and to score."""
    found = {name: number for name, number in _numbers(data).items() if 0 < number < FEW}
    named = [f"{name} {number}" for name, number in sorted(found.items(), key=lambda item: item[1])]
    return Found(len(found), names=named)


@check(
    "classes-uneven",
    "class",
    f"with less than a {UNEVEN}th of the objects of the most frequent one",
    "annotate more objects of the rare classes, or leave out pictures that show only the frequent one",
)
def uneven(data: CheckedData) -> Found:
    """Find classes that are very rare compared with the most frequent one."""
    numbers = _numbers(data)
    most = max(numbers, key=lambda name: numbers[name])
    found = [name for name, number in numbers.items() if 0 < UNEVEN * number < numbers[most]]
    detail = f", {most} with {counted(numbers[most], 'object')}"
    return Found(len(found), detail=detail, names=[f"{name} {numbers[name]}" for name in found])


@check(
    "class-only-difficult",
    "class",
    "with no object that is not marked difficult, so that it is neither taught nor scored",
    "take the mark off the clear ones",
)
def only_difficult(data: CheckedData) -> Found:
    """Find classes of which nothing is learned."""
    clear = data.objects.labels[~data.objects.difficult]
    names = data.dataset.class_names
    found = [names[label] for label in sorted({*data.objects.labels.tolist()} - {*clear.tolist()})]
    return Found(len(found), names=found)


@check(
    "class-named-by-number",
    "class",
    "with a number for a name",
    "give the names: some exports leave them out",
    level="note",
)
def named_by_number(data: CheckedData) -> Found:
    """Find class names that say nothing."""
    found = [name for name in data.dataset.class_names if name.strip().isdigit()]
    return Found(len(found), names=found)


@check(
    "pictures-mostly-empty",
    "picture",
    "without an object",
    "see that none of them was left out when objects were drawn, and use fewer empty ones",
)
def mostly_empty(data: CheckedData) -> Found:
    """Find out whether most pictures show nothing."""
    empty = [annotation.path for annotation in data.annotations if not len(annotation.labels)]
    if len(empty) <= MOSTLY_EMPTY * len(data.annotations):
        return Found(0)
    return Found(len(empty), data.names(empty), f", {len(empty) / len(data.annotations):.0%} of all")


def _numbers(data: CheckedData) -> dict[str, int]:
    """Return the number of objects of each class."""
    names = data.dataset.class_names
    return dict(zip(names, np.bincount(data.objects.labels, minlength=len(names)).tolist(), strict=True))
