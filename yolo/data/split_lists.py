"""Read the lists of a dataset, such as ImageSets/Main/*.txt, as VOC, labeling tools and scripts write them."""

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from yolo.data.file_listing import leads_nowhere
from yolo.data.hash_split import Splits, normal
from yolo.errors import UserError
from yolo.picture_files import SUFFIXES
from yolo.text_files import read_lines

SPELLINGS = {  # name in lower case -> name in VOC; CVAT writes Train, Validation, Test
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "trainval": "trainval",
    "test": "test",
    "testing": "test",
}
COLUMN = ("-1", "0", "1")  # values of the column in VOC's lists of single classes: absent, difficult, present
_NUMBERED = re.compile(r"\s-?\d+$")  # matches the end of `cell 2`


def find(root: Path) -> list[Path]:
    """Return the paths of the lists of a data folder: in ImageSets/Main, else in ImageSets, else `train.txt` in root.

    Raises:
        UserError: one of these folders is a broken link.
    """
    sets = folder_in(root, "ImageSets")
    beside = [path for path in _text_files(root) if canonical(path.stem) in SPELLINGS.values()]
    return _text_files(folder_in(sets, "Main")) or _text_files(sets) or beside


def read_all(paths: Sequence[Path], stems: set[str]) -> tuple[Splits, dict[str, UserError]]:
    """Return the stems in each list, each once and in order, and {name: error} of the lists that cannot be read.

    A line may name a stem with the ending of a picture, with further folders before it, with backslashes, or followed
    by VOC's column. A line that names no stem is kept unchanged.

    Args:
        paths: the lists.
        stems: the stems of all files in the dataset.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for stem in stems if paths else ():
        by_name[stem.rpartition("/")[2]].append(stem)
    found: Splits = {}
    unreadable: dict[str, UserError] = {}
    for path in sorted(paths, key=lambda path: path.stem not in SPELLINGS.values()):  # exact names first
        name = canonical(path.stem)
        name = path.stem if name in found or name in unreadable else name
        try:
            if path.exists() and not path.is_file():
                raise UserError(f"the list {path} is no regular file: put a list in its place, or remove it.")
            lines = list(filter(None, (normal(line.strip()) for line in read_lines(path, "the list"))))
        except UserError as error:
            unreadable[name] = error
        else:
            found[name] = tuple(dict.fromkeys(_resolve(lines, stems, by_name)))
    return dict(sorted(found.items())), unreadable


def canonical(name: str) -> str:
    """Return the name of a list as in VOC, `Validation` -> `val`; return other names unchanged."""
    return SPELLINGS.get(name.lower(), name)


def folder_in(root: Path, name: str) -> Path:
    """Return the folder with that name in `root`, in upper or lower case; `root / name` if there is none."""
    if (root / name).is_dir() or not root.is_dir():
        return root / name
    alike = sorted(path for path in root.iterdir() if path.name.lower() == name.lower() and not path.is_file())
    return alike[0] if alike else root / name


def _text_files(folder: Path) -> list[Path]:
    """Return the sorted paths in a folder that end in .txt; raises UserError if the folder is a broken link."""
    if leads_nowhere(folder):
        raise UserError(f"{folder} is a link that leads nowhere, and lists may lie there: mend or remove it.")
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt" and path.name[0] != ".")


def _resolve(lines: Sequence[str], stems: set[str], by_name: Mapping[str, list[str]]) -> list[str]:
    """Return the stem that each line names, or the line if it names none; VOC's column is left out.

    A number at the end of a line may belong to the name, as in `cell 1`. It is VOC's column in two cases. Either the
    line names a picture only without it, and no other picture has that name with a number, such as `cell 2`. Or every
    line of the list ends in such a number, and no whole line names a picture.
    """
    meant = [_stem(line, stems, by_name) for line in lines]
    bare = [_without_column(line) for line in lines]
    without = [_stem(line, stems, by_name) if line else None for line in bare]
    if not any(meant) and all(bare) and any(without):
        return [stem or line for stem, line in zip(without, bare, strict=True)]
    numbered = {name.rsplit(None, 1)[0] for name in by_name if _NUMBERED.search(name)} if any(without) else set()
    without = [stem if stem and stem.rpartition("/")[2] not in numbered else None for stem in without]
    return [stem or other or line for stem, other, line in zip(meant, without, lines, strict=True)]


def _without_column(line: str) -> str:
    """Return a line without what may be VOC's column, or an empty text if it has none."""
    *name, last = line.rsplit(None, 1)
    return name[0] if name and last in COLUMN else ""


def _stem(text: str, stems: set[str], by_name: Mapping[str, list[str]]) -> str | None:
    """Return the stem that a path or a name means, or None."""
    if text in stems:
        return text
    path = text.strip("\"'").replace("\\", "/")
    name, ending = os.path.splitext(path)
    if ending.lower() in SUFFIXES or ending.lower() in (".xml", ".json"):
        path = path if path in stems else name
    while path not in stems and "/" in path:
        path = path.partition("/")[2]
    if path in stems:
        return path
    alike = by_name.get(path, ())  # in a folder that the line does not name
    return alike[0] if len(alike) == 1 else None
