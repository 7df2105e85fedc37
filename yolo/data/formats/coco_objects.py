"""Collect the objects of a COCO JSON file in little memory, and return them picture by picture."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Array
from yolo.data.findings import EXCHANGED, WITHOUT_AREA
from yolo.data.formats.coco_boxes import BAD, KINDS, UNKNOWN, box_of
from yolo.data.formats.written_annotation import NOTHING, WrittenAnnotation, repeated

Key: TypeAlias = int | float | str | None
"""The id of a picture or a category, see `key_of`."""
Whole: TypeAlias = Annotated[NDArray[np.int64], "objects"]
"""A whole number of each object."""

PICTURE, CATEGORY, LINE, KIND, DIFFICULT = 0, 1, 2, 7, 8  # columns of a table of objects
EDGES = slice(3, 7)
COLUMNS = 9

SET = (1, "1")  # values of a flag that is set; true equals 1
TWICE = "twice"  # see `yolo.data.findings.KINDS`


def key_of(value: Any) -> Key:
    """Return an id so that equal ids are equal: 1, 1.0 and "1" are 1; None if it is no number and no text."""
    if type(value) is int:
        return value
    if isinstance(value, str):
        number = value.isascii() and value.isdecimal() and len(value) < 19 and (value == "0" or value[0] != "0")
        return int(value) if number else value
    if isinstance(value, float) and value == value:
        return int(value) if value.is_integer() else value
    return None


class CocoObjects:
    """The objects of a file, in the order of the file.

    Attributes:
        pictures: id of a picture -> its number, counted from 0 as the ids are met.
        categories: id of a category that an object has -> its number, counted in the same way.
    """

    def __init__(self) -> None:
        self.pictures: dict[Key, int] = {}
        self.categories: dict[Key, int] = {}
        self._numbers = array("d")  # COLUMNS for each object, as one array takes less time and memory than lists

    def add(self, annotation: Any, line: int) -> None:
        """Add an element of `annotations`, which begins in that line."""
        get = (annotation if isinstance(annotation, dict) else {}).get
        (left, top, right, bottom), kind = box_of(get)
        picture = self.number_of(key_of(get("image_id")))
        category = self.categories.setdefault(key_of(get("category_id")), len(self.categories))
        difficult = get("iscrowd") in SET or get("ignore") in SET
        self._numbers.extend((picture, category, line, left, top, right, bottom, kind, difficult))

    @classmethod
    def of(cls, table: Array, pictures: Sequence[Key], categories: Sequence[Key]) -> "CocoObjects":
        """Return the objects of a table, given the ids of the pictures and categories in the order of their numbers."""
        objects = cls()
        objects.pictures = {key: number for number, key in enumerate(pictures)}
        objects.categories = {key: number for number, key in enumerate(categories)}
        objects._numbers.frombytes(table.tobytes())
        return objects

    def number_of(self, picture: Key) -> int:
        """Return the number of a picture; an id that was not met before gets a new one."""
        return self.pictures.setdefault(picture, len(self.pictures))

    def numbers(self) -> set[int]:
        """Return the numbers of the pictures that have objects."""
        return set(self._whole(PICTURE).tolist())

    def lines_of(self, pictures: Collection[int]) -> list[int]:
        """Return the lines of all objects of these pictures, given by their numbers."""
        return self._whole(LINE)[np.isin(self._whole(PICTURE), list(pictures))].tolist()

    def annotations(self, names: Mapping[Key, str], sizes: Mapping[int, list[float]]) -> dict[int, WrittenAnnotation]:
        """Return what is written about each picture that has objects, by its number.

        Args:
            names: id of a category -> name of the class.
            sizes: number of a picture -> its width and height; other pictures are left out.
        """
        kinds = self._kinds(names)
        counts, lines = self._odd(kinds)
        order = np.argsort(self._whole(PICTURE), kind="stable")
        order = order[kinds[order] < BAD]
        picture, category, line = (self._whole(column)[order] for column in (PICTURE, CATEGORY, LINE))
        edges, difficult = self.table[order, EDGES], self.table[order, DIFFICULT] > 0
        ends = np.cumsum(np.bincount(picture, minlength=len(self.pictures))).tolist()
        name_of = [names.get(key, "") for key in self.categories]
        found = {}
        for number in sizes.keys() & self.numbers():
            rows = slice(ends[number - 1] if number else 0, ends[number])
            numbers = array("d", edges[rows].tobytes())
            if twice := repeated(numbers):
                counts[number][TWICE] = twice
                lines[number][TWICE] = int(line[rows][_second(numbers)])
            found[number] = WrittenAnnotation(
                sizes[number],
                [name_of[i] for i in category[rows].tolist()],
                numbers,
                difficult[rows].tolist(),
                counts.get(number, NOTHING),
                lines.get(number, NOTHING),
                [],
            )
        return found

    @property
    def table(self) -> Array:
        """Return the numbers of all objects, (objects, COLUMNS)."""
        return np.frombuffer(self._numbers).reshape(-1, COLUMNS)

    def _whole(self, column: int) -> Whole:
        """Return a column of whole numbers."""
        return self.table[:, column].astype(np.int64)

    def _kinds(self, names: Collection[Key]) -> Whole:
        """Return the kind of each object, where a category may have no name."""
        known = np.array([key in names for key in self.categories], bool)
        kinds = self._whole(KIND)
        kinds[(kinds < BAD) & ~known[self._whole(CATEGORY)]] = UNKNOWN
        return kinds

    def _odd(self, kinds: Whole) -> tuple[dict[int, Counter[str]], dict[int, dict[str, int]]]:
        """Return the number of objects of each kind and the line of the first, by the number of the picture."""
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        lines: dict[int, dict[str, int]] = defaultdict(dict)
        picture, line, edges = self._whole(PICTURE), self._whole(LINE), self.table[:, EDGES]
        for row in np.flatnonzero(kinds).tolist():
            kind, number = KINDS[kinds[row]], int(picture[row])
            counts[number][kind] += 1
            lines[number].setdefault(kind, int(line[row]))
        sides = edges[:, 2:] - edges[:, :2]
        odd = {WITHOUT_AREA: (sides == 0).any(axis=1), EXCHANGED: (sides < 0).any(axis=1)}  # `AnnotationFiles` counts
        for kind, rows in odd.items():
            for row in np.flatnonzero(rows & (kinds < BAD)).tolist():
                lines[int(picture[row])].setdefault(kind, int(line[row]))
        return counts, lines


def _second(numbers: Sequence[float]) -> int:
    """Return the position of the first box that repeats an earlier one, given four numbers for each."""
    boxes = [tuple(numbers[start : start + 4]) for start in range(0, len(numbers), 4)]
    return next(i for i, box in enumerate(boxes) if box in boxes[:i])
