"""A cache on disk of values that were read from files, valid while the files stay unchanged.

A file counts as unchanged while its size, its time of modification and its time of change (which no program can set)
stay the same. A value is only kept if these times are at least two seconds old, so that a second change within one tick
of the clock is not missed. One change is missed: Windows keeps no time of change, so there a program can change a file,
keep its size and set its old time again.
"""

import gzip
import hashlib
import json
import logging
import os
import time
import zlib
from array import array
from binascii import a2b_base64, b2a_base64
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from yolo.atomic_write import write_whole
from yolo.cache_folder import cache_folder
from yolo.errors import UserError

VERSION = 8  # raise it when a reader returns another value for the same file
FEWEST = 500  # files in a folder; fewer are kept in memory only, as it is as quick to read them once in each process
OLDEST = 90 * 86400  # seconds after which an index is deleted, as its dataset may be gone
AT_ONCE = 1000  # values made of JSON in one call; more would take more memory, and no less time
SETTLED = 2 * 10**9  # nanoseconds between ticks of the coarsest clock among file systems, that of FAT

Value = TypeVar("Value")  # of a kind that JSON can hold, with arrays in it
Stamp: TypeAlias = list[int]
"""Size, time of modification and time of change of a file."""
CacheEntry: TypeAlias = tuple[Stamp, str]
"""The `file_stamp` of a file, and its value as JSON text."""

log = logging.getLogger("yolo")
_this_process: dict[
    Path, dict[str, CacheEntry]
] = {}  # index file -> its entries, for folders with fewer than FEWEST files


def array_text(numbers: "array[float]") -> str:
    """Return the bytes of an array in base64; the numbers themselves would take ten times as long to write and read."""
    return b2a_base64(numbers, newline=False).decode("ascii")


def array_from(text: str) -> "array[float]":
    """Return the array of float64 of which `array_text` made a text."""
    return array("d", a2b_base64(text))


_encoded = json.JSONEncoder(default=array_text, separators=(",", ":")).encode


def cached(
    what: str,
    paths: Iterable[Path],
    read: Callable[[list[Path]], Mapping[Path, Value | UserError]],
    make: Callable[[Any], Value] = lambda plain: plain,
) -> dict[Path, Value | UserError]:
    """Return the value of each file, read now or taken from the cache.

    Args:
        what: a name for the kind of value: "annotations".
        paths: the files.
        read: reads files, and returns a value or a `UserError` for each; errors are not cached.
        make: makes a value from its copy in JSON, where a tuple has become a list, and an `array.array` the text of
            `array_text`.

    Returns:
        path -> value or error.
    """
    folders: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in paths:
        folder, separator, name = str(path).rpartition(os.sep)  # quicker than `os.path.split`
        folders[folder + separator][name] = path
    values: dict[Path, Value | UserError] = {}
    for folder, members in folders.items():
        values |= _in_folder(what, folder, members, read, make)
    return values


def _in_folder(
    what: str,
    folder: str,
    paths: Mapping[str, Path],
    read: Callable[[list[Path]], Mapping[Path, Value | UserError]],
    make: Callable[[Any], Value],
) -> dict[Path, Value | UserError]:
    """Return the values of files in one folder, see `cached`; `paths` maps file names to paths."""
    file, small = _index_file(what, folder), len(paths) < FEWEST
    entries = _this_process.setdefault(file, {}) if small else _load(file)
    settled, stamps = time.time_ns() - SETTLED, {name: file_stamp(path) for name, path in paths.items()}
    same = [name for name, stamp in stamps.items() if name in entries and entries[name][0] == stamp]
    known = set(same)
    new = read([path for name, path in paths.items() if name not in known])
    fresh = {
        path.name: (stamp, _encoded(value))
        for path, value in new.items()
        if (stamp := stamps[path.name]) and max(stamp[1:]) < settled and not isinstance(value, UserError)
    }
    if small:
        entries |= fresh
    elif fresh:
        present = set(os.listdir(folder or "."))
        _save(file, {name: entry for name, entry in (entries | fresh).items() if name in present})
    return {paths[name]: make(value) for name, value in _values(entries, same)} | dict(new)


def _values(entries: Mapping[str, CacheEntry], names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield names with their values; values are made of JSON by the thousand, which takes half the time."""
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        yield from zip(part, json.loads(f"[{','.join(entries[name][-1] for name in part)}]"), strict=True)


def file_stamp(path: Path) -> Stamp | None:
    """Return the stamp of a file, which shows a change; None if it is missing."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _index_file(what: str, folder: str) -> Path:
    """Return the file for a folder of data, named by a hash of its full path."""
    place = hashlib.blake2s(os.fsencode(os.path.realpath(folder)), digest_size=12).hexdigest()
    return cache_folder() / f"{place}-{what}.json.gz"


def _load(file: Path) -> dict[str, CacheEntry]:
    """Return the entries of an index by file name; none if it is missing, old, or damaged, as gzip's checksum shows."""
    try:
        head, *values = gzip.decompress(file.read_bytes()).decode("ascii").split("\n")  # values stay texts until needed
        version, stamps = json.loads(head)
        return dict(zip(stamps, zip(stamps.values(), values, strict=True), strict=True)) if version == VERSION else {}
    except FileNotFoundError:
        pass
    except (OSError, EOFError, zlib.error, TypeError, ValueError) as error:
        log.info(f"{file} is damaged ({error}): the data is read anew")
    return {}


def _save(file: Path, entries: dict[str, CacheEntry]) -> None:
    """Write an index, with a value on each line, and delete old ones; if that fails, the next start reads all again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        head = _encoded([VERSION, {name: stamp for name, (stamp, _) in entries.items()}])
        lines = "\n".join((head, *(value for _, value in entries.values())))
        write_whole(file, gzip.compress(lines.encode("ascii"), compresslevel=1))
        for other in (*file.parent.glob("*.json.gz*"), *file.parent.glob("partial-*")):  # the latter are left by kills
            if time.time() - other.stat().st_mtime > OLDEST:
                other.unlink()
    except OSError as error:
        log.info(f"cannot write {file} ({error.strerror or error}): the next start reads the data again")
