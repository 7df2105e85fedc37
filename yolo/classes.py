"""Lists of class names."""

import unicodedata
from collections import Counter

from yolo import limits
from yolo.errors import UserError
from yolo.text_files import read_lines
from yolo.wording import counted, shorten


def read_names(path):
    """Return the class names of a text file, one a line; blank lines are dropped. Raises UserError."""
    lines = [line.strip() for line in read_lines(path, "the class list")]
    names = tuple(filter(None, lines))
    if not names:
        raise UserError(f"the class list {path} is empty; write one class name on each line.")
    if len(names) > limits.CLASSES:
        raise UserError(f"the class list {path} has {counted(len(names), 'name')}; {limits.CLASSES} are possible.")
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
