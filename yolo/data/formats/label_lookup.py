"""Find the label file of each picture: in the folder `labels` in the place of `images`, or beside the picture."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from yolo.data.formats.class_name_files import is_names_file
from yolo.data.hash_split import normal
from yolo.data.split_folders import PARTS
from yolo.data.split_lists import canonical
from yolo.errors import os_errors_as_user_errors
from yolo.picture_files import FOLDERS

LABELS = "labels"
ENDING = ".txt"


class LabelLookup:
    """The label files of a dataset by their folders, each of which is listed once."""

    def __init__(self) -> None:
        self._listed: dict[str, dict[str, Path]] = {}
        self._twice: dict[tuple[str, str], list[Path]] = defaultdict(list)  # folder, stem -> `a.TXT` beside `a.txt`
        self._places: dict[str, list[str]] = {}

    def place_of(self, folder: str, stem: str) -> str | None:
        """Return the folder in which the label file of a picture lies; None if there is none."""
        return next((place for place in self.places(folder) if stem in self.in_folder(place)), None)

    def places(self, folder: str) -> list[str]:
        """Return the folders in which labels of the pictures in a folder may lie, the likeliest first.

        As for Ultralytics, `labels` takes the place of the last `images` in the path; else labels lie beside the
        pictures, or in a folder `labels` there. Of a link, the folder that it leads to counts if there are none.
        """
        if folder not in self._places:
            places = [*_exchanged(folder), folder, os.path.join(folder, LABELS)]
            if not any(map(self.in_folder, places)):
                real = os.path.realpath(folder)
                places += (*_exchanged(real), real)
            self._places[folder] = list(dict.fromkeys(places))
        return self._places[folder]

    def others(self, folder: str, stem: str) -> list[Path]:
        """Return the label files in a folder, such as `a.TXT` beside `a.txt`, that are not used."""
        return self._twice.get((folder, stem), [])

    def in_folder(self, folder: str) -> dict[str, Path]:
        """Return {stem: path} of the text files in a folder, sorted; they need not be regular files."""
        if folder not in self._listed:
            files = self._listed[folder] = {}
            for stem, file in _text_files(folder):
                if stem in files:
                    self._twice[folder, stem].append(files[stem])
                files[stem] = file
        return self._listed[folder]


def is_label_folder(folder: str) -> bool:
    """Return whether a folder in a path is called `labels`."""
    return LABELS in folder.lower().replace("\\", "/").split("/")


def is_other_text(name: str) -> bool:
    """Return whether a text file that belongs to no picture is a class list, a list of a split or a text for people."""
    stem = name[: -len(ENDING)].lower()
    return is_names_file(name) or canonical(stem) in (*PARTS, "trainval") or stem.startswith(("readme", "labelmap"))


def folders_of_labels(root: str) -> Iterator[str]:
    """Yield the folders below a root that are called `labels`, and those in them."""
    for folder, inside, _ in os.walk(root):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        if is_label_folder(os.path.relpath(folder, root)):
            yield folder


def _exchanged(folder: str) -> Iterable[str]:
    """Return, in a tuple, the path with `labels` in the place of its last folder of pictures, if it has one."""
    parts = folder.split(os.sep)
    at = next((i for i in reversed(range(len(parts))) if parts[i].lower() in FOLDERS), None)
    return () if at is None else (os.sep.join((*parts[:at], LABELS, *parts[at + 1 :])),)


def _text_files(folder: str) -> Iterator[tuple[str, Path]]:
    """Yield the stem and the path of each text file in a folder, sorted: `a.TXT` comes before `a.txt`."""
    if os.path.isdir(folder):
        with os_errors_as_user_errors(f"cannot list the folder {folder}"):
            names = os.listdir(folder)
        place = Path(folder)
        for name in sorted(name for name in names if name[-4:].lower() == ENDING and name[0] != "."):
            yield normal(name[:-4]), place / name
