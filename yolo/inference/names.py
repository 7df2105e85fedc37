"""File names in a folder of results, where only what an earlier run wrote is replaced."""

import os
import re
from pathlib import Path

from yolo.errors import UserError, told

WRITTEN = ".written"  # file in the folder: the names of what this program wrote there


class Names:
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
        self._given = {}  # by their case-folded form, as some file systems compare them
        self._list = self.folder / WRITTEN
        with told(f"cannot read {self._list}"):
            self._listed, self._since = self._former()
        self.close()  # whether that can be done is better known before the work

    def new(self, name):
        """A path for a file called `name`, or `name-2` and so on where that was given or is somebody else's."""
        name = Path(name)
        path, number = self.folder / name.name, 1
        while path.name.casefold() in self._given or (os.path.lexists(path) and not self._ours(path.name)):
            number += 1
            path = self.folder / f"{name.stem}-{number}{name.suffix}"
        self._given[path.name.casefold()] = path.name
        return path

    def close(self):
        """List what was written, for the next run."""
        written = {*self._given.values(), *filter(self._ours, self._listed)}
        names = "".join(f"{name}\n" for name in sorted(written))
        with told(f"cannot write to the folder {self.folder}"):
            self._list.write_text(names, encoding="utf-8", errors="surrogateescape")

    def _former(self):
        """The names that an earlier run has listed, and when, in nanoseconds."""
        if not self._list.exists():
            return set(), 0
        listed = self._list.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        return set(listed), self._list.stat().st_mtime_ns

    def _ours(self, name):
        """Whether an earlier run has written it, and nobody has changed or exchanged it since, up to this moment."""
        return name in self._listed and _last_change(self.folder / name) <= self._since


def _last_change(path):
    """Nanoseconds, of a link its own; 0 where nothing is any more. What is moved keeps one of its two times."""
    if not os.path.lexists(path):
        return 0
    status = path.lstat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


def video_name(source):
    """The name of an .mp4 file for a video file, a webcam or an address."""
    path = Path(source)
    return f"{path.stem}.mp4" if "://" not in source and path.suffix else f"{plain(source)}.mp4"


def plain(text):
    """Text as part of a file name: what file systems forbid becomes an underscore."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._") or "_"


def make_folder(folder):
    """A folder that exists afterwards; raises UserError."""
    with told(f"cannot make the folder {folder}"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
