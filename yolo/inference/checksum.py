"""Put a checksum at the end of exported files, and check it: a damaged model may crash the library that reads it."""

import re
import zlib
from collections.abc import Iterable
from pathlib import Path

from yolo.errors import UserError

PLACEHOLDER = "crc32:00000000"  # an export ends with this text, and `seal` fills in the sum
PATTERN = re.compile(rb"crc32:([0-9a-f]{8})")
END = 64  # the last bytes of a file, where `check` searches


def seal(path: str | Path, others: Iterable[str | Path] = ()) -> None:
    """Replace the placeholder at the end of a file by the checksum of the bytes before it and of other files.

    Args:
        others: the files that belong to the model as well.

    Raises:
        ValueError: the file has no placeholder.
    """
    content = Path(path).read_bytes()
    start = content.rindex(PLACEHOLDER.encode())
    with open(path, "r+b") as file:
        file.seek(start)
        file.write(b"crc32:%08x" % _sum(content[:start], others))


def check(path: str | Path, others: Iterable[str | Path] = ()) -> None:
    """Raise UserError if a file or one of the others has changed since `seal`. A file without a checksum passes."""
    content = Path(path).read_bytes()
    found = PATTERN.search(content, max(len(content) - END, 0))
    if found and int(found[1], 16) != _sum(content[: found.start()], others):
        raise UserError(f"{path} is damaged, or was changed since it was exported: copy or export it again.")


def _sum(content: bytes, others: Iterable[str | Path]) -> int:
    value = zlib.crc32(content)
    for other in others:
        value = zlib.crc32(Path(other).read_bytes(), value)
    return value
