"""Text files: read as editors and tools of every system write them, written in UTF-8."""

import codecs
import os
import stat
from pathlib import Path

from yolo.errors import UserError, os_errors_as_user_errors

MARKS = (  # byte order marks, the longer ones first, as that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LARGEST = 2**28  # bytes; a list of five million pictures has fewer
STANDARD_OUTPUT = "-"  # as a file to write


def read_text(path, what):
    """Return the text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark; lines end in `\\n`.

    Args:
        what: what the file is for, the beginning of the sentence when it cannot be read: `the class list`.

    Raises:
        UserError: the file cannot be read, is of another encoding, or is no text.
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


def opened(path):
    """Open a file to read its bytes; raises OSError for a named pipe too, at which one might wait for ever."""
    if stat.S_ISFIFO(os.stat(path).st_mode):
        raise OSError("it is a named pipe")
    return Path(path).open("rb")


def read_lines(path, what):
    """Return the lines of a text file without their ends; see `read_text`."""
    return read_text(path, what).removesuffix("\n").split("\n")


def open_to_write(path):
    """Open a text file to write, in UTF-8 whatever the system prefers; each line is in it when it ends.

    Args:
        path: `-` is standard output.
    """
    file = os.dup(1) if str(path) == STANDARD_OUTPUT else path
    return open(file, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # a file's name may be no UTF-8
