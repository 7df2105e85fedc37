"""Remember what was read from files for later starts, as long as the files stay as they are.

A file counts as unchanged while its size, its time of modification and its time of change (which no program can set)
stay the same. It is only remembered when these times lay at least two seconds back, so a second change within one tick
of the clock is not missed. What is missed: on Windows, which keeps no time of change, a change that keeps the size and
sets the old time again.
"""

import gzip
import hashlib
import json
import logging
import os
import time
import zlib
from collections import defaultdict
from pathlib import Path

from yolo.atomic_write import write_whole
from yolo.errors import UserError

VERSION = 5  # to be raised when a reader makes something else of the same file
FEWEST = 500  # files in a folder; with fewer it is as quick to read them once in each process
OLDEST = 90 * 86400  # seconds after which an index is deleted, as its data set may be gone
SETTLED = 2 * 10**9  # nanoseconds; the coarsest clock among file systems, FAT's

log = logging.getLogger("yolo")
_this_process = {}  # index file -> the entries it would hold, of folders with fewer than FEWEST


def cached(what, paths, read, make=lambda plain: plain):
    """Values of files, read now or remembered from an earlier time.

    Args:
        what: names the kind of value: "annotations".
        paths: the files.
        read: paths -> {path: plain value}, which JSON can hold; a `UserError` instead of one is not remembered.
        make: plain value -> value.

    Returns:
        path -> value, or the `UserError`.
    """
    folders = defaultdict(dict)
    for path in paths:
        folder, name = os.path.split(path)
        folders[folder][name] = path
    values = {}
    for folder, members in folders.items():
        values |= _in_folder(what, folder, members, read, make)
    return values


def _in_folder(what, folder, paths, read, make):
    """As `cached`, of file names -> paths in one folder."""
    file, small = _index_file(what, folder), len(paths) < FEWEST
    known = _this_process.setdefault(file, {}) if small else _load(file)
    settled, stamps = time.time_ns() - SETTLED, {name: file_stamp(path) for name, path in paths.items()}
    same = {name: paths[name] for name in paths.keys() & known.keys() if known[name][:-1] == stamps[name]}
    new = read([path for name, path in paths.items() if name not in same])
    fresh = {
        path.name: [*stamps[path.name], json.dumps(plain)]
        for path, plain in new.items()
        if stamps[path.name] and max(stamps[path.name][1:]) < settled and not isinstance(plain, UserError)
    }
    if small:
        known |= fresh
    elif fresh:
        present = set(os.listdir(folder or "."))
        _save(file, {name: entry for name, entry in (known | fresh).items() if name in present})
    remembered = json.loads(f"[{','.join(known[name][-1] for name in same)}]")  # in one, which takes half the time
    return _made(dict(zip(same.values(), remembered, strict=True)) | new, make)


def _made(plain, make):
    return {path: value if isinstance(value, UserError) else make(value) for path, value in plain.items()}


def file_stamp(path):
    """Return [size, time of modification, time of change], by which a change is told, or None where no file is."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _index_file(what, folder):
    """One file for each folder of data, told apart by its full path; below $XDG_CACHE_HOME, or ~/.cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    place = hashlib.blake2s(os.fsencode(os.path.realpath(folder)), digest_size=12).hexdigest()
    return cache / "yolov4-tiny" / f"{place}-{what}.json.gz"


def _load(file):
    """File name -> [*stamp, value as text]; none where it is absent, damaged (gzip's checksum tells) or of old."""
    try:
        version, entries = json.loads(gzip.decompress(file.read_bytes()))  # texts in one text: parsed when asked for
    except FileNotFoundError:
        return {}
    except (OSError, EOFError, zlib.error, TypeError, ValueError) as error:
        log.info(f"{file} is damaged ({error}): the data is read anew")
        return {}
    return entries if version == VERSION else {}


def _save(file: Path, entries: dict[str, list]) -> None:
    """Write an index and delete old ones; where that cannot be done, the next start reads everything again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, gzip.compress(json.dumps([VERSION, entries]).encode("ascii"), compresslevel=1))
        for other in (*file.parent.glob("*.json.gz*"), *file.parent.glob("partial-*")):  # the latter are of kills
            if time.time() - other.stat().st_mtime > OLDEST:
                other.unlink()
    except OSError as error:
        log.info(f"cannot write {file} ({error.strerror or error}): the next start reads the data again")
