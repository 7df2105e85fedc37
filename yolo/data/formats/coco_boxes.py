"""Find the box of an object in COCO JSON: its `bbox`, or what encloses its outline or its mask.

https://cocodataset.org/#format-data
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from yolo.data.formats.collected_objects import MISFITS
from yolo.data.formats.enclosing import Edges, enclose_points, enclose_runs, enclose_turned_box
from yolo.data.formats.voc_xml import LARGEST

KINDS = ("", "polygon", "turned box", "bad object", "unknown category")  # see `yolo.data.findings.KINDS`
PLAIN, POLYGON, TURNED, BAD, UNKNOWN = range(5)  # the position of each
NOWHERE = (0.0, 0.0, 0.0, 0.0)


def box_of(get: Callable[[str], Any]) -> tuple[Edges, int]:
    """Return the edges of an object, and how they were found: PLAIN, POLYGON, TURNED, or BAD if it has none.

    A `bbox` of five numbers has the center first and an angle in degrees last, as Detectron2 writes it. CVAT writes the
    angle as the attribute `rotation`.

    Args:
        get: returns the value of a key of the annotation, or None.
    """
    try:
        if not (bbox := get("bbox")):
            edges, kind = _outlined(get("segmentation")), POLYGON
        elif len(bbox) == 5:
            edges, kind = _turned(*bbox), TURNED
        else:
            x, y, width, height = bbox
            edges, kind = (x, y, x + width, y + height), PLAIN
            attributes = get("attributes")
            angle = get("rotation") or (attributes.get("rotation") if isinstance(attributes, dict) else None)
            if angle and isinstance(angle, (int, float)):
                edges, kind = _turned(x + width / 2, y + height / 2, width, height, angle), TURNED
        if sum(map(abs, edges)) < LARGEST:  # not with nan
            return edges, kind
    except MISFITS:
        pass
    return NOWHERE, BAD


def _turned(x: float, y: float, width: float, height: float, degrees: float) -> Edges:
    return enclose_turned_box(x, y, width, height, math.radians(degrees))


def _outlined(segmentation: Any) -> Edges:
    """Return the box that encloses a segmentation, of polygons or run lengths; raises one of MISFITS."""
    if isinstance(segmentation, dict):
        height, width = segmentation["size"]
        counts = _counts(segmentation["counts"])
        if sum(counts) != height * width:
            raise ValueError("no mask of this size")
        top, left, bottom, right = enclose_runs(counts, height)  # column by column
        return left, top, right, bottom
    rings = segmentation if isinstance(segmentation[0], list) else [segmentation]
    if not all(isinstance(ring, list) and len(ring) % 2 == 0 for ring in rings):
        raise ValueError("no points")
    numbers = list(chain.from_iterable(rings))
    if not all(abs(number) < LARGEST for number in numbers):  # not with nan
        raise ValueError("no numbers")
    return enclose_points(numbers[::2], numbers[1::2])


def _counts(written: Any) -> Sequence[int]:
    """Return the lengths of the runs of a mask, which may be written as text; raises one of MISFITS.

    pycocotools reads the text as well, but a damaged mask can end its process.

    In the text, each number has five bits to a letter, the lowest first. From the fourth number on, it is the
    difference to the last but one.
    """
    if not isinstance(written, str):
        return [int(count) for count in written]
    counts: list[int] = []
    number = bits = 0
    for letter in written.encode("ascii"):
        value = letter - 48
        number |= (value & 31) << bits
        bits += 5
        if bits > 60:
            raise ValueError("too large")
        if not value & 32:  # the last letter of this number
            number -= (value & 16) << (bits - 4)  # its sign
            counts.append(number + counts[-2] if len(counts) > 2 else number)
            number = bits = 0
    return counts
