"""File names in a folder of results, where only what an earlier run wrote is replaced."""

import contextlib
import json
import os
import re
import unicodedata
from collections import OrderedDict
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from yolo import picture_files
from yolo.atomic_write import write_whole
from yolo.errors import UserError, os_errors_as_user_errors

WRITTEN = ".written"  # file in the folder: a line of JSON, [name, last change], for each that this program wrote there
LONGEST = 80  # letters that a file name takes of an address
SPARE = 1000  # lines of what is outdated that the list may have beside as many as it needs
REMEMBERED = 10_000  # names that differ in letter case alone are told apart as long as they are no further apart


class OutputFiles:
    """File names in a folder, each given once, and never that of a file that somebody else put there.

    A file is taken for our own when an earlier run has listed it and it has not been changed or exchanged since.

    Args:
        folder: made if it is not there.
        sources: the files that are read; a folder that holds one of them, or cannot be written to, is a UserError.
    """

    def __init__(self, folder, sources=()):
        self.folder = make_folder(folder)
        for source in sources:
            if source.parent.samefile(self.folder):
                raise UserError(f"{self.folder} holds the source {source}: give another folder by --output.")
        self._given = OrderedDict()  # in the form of `_folded`, as some file systems compare them
        self._unlisted = {}  # paths that were given and are still being written
        path = self.folder / WRITTEN
        if path.is_symlink():
            raise UserError(f"{path} is a link, and what it leads to may be somebody else's: remove it.")
        with os_errors_as_user_errors(f"cannot read {path}"):
            self._listed, is_outdated = _former(path)
        self._writing = partial(os_errors_as_user_errors, f"cannot write to the folder {self.folder}")
        with self._writing():  # whether that can be done is better known before the work
            if is_outdated:
                write_whole(path, "".join(map(_line, self._listed.items())))
            self._list = path.open("a", encoding="ascii", buffering=1)

    def new(self, name):
        """A path for a file called `name`, or `name-2` and so on where that was given or is somebody else's."""
        name = Path(name)
        path, number = self.folder / name.name, 1
        while _folded(path.name) in self._given or (os.path.lexists(path) and not self._ours(path.name)):
            number += 1
            path = self.folder / f"{name.stem}-{number}{name.suffix}"
        self._given[_folded(path.name)] = None
        if len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        self._unlisted[path] = None
        return path

    @contextlib.contextmanager
    def file(self, name):
        """As `new`, for a file that is complete when the block ends."""
        path = self.new(name)
        try:
            yield path
        finally:
            self.written(path)

    def written(self, path):
        """List a path that was given, now that its file is complete, for the next run; nothing where there is none."""
        self._unlisted.pop(path, None)
        if changed := _last_change(path):
            with self._writing():
                self._list.write(_line((path.name, changed)))

    def close(self):
        """List what was not yet."""
        for path in list(self._unlisted):
            self.written(path)
        with self._writing():
            self._list.close()

    def _ours(self, name):
        """Return whether an earlier run has written it, and nobody has changed or exchanged it since."""
        return _last_change(self.folder / name) <= self._listed.get(name, 0)


def _line(entry):
    return json.dumps(entry) + "\n"  # in ASCII, so whatever the name holds is on one line


def _former(path):
    """Return what earlier runs listed, {name: nanoseconds of its last change}, and whether to write the list anew."""
    content = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    lines = content.splitlines()
    if content and not content.startswith("["):
        return _former_names(path, lines), True
    entries = dict(filter(None, map(_entry, lines)))
    is_cut = not content.endswith("\n")  # by a kill
    return entries, is_cut or len(lines) > 2 * len(entries) + SPARE  # every run adds lines


def _entry(line):
    """(name, nanoseconds) of a line; None of one that a kill has cut."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(entry, list) and [type(part) for part in entry] == [str, int]
    return tuple(entry) if is_whole else None


def _former_names(path, names):
    """The same of a list of names alone, one a line; of none where a name may hold a line break and be read as two."""
    present = os.listdir(path.parent)
    if not set(names) <= set(present) or any(len(name.splitlines()) > 1 for name in present):
        return {}
    return dict.fromkeys(names, path.stat().st_mtime_ns)


def _folded(name):
    return unicodedata.normalize("NFC", name).casefold()


def _last_change(path):
    """Nanoseconds, of a link its own; 0 where nothing is any more. What is moved keeps one of its two times."""
    if not os.path.lexists(path):
        return 0
    status = path.lstat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


def picture_name(source):
    """The name of a picture's copy: `http://host/dog.png?size=2` -> `dog.png`; without an ending `dog` -> `dog.jpg`."""
    name = Path(urlsplit(source).path if "://" in source else source).name
    return name if picture_files.is_picture(name) else f"{name}.jpg"


def video_name(source, suffix=".mp4"):
    """The name of a video for a video file, a webcam or an address."""
    path = Path(source)
    return (path.stem if "://" not in source and path.suffix else plain(source)[:LONGEST]) + suffix


def plain(text):
    """Text as part of a file name: what file systems forbid becomes an underscore."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._") or "_"


def make_folder(folder):
    """A folder that exists afterwards; raises UserError."""
    with os_errors_as_user_errors(f"cannot make the folder {folder}"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
