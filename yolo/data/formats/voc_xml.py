"""Read annotation files in the format of PASCAL VOC.

http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from yolo.data.formats.enclosing import Edges, enclose_points, enclose_turned_box
from yolo.data.formats.written_annotation import UnreadableAnnotationError, WrittenAnnotation, repeated
from yolo.data.formats.xml_parsing import parse, xml_errors
from yolo.label_files.voc_xml import CORNERS

LARGEST = 1e7  # pixels; no picture is as wide, and float32 holds no larger whole numbers exactly
DIFFICULT = ("1", "1.0", "true", "yes")  # values of a flag that is set, in lower case
EDGES = ("xmin", "ymin", "xmax", "ymax")
FRACTION = 1e-3  # pixels; a smaller difference to a whole number is rounding: datumaro writes float32 numbers


def read(path: Path) -> WrittenAnnotation:
    """Read one annotation file.

    Objects without a name, without a box or without four numbers in it are left out and counted. A file may have any
    encoding that Python knows, if it declares it or has a byte order mark.

    Raises:
        UnreadableAnnotationError: the file cannot be read, is not XML, declares entities, or is not a VOC annotation.
    """
    root = _annotation(path)
    names: list[str] = []
    boxes: list[Sequence[float]] = []
    difficult: list[bool] = []
    counts: Counter[str] = Counter()
    for element in root.findall("object"):
        box, kind = _box(element)
        name = " ".join(_text(element, "name").split())  # a name may contain line breaks
        if not name:
            kind = "without a name"
        elif box:
            names.append(name)
            boxes.append(box)
            difficult.append(_text(element, "difficult").lower() in DIFFICULT)
        if kind:
            counts[kind] += 1
    signs = [0, len(boxes), 0] if _text(root, CORNERS) == "1" else _signs(boxes)
    numbers = list(chain.from_iterable(boxes))
    if twice := repeated(numbers):
        counts["twice"] = twice
    return WrittenAnnotation(_size(root), names, numbers, difficult, dict(counts), {}, signs)


def _signs(boxes: Sequence[Sequence[float]]) -> list[int]:
    """Return the signs of where the corners are counted from, see `WrittenAnnotation`."""
    zeros = ones = fractions = 0
    for left, top, right, bottom in boxes:
        zeros += (0 <= left < 1 - FRACTION) + (0 <= top < 1 - FRACTION)
        ones += (abs(left - 1) <= FRACTION) + (abs(top - 1) <= FRACTION)
        if left % 1 or top % 1 or right % 1 or bottom % 1:
            fractions += any(abs(corner - round(corner)) > FRACTION for corner in (left, top, right, bottom))
    return [zeros, ones, fractions]


def _annotation(path: Path) -> Element:
    """Return the root element of a VOC file."""
    with xml_errors(path):
        root = parse(path.read_bytes())
    if root.tag.startswith("{"):  # a namespace
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    if root.tag != "annotation":
        reason = f"no VOC annotation, <{root.tag}> in the place of <annotation>"
        raise UnreadableAnnotationError(path, reason, "export it as Pascal VOC")
    return root


def _size(root: Element) -> list[float]:
    """Return the [width, height] that a file states, or [0, 0]."""
    size = root.find("size")
    try:
        stated = [] if size is None else [float(_text(size, name)) for name in ("width", "height")]
    except ValueError:
        stated = []
    return stated if stated and all(math.isfinite(side) and side > 0 for side in stated) else [0, 0]


def _text(element: Element, tag: str) -> str:
    """Return the stripped text of the first part with a tag, or an empty text if there is no such part."""
    return element.findtext(tag, "").strip()


def _box(element: Element) -> tuple[Sequence[float] | None, str]:
    """Return the corners of an object, None if it has none that can be used, and the kind of finding, if any.

    Without a `<bndbox>`, they are those of the box that encloses a turned box or a polygon.
    """
    if (box := element.find("bndbox")) is not None:
        corners = _corners(box)
        return corners, "" if corners else "whose <bndbox> is not four numbers"
    try:
        return _enclosing(element)
    except (ValueError, LookupError):
        return None, "without a <bndbox>"


def _enclosing(element: Element) -> tuple[Edges, str]:
    """Return the box that encloses a `<robndbox>` of roLabelImg or a `<polygon>`, and the kind of finding.

    Their numbers are edges, counted from 0, and are taken as corners. Datasets of such objects alone are found to be
    counted from 0, as most of these numbers have fractions. Beside boxes that are counted from 1, the enclosing boxes
    become a pixel larger at the left and above, which is little for a box that is loose anyway.

    Raises:
        ValueError or LookupError: there is no such element, or its numbers are not as expected.
    """
    if (box := element.find("robndbox")) is not None:
        x, y, width, height, angle = (number(_text(box, key)) for key in ("cx", "cy", "w", "h", "angle"))
        return enclose_turned_box(x, y, width, height, angle), "turned box"
    polygon = element.find("polygon")
    points = () if polygon is None else polygon  # x1, y1, x2, y2, ...
    xs, ys = ([number(edge.text or "") for edge in points if edge.tag.startswith(axis)] for axis in "xy")
    return enclose_points(xs, ys), "polygon"


def _corners(box: Element) -> list[float] | None:
    """Return the four numbers of a <bndbox> element as written, or None if it does not have them."""
    try:
        return [number(box.findtext(key, "")) for key in EDGES]
    except ValueError:
        return None


def number(written: Any) -> float:
    """Return a number of pixels that may be written as text.

    Raises:
        ValueError, TypeError or OverflowError: it is no number, or too large for any picture.
    """
    value = float(written)
    if not abs(value) < LARGEST:  # also true for nan
        raise ValueError(f"no number of pixels: {value}")
    return value
