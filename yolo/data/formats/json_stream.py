"""Read a JSON file element by element, with the line of each element, while only a part of its text is in memory."""

import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple, TextIO, TypeAlias

from yolo.errors import UserError, os_errors_as_user_errors
from yolo.text_files import MARKS, opened
from yolo.wording import printable

FIRST, LARGEST = 2**16, 2**23  # letters that are read at once, at first and later
LONGEST = 2**28  # letters of one element; the outline of a single object is far shorter
LITERAL = 12  # letters, as of "-Infinity" or "\ud83d\ude00"; a fault or an end this close to the end may be a cut
BLANKS = re.compile(r"[ \t\n\r]*").match
BETWEEN = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*").match

Element: TypeAlias = tuple[Any, int]
"""A value and the line in which it begins."""


class Member(NamedTuple):
    """A key of the object that a JSON file holds, its line, and its value.

    Attributes:
        elements: the elements of an array one by one, or the only value; those that are not taken are skipped.
    """

    key: str
    line: int
    is_array: bool
    elements: Iterator[Element]


def members(path: Path) -> Iterator[Member]:
    """Yield the members of the object in a JSON file; a file that holds an array has one member with an empty key.

    The text is in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises:
        UserError: the file cannot be read, ends too early, or is no JSON.
    """
    with os_errors_as_user_errors(f"cannot read {path}"):
        with opened(path) as file:
            start = file.read(4)
        encoding = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8")
        with TextIOWrapper(opened(path), encoding) as text:
            reader = _Reader(path, text)
            first = reader.peek()
            if first == "{":
                yield from reader.members()
            elif first == "[":
                elements = reader.elements()
                yield Member("", reader.line_here(), True, elements)
                yield from _skipped(elements)
            elif first:
                raise reader.error(f"expecting an object or an array, found {first!r}")
            else:
                raise UserError(f"cannot read {path}: it is empty; export it again.")
            if reader.peek():
                raise reader.error("more text follows the end")


def _skipped(elements: Iterator[Element]) -> Iterator[Any]:
    """Read the elements that are left, and yield nothing."""
    for _ in elements:
        pass
    yield from ()


class _Reader:
    """A place in a JSON text, of which only a part is in memory.

    Attributes:
        text: the part.
        at: the place in it.
    """

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path, self._file, self._size = path, file, FIRST
        self.text, self.at = "", 0
        self._ended = False  # whether `text` reaches to the end of the file
        self._line, self._counted = 1, 0  # the line of a place in `text`
        self._decode = json.JSONDecoder().raw_decode

    def members(self) -> Iterator[Member]:
        """Yield the members of the object that begins here."""
        self.at += 1
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            if self.peek() != '"':
                raise self.error("expecting a key in double quotes")
            key, line = self._value()
            if self.peek() != ":":
                raise self.error("expecting ':'")
            self.at += 1
            is_array = self.peek() == "["
            elements = self.elements() if is_array else iter([self._value()])
            yield Member(key, line, is_array, elements)
            yield from _skipped(elements)
            mark = self.peek()
            self.at += 1
            if mark == "}":
                return
            if mark != ",":
                raise self.error("expecting ',' or '}'", back=1)

    def elements(self) -> Iterator[Element]:
        """Yield the elements of the array that begins here."""
        self.at += 1
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self._value()
            between = BETWEEN(self.text, self.at)
            while (between is None or between.end() == len(self.text)) and self._more():
                between = BETWEEN(self.text, self.at)
            if between is None:
                raise self.error("expecting ',' or ']'")
            self.at = between.end()
            if between[1] == "]":
                return

    def peek(self) -> str:
        """Move to the next letter that is no blank and return it, or an empty text at the end."""
        while True:
            blanks = BLANKS(self.text, self.at)
            self.at = blanks.end() if blanks else self.at
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def line_here(self) -> int:
        """Return the line of the place, counted from 1."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def error(self, fault: str, back: int = 0) -> UserError:
        """Return the error of a fault at the place, or `back` letters before it."""
        self.at -= back
        if self.at >= len(self.text.rstrip()):
            return self._cut()
        return UserError(f"cannot read {self._path}: no JSON in line {self.line_here()}, {fault}; export it again.")

    def _value(self) -> Element:
        """Return the value that begins here with its line, and move behind it."""
        while True:
            try:
                value, end = self._decode(self.text, self.at)
            except json.JSONDecodeError as error:
                fault, place = error.msg, error.pos
            except RecursionError:
                raise self.error("nested too deep") from None
            except ValueError as error:  # a number of thousands of digits
                raise self.error(printable(str(error))) from error
            else:
                if end < len(self.text) - LITERAL or not self._more():
                    line = self.line_here()
                    self.at = end
                    return value, line
                continue  # a number may go on, as "1e" does in "1e-7"
            unterminated = fault.startswith("Unterminated string")
            if not ((unterminated or place >= len(self.text) - LITERAL) and self._more()):
                self.at = len(self.text) if unterminated else place
                raise self.error(fault)

    def _more(self) -> bool:
        """Read on, drop what lies before the place, and return whether there was anything left to read."""
        if self._ended:
            return False
        if len(self.text) - self.at > LONGEST:
            raise self.error(f"an element of more than {LONGEST >> 20} MB")
        try:
            new = self._file.read(max(self._size, len(self.text) - self.at))
        except UnicodeError as error:
            raise UserError(f"cannot read {self._path}: it is no text in UTF-8; export it again.") from error
        self._ended = not new
        if new:
            self.line_here()
            self._size = min(2 * self._size, LARGEST)
            self.text, self.at, self._counted = self.text[self.at :] + new, 0, 0
        return bool(new)

    def _cut(self) -> UserError:
        """Return the error of a text that ends too early."""
        self.at = len(self.text.rstrip())
        return UserError(f"cannot read {self._path}: it ends in line {self.line_here()}, cut short; export it again.")
