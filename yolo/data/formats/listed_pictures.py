"""Find pictures by the names that an annotation file lists: bare, with folders, or as they were on another machine."""

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from yolo.data.file_listing import Listing, leads_nowhere, list_files
from yolo.data.formats.annotation_folders import ANNOTATIONS
from yolo.data.hash_split import normal
from yolo.data.split_lists import SPELLINGS, canonical
from yolo.picture_files import FOLDERS

PICTURES = (*FOLDERS, "data")  # the last is FiftyOne's
DEEPEST = 16  # parts of a path that are compared
URL = re.compile(r"\w+://[^/]*/([^?#]*)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # cannot be printed, and no file has them in its name
HASHED = re.compile(r"[0-9a-f]{4,8}-(?=.)")  # Label Studio puts it before the name of a picture


class Found(NamedTuple):
    """A picture that may be the listed one.

    Attributes:
        path: the picture.
        shared: how many of the last parts of its path are those of the listed name.
        expected: whether it lies where such a picture is expected, under exactly this name.
    """

    path: Path
    shared: int
    expected: bool


class PictureFolders:
    """The pictures of a dataset; each folder is listed once, when it is needed.

    Args:
        root: the folder of the dataset.

    Attributes:
        unread: files in camera formats that OpenCV does not read.
        irregular: broken links, and folders, pipes or devices that are named like pictures.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.unread: dict[Path, None] = {}
        self.irregular: dict[Path, None] = {}
        self._listed: dict[str, dict[str, Path]] = {}

    def of(self, folder: str) -> dict[str, Path]:
        """Return name -> picture of the pictures in a folder; none if there is no such folder."""
        if folder not in self._listed:
            listing = list_files(Path(folder), below=False) if os.path.isdir(folder) else Listing()
            self.unread |= dict.fromkeys(listing.unread)
            self.irregular |= dict.fromkeys(listing.irregular)
            self._listed[folder] = {normal(path.name): path for _, path in listing.pictures}
        return self._listed[folder]

    @cached_property
    def below(self) -> dict[str, list[tuple[Path, list[str]]]]:
        """Return name in lower case -> (picture, folders between the root and it) of all pictures below the root."""
        found: dict[str, list[tuple[Path, list[str]]]] = defaultdict(list)
        for stem, path in list_files(Path(self.root)).pictures:
            found[normal(path.name).casefold()].append((path, stem.casefold().split("/")[:-1]))
        return found


class PictureLookup:
    """The search for the pictures that one file lists.

    Args:
        folders: the pictures of the dataset.
        file: the file.
        split: the split that it is for, or None.

    Attributes:
        places: the folders where its pictures are expected, those of the split first.
    """

    def __init__(self, folders: PictureFolders, file: Path, split: str | None) -> None:
        self._folders, self._beside, self._split = folders, str(file.parent), split
        names = {*PICTURES, file.stem.lower(), *re.split(r"[\W_]+", file.stem.lower())}
        found: dict[str, bool] = {}  # folder -> whether it is that of the split
        for base in dict.fromkeys((self._beside, folder_above(self._beside), folders.root)):
            own = split_of(os.path.basename(os.path.abspath(base))) == split
            for folder, is_own in _likely_folders(base, names, split, own):
                found.setdefault(folder, is_own)
        self.places = sorted(found, key=lambda folder: not found[folder])
        self._has_own = any(found.values())

    def find(self, listed: str) -> list[Found]:
        """Return the picture of a listed name; several if it can be any of them.

        The longest end of the name that exists decides, in one of `places`, else anywhere below the root. If there is a
        folder of this split, that of another split is not searched.
        """
        if path := self._folders.of(self.places[0]).get(listed):
            return [Found(path, 1, True)]  # nearly all names are so, and quickly found
        name = normal(_path_of(listed))
        parts = [part for part in name.split("/") if part not in ("", ".", "..")][-DEEPEST:]
        if not parts:
            return []
        if os.path.isabs(name) or ".." in name:
            folder, last = os.path.split(os.path.normpath(os.path.join(self._beside, name)))
            if path := self._folders.of(folder).get(last):
                return [Found(path, len(parts), True)]
        for start in range(len(parts)):
            for place in self.places:
                folder = os.path.join(place, *parts[start:-1])
                if path := self._folders.of(folder).get(parts[-1]):
                    return [Found(path, len(parts) - start, True)]
        return next(filter(None, map(self._anywhere, _spellings(parts))), [])

    def _anywhere(self, parts: Sequence[str]) -> list[Found]:
        """Return the pictures of a name in any folder, given its parts; only those that fit best."""
        fitting: dict[tuple[int, bool], list[Found]] = defaultdict(list)
        for path, folders in self._folders.below.get(parts[-1].casefold(), ()):
            splits = {split_of(folder) for folder in folders}.intersection(SPELLINGS.values())
            own = self._split in splits
            if splits and not own and self._has_own:
                continue
            alike = takewhile(
                lambda pair: pair[0].casefold() == pair[1], zip(parts[-2::-1], folders[::-1], strict=False)
            )
            shared = 1 + sum(1 for _ in alike)
            fitting[shared, own].append(Found(path, shared, False))
        return fitting[max(fitting)] if fitting else []


def split_of(folder: str) -> str:
    """Return the split that a folder is named after: `train` of `train2017`; other names in lower case."""
    return canonical(folder.lower().rstrip("0123456789_-"))


def folder_above(folder: str) -> str:
    """Return the folder of a dataset, given that of its files: for `annotations` the one above, else the same."""
    apart = os.path.basename(os.path.abspath(folder)).lower() in ANNOTATIONS
    return os.path.normpath(os.path.join(folder, "..")) if apart else folder


def _likely_folders(
    base: str, names: Collection[str], split: str | None, own: bool, depth: int = 2
) -> Iterator[tuple[str, bool]]:
    """Yield a folder, and those below that have such a name or that of the split, and whether they are its own."""
    yield base, own
    try:
        entries = [entry for entry in os.scandir(base) if not leads_nowhere(entry)] if depth else []
        inner = sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return  # its pictures are missed and reported later
    for name in inner:
        mine = split_of(name) == split
        if mine or name.lower() in names:
            yield from _likely_folders(os.path.join(base, name), names, split, own or mine, depth - 1)


def _path_of(listed: str) -> str:
    """Return a listed name with `/` between folders, and without the server of a URL and Label Studio's `?d=`."""
    name = listed.replace("\\", "/").rpartition("?d=")[2]
    url = URL.match(name)
    return url[1] if url else name


def _spellings(parts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the parts of a name, also decoded as in URLs, and without the hash that Label Studio puts before it."""
    for *folders, last in dict.fromkeys((tuple(parts), tuple(unquote("/".join(parts)).split("/")))):
        yield [*folders, last]
        if hashed := HASHED.match(last):
            yield [*folders, last[hashed.end() :]]
