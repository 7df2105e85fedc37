"""Refuse file names that other libraries cannot handle."""

import os

from yolo.errors import UserError
from yolo.wording import printable


def refuse_undecodable_name(path: str | os.PathLike[str]) -> None:
    """Raise UserError if a file name has bytes that are not UTF-8, such as one from a Windows zip unpacked on Linux.

    Python replaces these bytes by surrogates. Given such a name, OpenCV ends the process, and other libraries raise
    errors of any kind.
    """
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError as error:
        name = printable(os.fsencode(path).decode("utf-8", "replace"))
        raise UserError(f"the name {name} is no UTF-8, which other libraries cannot take: rename it.") from error
