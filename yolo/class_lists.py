"""Read lists of class names, and choose classes by name."""

import os
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

from yolo import option_limits
from yolo.errors import UserError, did_you_mean
from yolo.text_files import read_lines
from yolo.wording import counted, shorten

Classes = str | os.PathLike[str] | Sequence[str]  # a file with a name on each line, or the names themselves


def choose_classes(text: str, class_names: Collection[str]) -> tuple[str, ...]:
    """Return the classes that `--labels a,b` names, in this order; class names may contain commas.

    Raises:
        UserError: a name is unknown, or there is no name.
    """
    found: list[str] = []
    parts = text.split(",")
    while parts:
        names = [",".join(parts[:end]).strip() for end in range(len(parts), 0, -1)]
        name = next((name for name in names if name in class_names), names[-1])
        if name and name not in class_names:
            hint = did_you_mean(name, class_names) or f"; classes are {', '.join(class_names)}."
            raise UserError(f"--labels: there is no class '{name}'{hint}")
        found += [name] * bool(name)
        del parts[: name.count(",") + 1]
    if not found:
        raise UserError(f"--labels '{text}' names no class: choose from {', '.join(class_names)}.")
    return tuple(found)


def as_class_names(classes: Classes) -> tuple[str, ...]:
    """Return class names that are given as such, or as the path of a file with one on each line.

    Raises:
        UserError: the file cannot be read, or is not a class list.
    """
    return read_names(classes) if isinstance(classes, (str, os.PathLike)) else tuple(classes)


def read_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the class names in a text file with one name on each line; blank lines are ignored.

    Raises:
        UserError: the file cannot be read, or is not a class list.
    """
    lines = [line.strip() for line in read_lines(path, "the class list")]
    names = tuple(filter(None, lines))
    if not names:
        raise UserError(f"the class list {path} is empty; write one class name on each line.")
    if len(names) > option_limits.CLASSES:
        raise UserError(
            f"the class list {path} has {counted(len(names), 'name')}; {option_limits.CLASSES} are possible."
        )
    if len(names) == 1 and "," in names[0]:
        raise UserError(f"the class list {path} is one line with commas; write one class name on each line.")
    for number, line in enumerate(lines, 1):
        if any(unicodedata.category(letter) == "Cc" for letter in line):
            raise UserError(
                f"line {number} of the class list {path} holds a tab or another control character; "
                "write one class name on each line, and nothing else."
            )
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        raise UserError(f"the class list {path} names {shorten(twice)} more than once; keep one line of each.")
    return names
