"""List the files in a folder that may be pictures and annotations of a data set."""

import os
from dataclasses import dataclass
from pathlib import Path

from yolo.data.hash_split import normal
from yolo.picture_files import SUFFIXES, UNREAD, is_unread


@dataclass(frozen=True)
class Listing:
    """The files in a folder, and mostly in those below it: (stem, path) pairs, sorted, hidden files left out.

    Attributes:
        folders: the names of the folders in it, and of links that may have stood for one.
        unread: files of cameras that OpenCV does not read.
    """

    pictures: tuple[tuple[str, Path], ...] = ()
    annotations: tuple[tuple[str, Path], ...] = ()
    irregular: tuple[Path, ...] = ()
    folders: tuple[str, ...] = ()
    unread: tuple[Path, ...] = ()


def list_files(folder, below=True):
    """Return the `Listing` of a folder; links to folders are followed, each folder is looked into once.

    Args:
        below: whether to look into the folders in it.
    """
    pictures, annotations, irregular, folders, unread, seen = [], [], [], [], [], set()

    def look(path, prefix):
        real = os.path.realpath(path)
        if real in seen:
            return
        seen.add(real)
        try:
            entries = _entries(path)
        except PermissionError:
            irregular.append(Path(path))
            return
        for entry in entries:
            stem, ending = os.path.splitext(entry.name)
            if not prefix and (leads_nowhere(entry) or entry.is_dir()):
                folders.append(normal(entry.name))
            kind = pictures if ending.lower() in SUFFIXES else annotations if ending.lower() == ".xml" else None
            if ending.lower() in UNREAD and entry.is_file():
                kind = unread if is_unread(entry.path) else pictures
            if leads_nowhere(entry) or (kind is not None and not entry.is_file()):
                irregular.append(Path(entry.path))  # a link of any name may have stood for a folder of pictures
            elif kind is not None:
                kind.append((normal(prefix + stem), Path(entry.path)))  # of `unread` the stem is not asked for
            elif below and entry.is_dir():
                look(entry.path, f"{prefix}{entry.name}/")

    look(folder, "")
    files = tuple(path for _, path in unread)
    return Listing(tuple(pictures), tuple(annotations), tuple(irregular), tuple(folders), files)


def children(folder):
    """The paths in a folder, sorted, hidden ones left out; empty where there is no folder."""
    return [Path(entry.path) for entry in _entries(folder)] if folder.is_dir() else []


def leads_nowhere(entry):
    """Return whether a `DirEntry` or a `Path` is a link to nothing, to itself, or to what may not be looked at."""
    return entry.is_symlink() and not os.path.exists(entry)


def _entries(folder):
    """The entries of a folder, sorted, hidden ones left out."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
