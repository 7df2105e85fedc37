"""Read the XML in which CVAT exports the annotations of images.

https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/
"""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TypeAlias
from xml.etree.ElementTree import Element

from yolo.data.formats.collected_objects import MISFITS, CollectedObjects
from yolo.data.formats.enclosing import Edges, enclose_ellipse, enclose_points, enclose_runs, enclose_turned_box
from yolo.data.formats.file_start import first_element
from yolo.data.formats.picture_lists import ListedPicture, PictureList, PictureListFormat
from yolo.data.formats.voc_xml import DIFFICULT, number
from yolo.data.formats.written_annotation import UnreadableAnnotationError, compact
from yolo.data.formats.xml_parsing import parser, xml_errors
from yolo.data.layout import Layout

ROOT = "annotations"
NO_OBJECTS = ("tag",)  # it says something of the whole picture
FLAGS = ("difficult", "ignore")  # attributes, which people define, that mark an object as difficult

Values: TypeAlias = Mapping[str, str]
"""The attributes of an element."""


def find(path: Path) -> list[Layout]:
    """Return the layout of a CVAT XML, or of all in a folder, in a list; an empty list if there are none.

    Raises:
        UserError: a file is damaged or in the form for video, or a list of a split cannot be read.
    """
    return PictureListFormat("CVAT XML for images", ".xml", _begins, read).find(path)


def read(path: Path) -> PictureList:
    """Read one file; shapes without an area, such as polylines, are counted as objects without a box.

    Raises:
        UnreadableAnnotationError: it cannot be read, is not XML, declares entities, or is not in the form for images.
    """
    class_names: dict[str, None] = {}
    pictures, unfit = [], []
    with xml_errors(path):
        for element in _parts(path):
            if element.tag == "meta":
                class_names |= dict.fromkeys(_class_names(element))
            elif element.tag == "image" and element.get("name", "").strip():
                pictures.append(_picture(element))
            elif element.tag == "image":
                unfit.append(f"{path.name} (image {element.get('id', 'without an id')})")
            elif element.tag == "track":
                reason = "it has tracks of a video in the place of images"
                raise UnreadableAnnotationError(path, reason, "export the task as 'CVAT for images 1.1'")
    if unfit and not pictures:
        raise UnreadableAnnotationError(path, "none of its images has a name", "export it again")
    return PictureList(tuple(class_names), pictures, unfit)


def _begins(start: str) -> bool:
    return first_element(start) == ROOT


def _parts(path: Path) -> Iterator[Element]:
    """Yield the elements below the root one by one, and forget each when the next is asked for."""
    with path.open("rb") as file:
        has_mark = any(b"!" in chunk for chunk in iter(partial(file.read, 2**20), b""))
    with path.open("rb") as file:
        depth = 0
        root = None
        for event, element in parser(has_mark).iterparse(file, ("start", "end")):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth == 1 and event == "end":
                yield element
                root.clear()


def _class_names(meta: Element) -> Iterator[str]:
    """Yield the names of the labels of a task, a job or a project, without those of parts of a skeleton."""
    for label in meta.iterfind(".//labels/label"):
        name = " ".join((label.findtext("name") or "").split())
        if name and not label.findtext("parent"):
            yield name


def _picture(image: Element) -> ListedPicture:
    objects = CollectedObjects()
    for shape in image:
        if shape.tag not in NO_OBJECTS and shape.get("outside") != "1":  # it has left the picture
            objects.add(shape.get("label"), *_box(shape.tag, shape.attrib), _is_difficult(shape))
    written = objects.written(image.get("width"), image.get("height"))
    return ListedPicture(image.get("name", ""), image.get("subset", "").strip(), compact(written))


def _box(tag: str, values: Values) -> tuple[Edges | None, str]:
    """Return the edges of a shape, None if it has none, and the kind of finding."""
    try:
        return SHAPES[tag](values)
    except MISFITS:
        return None, ""


def _of_box(values: Values) -> tuple[Edges, str]:
    left, top, right, bottom = (number(values[key]) for key in ("xtl", "ytl", "xbr", "ybr"))
    angle = _angle(values)
    if not angle:
        return (left, top, right, bottom), ""
    return enclose_turned_box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, angle), "turned box"


def _of_polygon(values: Values) -> tuple[Edges, str]:
    xs, ys = zip(*(map(number, point.split(",")) for point in values["points"].split(";")), strict=True)
    return enclose_points(xs, ys), "polygon"


def _of_ellipse(values: Values) -> tuple[Edges, str]:
    x, y, radius_x, radius_y = (number(values[key]) for key in ("cx", "cy", "rx", "ry"))
    return enclose_ellipse(x, y, radius_x, radius_y, _angle(values)), "circle"


def _of_mask(values: Values) -> tuple[Edges, str]:
    """Return the edges of the pixels that are on: datumaro writes masks that are as large as the picture."""
    left, top, width, height = (int(values[key]) for key in ("left", "top", "width", "height"))
    inside = enclose_runs([int(length) for length in values["rle"].split(",")], width)
    if inside[3] > height:
        raise ValueError("the runs are too long")
    return (left + inside[0], top + inside[1], left + inside[2], top + inside[3]), "mask"


def _of_cuboid(values: Values) -> tuple[Edges, str]:
    corners = ("tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2")
    xs, ys = ([number(values[axis + corner]) for corner in corners] for axis in "xy")
    return enclose_points(xs, ys), "polygon"


def _angle(values: Values) -> float:
    """Return by how many radians a shape is turned around its center; CVAT writes degrees."""
    return math.radians(number(values.get("rotation", 0)))


SHAPES = {
    "box": _of_box,
    "polygon": _of_polygon,
    "ellipse": _of_ellipse,
    "mask": _of_mask,
    "cuboid": _of_cuboid,
}


def _is_difficult(shape: Element) -> bool:
    return any(
        attribute.get("name", "").lower() in FLAGS and (attribute.text or "").strip().lower() in DIFFICULT
        for attribute in shape
    )
