"""Read annotation files of LabelMe, X-AnyLabeling and AnyLabeling, one JSON file for each picture.

https://github.com/wkentaro/labelme
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from itertools import islice
from pathlib import Path, PureWindowsPath
from typing import Any, TypeAlias

from yolo.data.formats.annotation_cache import read_each
from yolo.data.formats.annotation_folders import AnnotationFolders, Paths
from yolo.data.formats.collected_objects import MISFITS, CollectedObjects
from yolo.data.formats.enclosing import Edges, enclose_ellipse, enclose_points
from yolo.data.formats.file_start import LOOKED_AT, start_of
from yolo.data.formats.voc_xml import DIFFICULT, number
from yolo.data.formats.written_annotation import UnreadableAnnotationError, WrittenAnnotation
from yolo.data.hash_split import normal
from yolo.data.layout import Layout
from yolo.data.pairing import pair
from yolo.wording import counted, printable, shorten

KEYS = ('"shapes"', '"imagePath"', '"imageData"')  # one is near the beginning; JSON of other formats has none
KINDS = {  # `shape_type` -> the kind of finding, for shapes that their points enclose
    "rectangle": "",
    "mask": "mask",
    "polygon": "polygon",
    "quadrilateral": "polygon",
    "cuboid": "polygon",
    "rotation": "turned box",  # of X-AnyLabeling
    "oriented_rectangle": "turned box",  # of LabelMe 6
}

Shape: TypeAlias = Mapping[str, Any]


def find(path: Path) -> list[Layout]:
    """Return the layout of the LabelMe files in a folder, in a list; an empty list if there are none.

    Raises:
        UserError: a list that the training pictures depend on cannot be read.
    """
    layout = partial(Layout, read=read_each(read), format="LabelMe JSON")
    return AnnotationFolders(".json", layout, _match).find(path)


def read(path: Path) -> WrittenAnnotation:
    """Read one annotation file; shapes without an area, such as lines, are counted as objects without a box.

    Raises:
        UnreadableAnnotationError: the file cannot be read, is not JSON, or has no list of shapes.
    """
    content = _content(path)
    objects = CollectedObjects()
    for shape in content["shapes"]:
        known = shape if isinstance(shape, dict) else {}
        objects.add(known.get("label"), *_box(known), _is_difficult(known))
    return objects.written(content.get("imageWidth"), content.get("imageHeight"))


def _content(path: Path) -> dict[str, Any]:
    """Return the content of a file in UTF-8, UTF-16 or UTF-32; the picture that may be in it is not decoded."""
    try:
        content = json.loads(path.read_bytes())
    except RecursionError:
        raise UnreadableAnnotationError(path, "nested too deep", "export it again") from None
    except ValueError as error:  # also of text in another encoding, and of numbers with thousands of digits
        raise UnreadableAnnotationError(
            path, f"no readable JSON, {printable(str(error))}", "export it again"
        ) from error
    except OSError as error:
        raise UnreadableAnnotationError(path, str(error.strerror or error), "make it readable or remove it") from error
    if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
        raise UnreadableAnnotationError(path, "no LabelMe JSON, as it has no list of shapes", "repair or remove it")
    return content


def _box(shape: Shape) -> tuple[Edges | None, str]:
    """Return the edges of a shape, None if it has none, and the kind of finding."""
    kind = shape.get("shape_type") or "polygon"  # LabelMe 2 drew nothing else
    try:
        xs, ys = zip(*((number(x), number(y)) for x, y in shape["points"]), strict=True)
        if kind == "circle":  # its center and a point on it
            radius = math.hypot(xs[1] - xs[0], ys[1] - ys[0])
            return enclose_ellipse(xs[0], ys[0], radius, radius), "circle"
        return enclose_points(xs, ys), KINDS[kind]
    except MISFITS:
        return None, ""


def _is_difficult(shape: Shape) -> bool:
    flags = shape.get("flags")
    marks = (shape, flags if isinstance(flags, dict) else {})
    return any(str(mark.get("difficult")).lower() in DIFFICULT for mark in marks)


def _match(pictures: Paths, annotations: Paths) -> tuple[dict[str, Path], str]:
    """Pair annotations with pictures by their names, then by the `imagePath` in them, see `AnnotationFolders`.

    JSON files of other formats are left out. Files with the name of a picture are taken to be like the first of them.
    """
    found, note = pair(pictures, annotations)
    lonely = {stem: file for stem, file in found.items() if stem not in pictures and _is_labelme(file)}
    found = {stem: file for stem, file in found.items() if stem in pictures}
    if not any(_is_labelme(file) for file in islice(found.values(), LOOKED_AT)):
        found = {}
    moved = _by_image_path({stem: path for stem, path in pictures.items() if stem not in found}, lonely)
    pairs = [f"{lonely[written].name} with {pictures[stem].name}" for stem, written in moved.items()]
    found |= {stem: lonely.pop(written) for stem, written in moved.items()} | lonely
    notes = [note, f"{counted(len(pairs), 'annotation')} paired by imagePath: {shorten(sorted(pairs))}" * bool(pairs)]
    return found, "; ".join(filter(None, notes))


def _is_labelme(file: Path) -> bool:
    start = start_of(file)
    return any(key in start for key in KEYS)


def _by_image_path(pictures: Paths, annotations: Paths) -> dict[str, str]:
    """Return stem of a picture -> stem of the only annotation whose `imagePath` has the name of that picture alone."""
    sides: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for stem, path in pictures.items():
        sides[normal(path.name).casefold()][0].append(stem)
    for stem, path in annotations.items() if pictures else ():
        try:
            name = PureWindowsPath(_content(path)["imagePath"]).name  # it also splits at slashes
        except (UnreadableAnnotationError, KeyError, TypeError):
            continue
        sides[normal(name).casefold()][1].append(stem)
    return {of_picture[0]: written[0] for of_picture, written in sides.values() if len(of_picture) == len(written) == 1}
