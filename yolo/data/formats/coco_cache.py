"""Keep what was read from a large COCO JSON file, as the next command then has it in a tenth of the time."""

import hashlib
import io
import json
import logging
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from yolo.atomic_write import write_whole
from yolo.cache_folder import cache_folder
from yolo.data.formats.coco_json import CocoFile, CocoPicture
from yolo.data.formats.coco_objects import CocoObjects
from yolo.data.metadata_cache import OLDEST, SETTLED, file_stamp

VERSION = 1  # raise it when the reader finds something else in the same file
SMALLEST = 2**22  # bytes; a smaller file is read as quickly

log = logging.getLogger("yolo")


def cached(path: Path, read: Callable[[Path], CocoFile]) -> CocoFile:
    """Return the content of a file, read now or taken from the cache; small files are always read.

    A file counts as unchanged as in `metadata_cache`.
    """
    stamp = file_stamp(path)
    if stamp is None or stamp[0] < SMALLEST:
        return read(path)
    place = hashlib.blake2s(os.fsencode(os.path.realpath(path)), digest_size=12).hexdigest()
    kept = cache_folder() / f"{place}-coco.npz"
    file = _load(kept, path, stamp)
    if file is None:
        settled = max(stamp[1:]) < time.time_ns() - SETTLED
        file = read(path)
        if settled and stamp == file_stamp(path):
            _save(kept, file, stamp)
    return file


def _load(kept: Path, path: Path, stamp: list[int]) -> CocoFile | None:
    """Return the content of a file from the cache; None if it is not there, is damaged, or the file has changed."""
    try:
        with np.load(kept) as arrays:
            state, *parts = json.loads(arrays["text"].tobytes())
            if state != [VERSION, *stamp]:
                return None
            listed, categories, above, problems, *keys = parts
            objects = CocoObjects.of(arrays["table"], *keys)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        log.info(f"{kept} is damaged ({error}): the data is read anew")
        return None
    pictures = [CocoPicture(*picture) for picture in listed]
    return CocoFile(path, pictures, dict(categories), dict(above), objects, tuple(problems))


def _save(kept: Path, file: CocoFile, stamp: list[int]) -> None:
    """Write the content of a file, and delete what was written long ago; if that fails, it is read anew next time."""
    objects = file.objects
    names = [list(file.categories.items()), list(file.above.items())]
    keys = [list(objects.pictures), list(objects.categories)]
    text = json.dumps([[VERSION, *stamp], file.pictures, *names, file.problems, *keys])
    content = io.BytesIO()
    np.savez(content, text=np.frombuffer(text.encode("ascii"), np.uint8), table=objects.table)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, content.getbuffer())
        for other in kept.parent.glob("*-coco.npz"):
            if time.time() - other.stat().st_mtime > OLDEST:
                other.unlink()
    except OSError as error:
        log.info(f"cannot write {kept} ({error.strerror or error}): the next start reads the data again")
