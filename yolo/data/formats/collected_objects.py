"""Collect the objects of one picture, one after another, from numbers and texts as a file has them."""

from typing import Any

from yolo.data.formats.enclosing import Edges
from yolo.data.formats.voc_xml import number
from yolo.data.formats.written_annotation import WrittenAnnotation, repeated

MISFITS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)  # of values of the wrong kind


class CollectedObjects:
    """The objects of one picture, with counts of those that cannot be used."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: list[float] = []
        self._difficult: list[bool] = []
        self._counts: dict[str, int] = {}

    def add(self, name: Any, box: Edges | None, kind: str = "", difficult: bool = False) -> None:
        """Add an object.

        Args:
            name: the name of its class as written; runs of blanks in it become one.
            box: None if it has no box that can be used.
            kind: the kind of finding that the box makes, see `yolo.data.findings.KINDS`, or an empty text.
        """
        if type(name) is not str:
            name = str(name) if type(name) is int else ""
        name = " ".join(name.split())
        if not name:
            kind = "without a name"
        elif box is None:
            kind = "bad object"
        else:
            self._names.append(name)
            self._numbers += box
            self._difficult.append(difficult)
        if kind:
            self._counts[kind] = self._counts.get(kind, 0) + 1

    def written(self, width: Any = 0, height: Any = 0) -> WrittenAnnotation:
        """Return the objects as an annotation.

        Args:
            width, height: the size of the picture as written, if it is.
        """
        if twice := repeated(self._numbers):
            self._counts["twice"] = twice
        size = _size(width, height)
        return WrittenAnnotation(size, self._names, self._numbers, self._difficult, self._counts, {}, [])


def _size(width: Any, height: Any) -> list[float]:
    """Return the size of a picture, or [0, 0] if it is not stated."""
    try:
        sides = [number(width), number(height)]
    except MISFITS:
        return [0, 0]
    return sides if min(sides) > 0 else [0, 0]
