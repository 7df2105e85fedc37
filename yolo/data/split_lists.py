"""The lists of a data set, such as ImageSets/Main/*.txt, as VOC, labelling tools and scripts write them."""

import os
import re
from collections import defaultdict

from yolo.data.file_listing import leads_nowhere
from yolo.data.hash_split import normal
from yolo.errors import UserError
from yolo.picture_files import SUFFIXES
from yolo.text_files import read_lines

SPELLINGS = {  # in lower case -> as VOC has it; CVAT's are Train, Validation, Test
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "trainval": "trainval",
    "test": "test",
    "testing": "test",
}
COLUMN = ("-1", "0", "1")  # VOC's column of lists of single classes: absent, difficult, present
_NUMBERED = re.compile(r"\s-?\d+$")  # as in `cell 2`


def find(root):
    """Return the paths of the lists of a data folder: those in ImageSets/Main, or ImageSets, or train.txt beside it."""
    sets = folder_in(root, "ImageSets")
    beside = [path for path in _text_files(root) if canonical(path.stem) in SPELLINGS.values()]
    return _text_files(folder_in(sets, "Main")) or _text_files(sets) or beside


def read_all(paths, stems):
    """Return {name of a list: its stems, each once, in order}, and {name: `UserError`} of those that cannot be read.

    Args:
        paths: those of the lists.
        stems: those that the files of the data set have. A line may name one with the ending of a picture, with further
            folders before it, with backslashes, or followed by VOC's column. A line that names none stays as it is.
    """
    by_name = defaultdict(list)
    for stem in stems if paths else ():
        by_name[stem.rpartition("/")[2]].append(stem)
    found, unreadable = {}, {}
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


def canonical(name):
    """Return the name of a list as VOC has it, `Validation` -> `val`; other names stay."""
    return SPELLINGS.get(name.lower(), name)


def folder_in(root, name):
    """Return the folder of that name in `root`, in capitals or not; `root / name` where there is none."""
    if (root / name).is_dir() or not root.is_dir():
        return root / name
    alike = sorted(path for path in root.iterdir() if path.name.lower() == name.lower() and not path.is_file())
    return alike[0] if alike else root / name


def _text_files(folder):
    """The paths of what is called as text files are in a folder, sorted; UserError where that is a broken link."""
    if leads_nowhere(folder):
        raise UserError(f"{folder} is a link that leads nowhere, and lists may lie there: mend or remove it.")
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt" and path.name[0] != ".")


def _resolve(lines, stems, by_name):
    """The stem that each line means, or the line where it means none; without the column of VOC where there is one.

    A number may also belong to the name, as in `cell 1`. It is a column where the line as a whole names no picture,
    without it names one, and no other picture is called so with a number, as `cell 2` is; or where every line of the
    list has one and none as a whole names a picture.
    """
    meant = [_stem(line, stems, by_name) for line in lines]
    bare = [_without_column(line) for line in lines]
    without = [_stem(line, stems, by_name) for line in bare]
    if not any(meant) and all(bare) and any(without):
        return [stem or line for stem, line in zip(without, bare, strict=True)]
    numbered = {name.rsplit(None, 1)[0] for name in by_name if _NUMBERED.search(name)}
    without = [stem if stem and stem.rpartition("/")[2] not in numbered else None for stem in without]
    return [stem or other or line for stem, other, line in zip(meant, without, lines, strict=True)]


def _without_column(line):
    """A line without what may be VOC's column, empty where there is none."""
    *name, last = line.rsplit(None, 1)
    return name[0] if name and last in COLUMN else ""


def _stem(text, stems, by_name):
    """The stem that a path or a name means, or None."""
    if text in stems:
        return text
    path = text.strip("\"'").replace("\\", "/")
    name, ending = os.path.splitext(path)
    if ending.lower() in SUFFIXES or ending.lower() == ".xml":
        path = path if path in stems else name
    while path not in stems and "/" in path:
        path = path.partition("/")[2]
    if path in stems:
        return path
    alike = by_name.get(path, ())  # in a folder that the line does not give
    return alike[0] if len(alike) == 1 else None
