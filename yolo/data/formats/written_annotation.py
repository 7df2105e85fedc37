"""An annotation as it is written in a file, before it is held against its picture: the same for every format."""

import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from yolo.errors import UserError

Unit: TypeAlias = Literal["corners", "pixels", "shares"]
"""The unit of written boxes: the corners of VOC, see `corner_origin`; edges in pixels from 0; shares of the sides."""


NOTHING: dict[str, int] = {}  # shared, and never written to


class UnreadableAnnotationError(UserError):
    """An annotation file that cannot be read; `reason` says why in a few words."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"cannot read {path}: {reason}; {remedy}.")
        self.reason = reason


class WrittenAnnotation(NamedTuple):
    """The objects of one picture, as an annotation file has them.

    Everything in it can be kept as JSON, because what was read from a file is kept in a cache.

    Attributes:
        size: width and height of the picture; 0 and 0 if the file does not state them.
        names: the class name of each object.
        numbers: left, top, right, bottom of the first object, then of the second one, and so on, in the `Unit` of the
            format.
        difficult: whether each object is marked as difficult.
        counts: kind -> number of objects that are lost, changed or doubtful; see `yolo.data.findings.KINDS`.
        lines: kind -> the line in the file of the first of them; only for formats whose reader knows lines.
        signs: signs of where corners are counted from: how many of all left and upper corners are in [0, 1), how many
            are 1, and the number of boxes with a corner that is not a whole number; empty for other formats than VOC.
    """

    size: list[float]
    names: list[str]
    numbers: Sequence[float]
    difficult: list[bool]
    counts: dict[str, int]
    lines: dict[str, int]
    signs: list[int]


def compact(written: WrittenAnnotation) -> WrittenAnnotation:
    """Return an equal annotation that takes a third of the memory, as there may be hundreds of thousands of them."""
    size, names, numbers, difficult, counts, lines, signs = written
    names, numbers = list(map(sys.intern, names)), array("d", numbers)
    return WrittenAnnotation(size, names, numbers, difficult, counts or NOTHING, lines or NOTHING, signs)


def repeated(numbers: Sequence[float]) -> int:
    """Return how many boxes repeat another one, given four numbers for each; exchanged corners do not count."""
    boxes = list(zip(*[iter(numbers)] * 4, strict=True))
    if len(set(boxes)) == len(boxes):
        return 0
    drawn = [box for box in boxes if box[0] <= box[2] and box[1] <= box[3]]
    return len(drawn) - len(set(drawn))
