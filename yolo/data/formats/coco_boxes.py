"""Find the box of an object in COCO JSON: its `bbox`, or what encloses its outline or its mask.

https://cocodataset.org/#format-data
"""

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from typing import Any, TypeAlias

from yolo.data.formats.voc_xml import LARGEST

Edges: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom in pixels"""

KINDS = ("", "polygon", "turned box", "bad object", "unknown category")  # see `yolo.data.findings.KINDS`
PLAIN, POLYGON, TURNED, BAD, UNKNOWN = range(5)  # the position of each
NOWHERE = (0.0, 0.0, 0.0, 0.0)
MISFITS = (TypeError, ValueError, LookupError, OverflowError)  # what values raise that are no numbers, or too few


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


def _turned(x: float, y: float, width: float, height: float, angle: float) -> Edges:
    """Return the box that encloses a turned one, given its center and degrees."""
    cosine, sine = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    half_width, half_height = (width * cosine + height * sine) / 2, (width * sine + height * cosine) / 2
    return x - half_width, y - half_height, x + half_width, y + half_height


def _outlined(segmentation: Any) -> Edges:
    """Return the box that encloses a segmentation, of polygons or run lengths; raises one of MISFITS."""
    if isinstance(segmentation, dict):
        height, width = segmentation["size"]
        return _mask_box(_counts(segmentation["counts"]), height, width)
    rings = segmentation if isinstance(segmentation[0], list) else [segmentation]
    numbers = list(chain.from_iterable(rings))
    if any(len(ring) % 2 for ring in rings) or not all(abs(number) < LARGEST for number in numbers):
        raise ValueError("no points")
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _mask_box(counts: Sequence[int], height: int, width: int) -> Edges:
    """Return the box of the pixels of a mask, given the lengths of its runs off, on, off, ..., column by column.

    pycocotools has the same as `toBbox`, but damaged numbers can end its process.
    """
    ends = list(accumulate(counts))
    runs = [(begin, end - 1) for begin, end in zip(ends[::2], ends[1::2], strict=False) if begin < end]
    if not runs or height < 1 or min(counts) < 0 or ends[-1] != height * width:
        raise ValueError("no mask")
    left, right = runs[0][0] // height, runs[-1][1] // height + 1
    if any(first // height < last // height for first, last in runs):  # a run goes on in the next column
        return left, 0, right, height
    return left, min(first % height for first, _ in runs), right, max(last % height for _, last in runs) + 1


def _counts(written: Any) -> Sequence[int]:
    """Return the lengths of the runs of a mask, which may be written as text.

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
