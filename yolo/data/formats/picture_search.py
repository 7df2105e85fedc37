"""Find the pictures that an annotation file names, perhaps with the folders of another machine."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TypeAlias

from yolo.data.file_listing import Listing
from yolo.data.hash_split import normal
from yolo.picture_files import FOLDERS, SUFFIXES

Name: TypeAlias = tuple[str, str]
"""The name of a picture as `plain` returns it, and a folder in which it may be, such as the name of its split."""


class PictureSearch:
    """The pictures below a folder, which can be found by name.

    Args:
        listing: the files in that folder.

    Attributes:
        stems: picture -> its stem: its path below the folder without the ending, and without folders such as images/;
            if that is not unique, with both.
    """

    def __init__(self, listing: Listing) -> None:
        short = {path: _without_folders(stem) for stem, path in listing.pictures}
        counts = Counter(short.values())
        self.stems = {
            path: short[path] if counts[short[path]] == 1 else stem + path.suffix for stem, path in listing.pictures
        }
        self._known: dict[str, list[tuple[list[str], Path]]] = defaultdict(list)  # by the last part of the stem
        for stem, path in listing.pictures:
            parts = [*stem.split("/")[:-1], normal(path.name)]
            self._known[_key(parts[-1])].append((parts, path))

    def find(self, names: Iterable[Name]) -> dict[Name, Path]:
        """Return the pictures that names mean, without the names that mean none or several.

        The longest end of the name that the path of a picture has decides, then the smaller number of folders. The
        ending may differ, or be absent. If several names are left for one picture, it must end in one of them.
        """
        claims: dict[Path, list[Name]] = defaultdict(list)
        for name in names:
            if path := self._best(*name):
                claims[path].append(name)
        meant = {path: _meant(path, {name for name, _ in claiming}) for path, claiming in claims.items()}
        return {name: path for path, claiming in claims.items() for name in claiming if name[0] == meant[path]}

    def _best(self, name: str, folder: str) -> Path | None:
        wanted = [folder, *name.split("/")]
        ranks = {
            path: (parts[-1] == wanted[-1], _same_folders(parts, wanted), -len(parts))
            for parts, path in self._known.get(_key(wanted[-1]), ())
        }
        best = [path for path, rank in ranks.items() if rank == max(ranks.values())]
        return best[0] if len(best) == 1 else None


def plain(name: str) -> str:
    """Return the name of a picture with slashes between its folders, in Unicode normal form C."""
    return normal(name.strip().replace("\\", "/"))


def without_ending(name: str) -> str:
    """Return the name of a picture without its ending, if it has one: `day1/a.b.jpg` -> `day1/a.b`."""
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in SUFFIXES else name


def _key(name: str) -> str:
    return without_ending(name).casefold()


def _same_folders(parts: Sequence[str], others: Sequence[str]) -> int:
    """Return how many of the last folders of two paths are the same; the last of the parts is the name of a file."""
    pairs = zip(parts[-2::-1], others[-2::-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _meant(path: Path, names: set[str]) -> str | None:
    """Return the one of several names that means a picture: the longest one that its path ends in."""
    if len(names) == 1:
        return next(iter(names))
    place = normal(path.as_posix())
    return max((name for name in names if place.endswith(f"/{name}")), key=len, default=None)


def _without_folders(stem: str) -> str:
    *folders, name = stem.split("/")
    return "/".join([*(folder for folder in folders if folder.lower() not in FOLDERS), name])
