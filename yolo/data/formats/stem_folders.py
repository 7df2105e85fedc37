"""Name pictures by stems that are unique in their dataset, and short."""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain, takewhile
from pathlib import Path

from yolo.data.formats.label_lookup import LABELS
from yolo.data.hash_split import normal
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.picture_files import FOLDERS

LEFT_OUT = (LABELS, *FOLDERS)  # names of folders, in lower case


class StemFolders:
    """The folders in stems: those below the folder that all pictures have in common, without `images` and `labels`.

    Of `set/train/images/a.jpg` and `set/valid/images/a.jpg` the stems are `train/a` and `valid/a`.

    Args:
        folders: the folders of all pictures.
        top: the folder of the dataset, if all pictures lie in it.
        cut: whether to leave out `images` and `labels`, but keep `train` where all pictures lie in it. They stay if two
            folders would be one without them.
    """

    def __init__(self, folders: Iterable[str], top: Path | None = None, cut: bool = True) -> None:
        folders = set(folders)
        levels = zip(*(Path(folder).parts for folder in folders), strict=False)
        common = [level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels)]
        least = len(top.parts) if top else 0
        while cut and len(common) > least and (common[-1].lower() in LEFT_OUT or canonical(common[-1]) in PARTS):
            common = common[:-1]
        self._common = tuple(common)
        self._cut = cut
        self._cut = cut and len({self.before(folder) for folder in folders}) == len(folders)

    @property
    def common(self) -> Path:
        """Return the folder that all pictures have in common, above those called `images` or like a split."""
        return Path(*self._common)

    def before(self, folder: str) -> str:
        """Return the part of a stem that comes before the name of a file in this folder: `train/`, or an empty text."""
        parts = Path(folder).parts
        inside = parts[len(self._common) :] if parts[: len(self._common)] == self._common else parts
        return normal("".join(f"{part}/" for part in inside if not (self._cut and part.lower() in LEFT_OUT)))

    def stem(self, path: str) -> str:
        """Return the stem of a picture or a label file."""
        folder, name = os.path.split(path)
        return self.before(folder) + normal(os.path.splitext(name)[0])


def stems_of(pictures: Iterable[Path]) -> dict[Path, str]:
    """Return the stem of each picture, with the ending where it is not unique without, or the name of another one."""
    places = {path: os.path.split(path) for path in pictures}
    known = {folder for folder, _ in places.values()}
    folders = StemFolders(known)
    before = {folder: folders.before(folder) for folder in known}
    names = {path: before[folder] + normal(name) for path, (folder, name) in places.items()}
    stems = {path: os.path.splitext(name)[0] for path, name in names.items()}
    counts = Counter(chain(stems.values(), names.values()))
    return {path: stem if counts[stem] == 1 else names[path] for path, stem in stems.items()}


def stem_of_absent(name: str, known: Collection[str]) -> str:
    """Return a stem for a listed picture that is not there: its name as written, but never the stem of another one.

    Args:
        known: the stems of the pictures that are there.

    Example:
        >>> stem_of_absent("b.jpg", ["a"]), stem_of_absent("a", ["a"])
        ('b.jpg', '/a')
    """
    while name in known:
        name = f"/{name}"
    return name
