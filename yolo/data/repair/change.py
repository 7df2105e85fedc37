"""A change that a repair has made, and the table in which all of them are written."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

from yolo.data.writing.whole_dataset import WholeDataset
from yolo.label_files.exact_numbers import decimal
from yolo.wording import printable

COLUMNS = ("file", "object", "number", "was", "is", "why")


class Change(NamedTuple):
    """One change.

    Attributes:
        check: the name of the check that finds what was changed.
        file: the name of the picture, or the place in the annotations, or an empty text if it concerns none.
        was, now: before and after it.
        object: the class of the object, or an empty text if the whole picture is concerned.
        number: the number of objects or files that are changed in this way.
    """

    check: str
    file: str
    was: str
    now: str
    object: str = ""
    number: int = 1


class Repair(NamedTuple):
    """A repaired dataset, the changes, and one sentence on each thing that was left as it is."""

    data: WholeDataset
    changes: tuple[Change, ...] = ()
    left: tuple[str, ...] = ()


def as_csv(changes: Iterable[Change]) -> str:
    """Return a table with a heading and a line for each change."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in changes:
        words = map(_in_one_line, (one.file, one.object, str(one.number), one.was, one.now, one.check))
        writer.writerow(words)
    return text.getvalue()


def box_text(box: Iterable[float]) -> str:
    """Return a box as it is written in the table: `29 1 64 18.5`."""
    return " ".join(decimal(float(str(number))) for number in box)


def _in_one_line(text: str) -> str:
    """Return a text without line breaks and without bytes of file names that are not UTF-8."""
    return printable(text).encode("utf-8", "backslashreplace").decode()
