"""Read the JSON of Apple's Create ML, which lists the objects of each picture by their centers and sizes.

https://developer.apple.com/documentation/createml/building-an-object-detector-data-source
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from yolo.data.formats.collected_objects import MISFITS, CollectedObjects
from yolo.data.formats.enclosing import Edges
from yolo.data.formats.json_stream import members
from yolo.data.formats.picture_lists import ListedPicture, PictureList, PictureListFormat
from yolo.data.formats.voc_xml import number
from yolo.data.formats.written_annotation import WrittenAnnotation, compact
from yolo.data.layout import Layout

NAMES = ("image", "imagefilename")  # keys of the name of a picture: of Roboflow and labelImg, and of Apple
OBJECTS = ("annotations", "annotation")  # keys of its objects
BEGINNING = re.compile(r'\[\s*\{([^{}\[\]]*"(image|imagefilename)"\s*:\s*"|.*"coordinates")', re.DOTALL)
SHARES = 2  # a dataset without any edge above it has shares of the sides and not pixels; rounding may lead above 1


def find(path: Path) -> list[Layout]:
    """Return the layout of a Create ML JSON, or of all in a folder, in a list; an empty list if there are none.

    Create ML can be told that coordinates are shares of the sides of a picture, but its files do not say so.

    Raises:
        UserError: a file is damaged, or a list of a split cannot be read.
    """
    return [_in_shares(layout) for layout in PictureListFormat("CreateML JSON", ".json", _begins, read).find(path)]


def read(path: Path) -> PictureList:
    """Read one file; the list is empty if the JSON is of another format.

    Raises:
        UserError: the file cannot be read, or is not JSON.
    """
    pictures: list[ListedPicture] = []
    unfit: list[str] = []
    for member in members(path):
        for element, line in member.elements if not member.key else ():  # the file holds an array
            if picture := _picture(element):
                pictures.append(picture)
            else:
                unfit.append(f"{path.name}:{line}")
    return PictureList((), pictures, unfit)


def _begins(start: str) -> bool:
    return BEGINNING.match(start) is not None


def _picture(element: Any) -> ListedPicture | None:
    """Return the picture of an element of the list, or None if the element is not as Create ML has it."""
    known = element if isinstance(element, dict) else {}
    name, listed = (next((known[key] for key in keys if key in known), None) for keys in (NAMES, OBJECTS))
    if not isinstance(name, str) or not name.strip() or not isinstance(listed, list):
        return None
    objects = CollectedObjects()
    for one in listed:
        values = one if isinstance(one, dict) else {}
        objects.add(values.get("label"), _box(values.get("coordinates")))
    return ListedPicture(name, "", compact(objects.written()))


def _box(coordinates: Any) -> Edges | None:
    """Return the edges of a box, given its center and size."""
    try:
        x, y, width, height = (number(coordinates[key]) for key in ("x", "y", "width", "height"))
    except MISFITS:
        return None
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _in_shares(layout: Layout) -> Layout:
    """Return a layout whose unit is shares if its numbers are."""
    written = [one for one in layout.read(layout, False).values() if isinstance(one, WrittenAnnotation) and one.names]
    if not written or max(max(one.numbers) for one in written) > SHARES:
        return layout
    note = f"coordinates are read as shares of the sides and not as pixels, as no edge is above {SHARES}"
    return replace(layout, unit="shares", notes=(note, *layout.notes))
