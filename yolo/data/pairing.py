"""Pair annotation files with pictures of slightly different names, if only one pair is possible."""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from yolo.picture_files import SUFFIXES
from yolo.wording import counted, shorten


def pair(pictures: Mapping[str, Path], annotations: Mapping[str, Path]) -> tuple[dict[str, Path], str]:
    """Return the annotations by the stems of their pictures, and a sentence on those that had another stem.

    The name of an annotation may contain the ending of the picture (`a.jpg.xml`), differ in upper and lower case, or
    lack the folder of the picture, or have a folder where the picture has none.

    Args:
        pictures: stem -> picture.
        annotations: stem -> annotation file.

    Returns:
        {stem: annotation file}, and the sentence, empty if every annotation kept its stem.
    """
    found, moved = dict(annotations), []
    for key in (_bare, _folded, _flat):
        lonely = found.keys() - pictures.keys()
        if not lonely or not pictures.keys() - found.keys():
            break
        sides: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))  # stems of pictures, annotations
        for side, stems in enumerate((pictures, found)):
            for stem in stems:
                sides[key(stem)][side].append(stem)
        for of_pictures, of_annotations in sides.values():
            if len(of_pictures) == len(of_annotations) == 1 and _alike(key, *of_pictures, *of_annotations):
                (stem,), (written,) = of_pictures, of_annotations
                found[stem] = found.pop(written)
                moved.append(f"{written}{found[stem].suffix} with {stem}{pictures[stem].suffix}")
    note = f"{counted(len(moved), 'annotation')} paired with pictures of nearly the same name: {shorten(sorted(moved))}"
    return found, note if moved else ""


def _alike(key: Callable[[str], str], picture: str, annotation: str) -> bool:
    """Return whether two stems with the same key differ and belong together: not if they lie in two folders."""
    return picture != annotation and (key is not _flat or "/" not in picture or "/" not in annotation)


def _bare(stem: str) -> str:
    """Return a stem without the ending of a picture: `a.jpg` -> `a`."""
    name, ending = os.path.splitext(stem)
    return name if ending.lower() in SUFFIXES else stem


def _folded(stem: str) -> str:
    return _bare(stem).casefold()


def _flat(stem: str) -> str:
    return _folded(stem).rpartition("/")[2]
