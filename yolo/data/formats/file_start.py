"""Look at the beginning of a file to tell its format."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

LONGEST = 2**16  # bytes that are looked at
LOOKED_AT = 20  # files of a folder that are looked at; if none is of a format, the others are not either

Test = Callable[[str], bool]


def start_of(path: Path) -> str:
    """Return the first letters of a text file, without a byte order mark; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST)
    except OSError:
        return ""
    return content.replace(b"\0", b"").decode("utf-8-sig", "ignore").lstrip()  # of UTF-16, Latin letters are left


def first_element(start: str) -> str:
    """Return the name of the first element of an XML text, or an empty text.

    Example:
        >>> first_element('<?xml version="1.0"?><!-- CVAT --><annotations>')
        'annotations'
    """
    found = re.search(r"<([A-Za-z][\w.:-]*)", start)
    return found[1] if found else ""


def files_with(begins: Test, files: Iterable[Path]) -> list[Path]:
    """Return the files whose beginning passes a test.

    Of a folder with many files, a few are looked at first: of a format with one file for each picture, there may be
    hundreds of thousands.
    """
    folders: dict[Path, list[Path]] = defaultdict(list)
    for file in files:
        folders[file.parent].append(file)
    found = []
    for members in folders.values():
        members.sort(key=lambda file: "annotation" not in file.name.lower())  # the likeliest first
        if any(begins(start_of(file)) for file in members[:LOOKED_AT]):
            found += [file for file in members if begins(start_of(file))]
    return sorted(found)
