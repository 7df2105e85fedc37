"""Read text files as the editors and tools of every system write them; write text files in UTF-8."""

import codecs
import os
import stat
from pathlib import Path
from typing import BinaryIO, TextIO

from yolo.errors import UserError, os_errors_as_user_errors

MARKS = (  # byte order marks and encodings; UTF-32 before UTF-16, because its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LARGEST = 2**28  # bytes; a list of five million pictures is smaller
STANDARD_OUTPUT = "-"  # the name that stands for it where a file is to be written


def read_text(path: str | os.PathLike[str], what: str) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark; lines end in `\\n`.

    Args:
        what: the name of the file in messages, as they begin: `the class list`.

    Raises:
        UserError: the file cannot be read, has another encoding, or is not text.
    """
    with os_errors_as_user_errors(f"cannot read {what} {path}"), opened(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UserError(f"{what} {path} has more than {LARGEST >> 20} MB: is it another file?")
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{what} {path} is no text in {encoding.removesuffix('-sig').upper()} (line {line}: {error.reason}); files "
            "in a code page of Windows, such as cp1252, and others: save it again as UTF-8."
        ) from error
    if "\0" in text:
        raise UserError(f"{what} {path} is no text, or UTF-16 without a byte order mark: save it as UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file to read its bytes.

    Raises:
        OSError: the file cannot be opened, or is a named pipe, where reading could wait forever.
    """
    if stat.S_ISFIFO(os.stat(path).st_mode):
        raise OSError("it is a named pipe")
    return Path(path).open("rb")


def read_lines(path: str | os.PathLike[str], what: str) -> list[str]:
    """Return the lines of a text file without line ends; arguments and errors as for `read_text`."""
    return read_text(path, what).removesuffix("\n").split("\n")


def open_to_write(path: str | Path) -> TextIO:
    """Open a text file to write in UTF-8 on every system; each line is written out as soon as it ends.

    Args:
        path: the file, or `-` for standard output.

    Raises:
        OSError: the file cannot be opened.
    """
    file = os.dup(1) if str(path) == STANDARD_OUTPUT else path
    return open(file, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # names of files may be no UTF-8
