"""Choose file names in an output folder, so that only files of earlier runs are replaced."""

import contextlib
import json
import os
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from yolo import picture_files
from yolo.atomic_write import write_whole
from yolo.errors import UserError, os_errors_as_user_errors

WRITTEN = ".written"  # the list in the folder: a line of JSON, [name, last change], for each file of this program
LONGEST = 80  # letters of an address in a file name
SPARE = 1000  # outdated lines that the list may have in addition to as many as there are valid ones
REMEMBERED = 10_000  # the latest names, which are compared with a new one without regard to upper and lower case


class OutputFiles:
    """The file names of an output folder. Each is given once, and never one of a file that is not from this program.

    A file counts as written by this program if an earlier run has listed it and nobody has changed or replaced it.

    Args:
        folder: created if it does not exist.
        sources: the files that this run reads; none may be in the folder.

    Raises:
        UserError: the folder contains a source, or cannot be written to.
    """

    def __init__(self, folder: str | Path, sources: Iterable[Path] = ()) -> None:
        self.folder = make_folder(folder)
        for source in sources:
            if source.parent.samefile(self.folder):
                raise UserError(f"{self.folder} holds the source {source}: give another folder by --output.")
        self._given: OrderedDict[str, None] = OrderedDict()  # names as `_folded` returns them
        self._unlisted: dict[Path, None] = {}  # paths that were given, but are not listed yet
        path = self.folder / WRITTEN
        if path.is_symlink():
            raise UserError(f"{path} is a link, and what it leads to may be somebody else's: remove it.")
        with os_errors_as_user_errors(f"cannot read {path}"):
            self._listed, is_outdated = _former(path)
        self._writing = partial(os_errors_as_user_errors, f"cannot write to the folder {self.folder}")
        with self._writing():  # if this fails, it should fail before the work
            if is_outdated:
                write_whole(path, "".join(map(_line, self._listed.items())))
            self._list = path.open("a", encoding="ascii", buffering=1)

    def new(self, name: str | Path) -> Path:
        """Return a path for a file `name`, or `name-2` and so on if that was given before or is not from this program.

        The caller passes the path to `written` when the file is complete.
        """
        name = Path(name)
        path, number = self.folder / name.name, 1
        while not self.is_free(path.name):
            number += 1
            path = self.folder / f"{name.stem}-{number}{name.suffix}"
        self._given[_folded(path.name)] = None
        if len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        self._unlisted[path] = None
        return path

    def is_free(self, name: str) -> bool:
        """Return whether `new` would return a path of exactly this name."""
        if _folded(name) in self._given:
            return False
        return self._ours(name) or not os.path.lexists(self.folder / name)

    @contextlib.contextmanager
    def file(self, name: str | Path) -> Iterator[Path]:
        """Yield a path like `new`, for a file that is complete at the end of the block."""
        path = self.new(name)
        try:
            yield path
        finally:
            self.written(path)

    def written(self, path: Path) -> None:
        """Add a complete file to the list for the next run; do nothing if the file does not exist.

        Raises:
            UserError: the list cannot be written.
        """
        self._unlisted.pop(path, None)
        if changed := _last_change(path):
            with self._writing():
                self._list.write(_line((path.name, changed)))

    def close(self) -> None:
        """List the files that are not listed yet.

        Raises:
            UserError: the list cannot be written.
        """
        for path in list(self._unlisted):
            self.written(path)
        with self._writing():
            self._list.close()

    def _ours(self, name: str) -> bool:
        """Return whether an earlier run has written the file, and nobody has changed or replaced it since."""
        return _last_change(self.folder / name) <= self._listed.get(name, 0)


def _line(entry: tuple[str, int]) -> str:
    return json.dumps(entry) + "\n"  # in ASCII, so any name is on one line


def _former(path: Path) -> tuple[dict[str, int], bool]:
    """Return the list of earlier runs, {name: last change in nanoseconds}, and whether it should be written anew."""
    content = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    lines = content.splitlines()
    if content and not content.startswith("["):
        return _former_names(path, lines), True
    entries = dict(filter(None, map(_entry, lines)))
    is_cut = not content.endswith("\n")  # the process was killed
    return entries, is_cut or len(lines) > 2 * len(entries) + SPARE  # every run adds lines


def _entry(line: str) -> tuple[str, int] | None:
    """Return the (name, nanoseconds) of a line, or None for an incomplete line of a killed process."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(entry, list) and [type(part) for part in entry] == [str, int]
    return tuple(entry) if is_whole else None


def _former_names(path: Path, names: list[str]) -> dict[str, int]:
    """Return the entries for a list in the older form, with a name on each line and without times.

    If a name in the folder contains a line break, so that it may be read as two names, return no entries.
    """
    present = os.listdir(path.parent)
    if not set(names) <= set(present) or any(len(name.splitlines()) > 1 for name in present):
        return {}
    return dict.fromkeys(names, path.stat().st_mtime_ns)


def _folded(name: str) -> str:
    """Return the form in which some file systems compare names."""
    return unicodedata.normalize("NFC", name).casefold()


def _last_change(path: Path) -> int:
    """Return the time of the last change of a file or link in nanoseconds; 0 if it does not exist.

    It is the later of two times, as moving a file changes only one of them.
    """
    if not os.path.lexists(path):
        return 0
    status = path.lstat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


def picture_name(source: str) -> str:
    """Return the file name for the copy of a picture; without an ending it gets `.jpg`.

    Example:
        >>> picture_name("http://host/dog.png?size=2"), picture_name("photos/dog")
        ('dog.png', 'dog.jpg')
    """
    name = Path(urlsplit(source).path if "://" in source else source).name
    return name if picture_files.is_picture(name) else f"{name}.jpg"


def video_name(source: str, suffix: str = ".mp4") -> str:
    """Return the file name for the copy of a video file, a webcam or a stream.

    Example:
        >>> video_name("clips/street.avi"), video_name("rtsp://camera/1")
        ('street.mp4', 'rtsp_camera_1.mp4')
    """
    path = Path(source)
    return (path.stem if "://" not in source and path.suffix else plain(source)[:LONGEST]) + suffix


def plain(text: str) -> str:
    """Return a text as part of a file name: characters that file systems forbid become underscores."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._") or "_"


def make_folder(folder: str | Path) -> Path:
    """Create a folder if it does not exist, and return its path.

    Raises:
        UserError: it cannot be created.
    """
    with os_errors_as_user_errors(f"cannot make the folder {folder}"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
