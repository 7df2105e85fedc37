"""Collect the objects of one picture, one after another, from numbers and texts as a file has them."""

from collections import Counter
from typing import Any

from yolo.data.formats.enclosing import Edges
from yolo.data.formats.voc_xml import LARGEST
from yolo.data.formats.written_annotation import WrittenAnnotation, repeated

MISFITS = (TypeError, ValueError, OverflowError, LookupError, AttributeError)  # of values of the wrong kind


class CollectedObjects:
    """The objects of one picture, with counts of those that cannot be used."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: list[float] = []
        self._difficult: list[bool] = []
        self._counts: Counter[str] = Counter()

    def add(self, name: Any, box: Edges | None, kind: str = "", difficult: bool = False) -> None:
        """Add an object.

        Args:
            name: the name of its class as written; runs of blanks in it become one.
            box: None if it has no box that can be used.
            kind: the kind of finding that the box makes, see `yolo.data.findings.KINDS`, or an empty text.
        """
        name = " ".join(str(name).split()) if isinstance(name, str | int) else ""
        if not name:
            self._counts["without a name"] += 1
        elif box is None or not all(abs(edge) < LARGEST for edge in box):  # also true for nan
            self._counts["bad object"] += 1
        else:
            self._names.append(name)
            self._numbers += box
            self._difficult.append(difficult)
            self._counts[kind] += bool(kind)

    def written(self, width: Any = 0, height: Any = 0) -> WrittenAnnotation:
        """Return the objects as an annotation.

        Args:
            width, height: the size of the picture as written, if it is.
        """
        self._counts["twice"] = repeated(self._numbers)
        counts = {kind: number for kind, number in self._counts.items() if number}
        return WrittenAnnotation(_size(width, height), self._names, self._numbers, self._difficult, counts, {}, [])


def _size(width: Any, height: Any) -> list[float]:
    """Return the size of a picture, or [0, 0] if it is not stated."""
    try:
        sides = [float(width), float(height)]
    except MISFITS:
        return [0, 0]
    return sides if all(0 < side < LARGEST for side in sides) else [0, 0]
