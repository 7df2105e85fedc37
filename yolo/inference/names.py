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
        self._given = set()  # case-folded, as some file systems compare them
        self._list = self.folder / WRITTEN
        with told(f"cannot read {self._list}"):
            self._written = self._still_ours()
        self.close()  # whether that can be done is better known before the work

    def new(self, name):
        """A path for a file called `name`, or `name-2` and so on where that was given or is somebody else's."""
        name = Path(name)
        path, number = self.folder / name.name, 1
        while path.name.casefold() in self._given or (path.name not in self._written and os.path.lexists(path)):
            number += 1
            path = self.folder / f"{name.stem}-{number}{name.suffix}"
        self._given.add(path.name.casefold())
        self._written.add(path.name)
        return path

    def close(self):
        """List what was written, for the next run."""
        names = "".join(f"{name}\n" for name in sorted(self._written))
        with told(f"cannot write to the folder {self.folder}"):
            self._list.write_text(names, encoding="utf-8", errors="surrogateescape")

    def _still_ours(self):
        """The names that the list holds, of files that have not changed since it was written."""
        if not self._list.exists():
            return set()
        seen = self._list.stat().st_mtime_ns
        listed = self._list.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        return {name for name in listed if _last_change(self.folder / name) <= seen}


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
