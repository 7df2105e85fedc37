"""Pair annotation files with pictures whose names are not quite theirs, where only one of each can be meant."""

import os
from collections import defaultdict

from yolo.picture_files import SUFFIXES
from yolo.wording import counted, shorten


def pair(pictures, annotations):
    """Return the annotations under the stems of their pictures, and a sentence on those of another stem, or nothing.

    An annotation may have the ending of the picture in its name (`a.jpg.xml`), differ in capitals, or lie in no folder
    where the picture lies in one, or the other way about.

    Args:
        pictures: stem -> picture.
        annotations: stem -> XML file.
    """
    found, moved = dict(annotations), []
    for key in (_bare, _folded, _flat):
        lonely = found.keys() - pictures.keys()
        if not lonely or not pictures.keys() - found.keys():
            break
        sides = defaultdict(lambda: ([], []))  # key -> stems of pictures, stems of annotations
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


def _alike(key, picture, annotation):
    """Whether stems of the same key, which are not the same, belong together: not where they are in two folders."""
    return picture != annotation and (key is not _flat or "/" not in picture or "/" not in annotation)


def _bare(stem):
    """A stem without the ending of a picture: `a.jpg` -> `a`."""
    name, ending = os.path.splitext(stem)
    return name if ending.lower() in SUFFIXES else stem


def _folded(stem):
    return _bare(stem).casefold()


def _flat(stem):
    return _folded(stem).rpartition("/")[2]
