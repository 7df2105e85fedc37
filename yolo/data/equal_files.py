"""Find files that are equal byte for byte."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from yolo.data.metadata_cache import cached, file_stamp
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.progress import late_bar


def content_hashes(paths: Sequence[Path]) -> dict[Path, str]:
    """Return a hash of the bytes of each file that may equal another one; only files of equal size are read.

    A file that is missing or cannot be read has none, as it is equal to no other one.
    """
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        if stamp := file_stamp(path):
            by_size[stamp[0]].append(path)
    found = cached("contents", [path for same in by_size.values() if len(same) > 1 for path in same], _hashes)
    return {path: value for path, value in found.items() if not isinstance(value, UserError)}


def content_hash(content: bytes | memoryview) -> str:
    """Return a hash that is the same for equal bytes, and practically never for others."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _hashes(paths: Sequence[Path]) -> dict[Path, str | UserError]:
    """Return the hash of each file, or the reason why it cannot be read."""
    return {path: _hash(path) for path in late_bar(paths, len(paths), desc="comparing pictures")}


def _hash(path: Path) -> str | UserError:
    try:
        with os_errors_as_user_errors(f"cannot read the picture {path}"):
            return content_hash(path.read_bytes())
    except UserError as error:
        return error
