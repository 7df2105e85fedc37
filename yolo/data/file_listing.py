"""List the files in a folder that may be pictures and annotations of a dataset."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yolo.data.hash_split import normal
from yolo.picture_files import SUFFIXES, UNREAD, is_unread


@dataclass(frozen=True)
class Listing:
    """The files in a folder, usually with those in its subfolders, sorted; hidden files are left out.

    Attributes:
        pictures: (stem, path) of each picture.
        annotations: (stem, path) of each annotation file.
        irregular: broken links, unreadable folders, and folders, pipes or devices named like a picture or an annotation
            file.
        folders: the names of the folders in it, and of broken links that may have led to one.
        unread: files in camera formats that OpenCV does not read.
    """

    pictures: tuple[tuple[str, Path], ...] = ()
    annotations: tuple[tuple[str, Path], ...] = ()
    irregular: tuple[Path, ...] = ()
    folders: tuple[str, ...] = ()
    unread: tuple[Path, ...] = ()


def list_files(folder: Path, below: bool = True, ending: str = ".xml") -> Listing:
    """Return the `Listing` of a folder; links to folders are followed, and each folder is listed once.

    Args:
        below: whether to list subfolders as well.
        ending: the ending of annotation files, in lower case.
    """
    pictures: list[tuple[str, Path]] = []
    annotations: list[tuple[str, Path]] = []
    unread: list[tuple[str, Path]] = []
    irregular: list[Path] = []
    folders: list[str] = []
    seen: set[str] = set()

    def look(path: Path, prefix: str) -> None:
        real = os.path.realpath(path)
        if real in seen:
            return
        seen.add(real)
        try:
            entries = _entries(path)
        except PermissionError:
            irregular.append(path)
            return
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)
            suffix = suffix.lower()
            kind = pictures if suffix in SUFFIXES else annotations if suffix == ending else None
            if suffix in UNREAD and entry.is_file():
                kind = unread if is_unread(entry.path) else pictures
            if entry.is_file(follow_symlinks=False):  # nearly all entries
                nowhere = is_folder = False
            else:
                nowhere = leads_nowhere(entry)
                is_folder = not nowhere and entry.is_dir()  # which fails for a link to itself
            if not prefix and (nowhere or is_folder):
                folders.append(normal(entry.name))
            if nowhere or (kind is not None and not entry.is_file()):
                irregular.append(path / entry.name)  # any broken link may have led to a folder of pictures
            elif kind is not None:
                kind.append((normal(prefix + stem), path / entry.name))  # the stems of `unread` are not used
            elif below and is_folder:
                look(path / entry.name, f"{prefix}{entry.name}/")

    look(folder, "")
    files = tuple(path for _, path in unread)
    return Listing(tuple(pictures), tuple(annotations), tuple(irregular), tuple(folders), files)


def folders_for_pictures(root: Path) -> Iterator[str]:
    """Yield the folders below a root, and itself, with an entry named like a picture; links are followed once."""
    seen: set[str] = set()
    for folder, inside, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        inside[:] = [name for name in inside if real not in seen and not name.startswith(".")]
        if real not in seen and any(os.path.splitext(name)[1].lower() in SUFFIXES | UNREAD for name in names):
            yield folder
        seen.add(real)


def locked_folders(root: Path) -> list[Path]:
    """Return the folders at most two levels below a root, or itself, that cannot be opened without permission."""
    found: list[Path] = []
    waiting = [(root, 0)]
    for folder, depth in waiting:  # which grows meanwhile
        try:
            inside = [Path(entry.path) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]
        except PermissionError:
            found.append(folder)
        else:
            waiting += [(one, depth + 1) for one in inside] if depth < 2 else []
    return found


def children(folder: Path) -> list[Path]:
    """Return the sorted paths in a folder without hidden ones; an empty list if there is no such folder."""
    return [Path(entry.path) for entry in _entries(folder)] if folder.is_dir() else []


def folders_of(paths: Iterable[Path]) -> set[str]:
    """Return the folders of files, as `os.path.dirname` does, which takes a microsecond for each."""
    return set(map(os.path.dirname, {"".join(str(path).rpartition(os.sep)[:2]) for path in paths}))


def leads_nowhere(entry: os.DirEntry[str] | Path) -> bool:
    """Return whether a path is a broken link: to nothing, to itself, or to a place without permission."""
    return entry.is_symlink() and not os.path.exists(entry)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """Return the entries of a folder sorted by name, without hidden ones."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
