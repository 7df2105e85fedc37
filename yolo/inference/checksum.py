"""A checksum at the end of each exported file: libraries that read a damaged model may end the whole process."""

import re
import zlib
from pathlib import Path

from yolo.errors import UserError

PLACEHOLDER = "crc32:00000000"  # what a format writes at the end of its file, then `seal` fills
PATTERN = re.compile(rb"crc32:([0-9a-f]{8})")
END = 64  # bytes in which it is looked for


def seal(path, others=()):
    """Put the checksum of all that comes before it, and of the `others`, into the placeholder at the end of a file."""
    content = Path(path).read_bytes()
    start = content.rindex(PLACEHOLDER.encode())
    with open(path, "r+b") as file:
        file.seek(start)
        file.write(b"crc32:%08x" % _sum(content[:start], others))


def check(path, others=()):
    """Raise UserError when a file, or one of the `others`, is not as it was sealed; one without a checksum passes."""
    content = Path(path).read_bytes()
    found = PATTERN.search(content, max(len(content) - END, 0))
    if found and int(found[1], 16) != _sum(content[: found.start()], others):
        raise UserError(f"{path} is damaged, or was changed since it was exported: copy or export it again.")


def _sum(content, others):
    value = zlib.crc32(content)
    for other in others:
        value = zlib.crc32(Path(other).read_bytes(), value)
    return value
