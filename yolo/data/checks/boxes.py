"""Check the boxes: their sizes at the network's input, and boxes of one picture against each other.

Functions that return a mask over `data.objects` tell which objects are meant; `Objects.of_pictures` makes masks for
single pictures of it.
"""

from collections import defaultdict
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Flags, Float
from yolo.boxes import area
from yolo.data.checks.check import Found, check, objects_found
from yolo.data.checks.checked_data import CheckedData
from yolo.data.checks.objects import Objects
from yolo.data.findings import KINDS
from yolo.wording import resolution

SAME_BOX = 0.9  # IoU; in four sets objects drawn twice have 0.92, and two bananas of a bunch 0.78
SAME_OBJECT = 0.9  # IoU of two boxes of different classes; in four sets none reaches 0.7
INSIDE = 0.95  # of the smaller box; a bit may stick out
MIXED = 0.2  # of the corners at the border; where corners are counted from 0, a few are at 1 by chance
WITNESSES = 3  # corners
WHOLE = 0.99  # of the area of the picture; an apple that fills its picture has 0.983
EXTREME_ASPECT = 20  # of the sides of a box in its picture; nothing in four sets has more than 7
SMALL = 8  # pixels, half a cell of the network's fine map
MANY_SMALL = 0.1  # of the objects
CROWDED = 100  # objects; COCO's scores count no more detections than that in a picture
SEVERAL = 2  # objects; a single box, such as of a whole picture, may be the same by chance

Sides: TypeAlias = Annotated[NDArray[Float], "n"]
"""The square root of the area of each object, in pixels of the network's input."""


@check(
    "object-under-a-pixel",
    "object",
    "less than a pixel wide or high",
    "take a larger --input-size, or leave them out",
)
def under_a_pixel(data: CheckedData) -> Found:
    """Find objects that vanish at the input size."""
    mask = np.any(data.shown_sizes < 1, axis=1)
    return objects_found(data, mask, f" at the input size {resolution(data.input_size)}, and not to be found")


@check(
    "objects-small",
    "object",
    f"smaller than {SMALL} pixels",
    "take a larger --input-size, or cut the pictures into parts",
)
def small_objects(data: CheckedData) -> Found:
    """Find out whether many objects are too small for the input size, and advise a larger one."""
    sides = shown_sides(data)
    mask = sides < SMALL
    if mask.sum() <= MANY_SMALL * len(mask):
        return Found(0)
    share = f" ({mask.mean():.0%}) at the input size {resolution(data.input_size)}"
    return objects_found(data, mask, share)._replace(advice=_larger_input(data, sides))


@check(*KINDS["twice"])
def equal_boxes(data: CheckedData) -> Found:
    """Find boxes with the numbers and the class of another one."""
    return objects_found(data, drawn_equally(data.objects))


@check(
    "box-drawn-twice",
    "box",
    f"that another one of the same class covers, at an IoU of more than {SAME_BOX}",
    "keep one box for each object",
)
def drawn_twice(data: CheckedData) -> Found:
    """Find boxes that were drawn a second time, with other numbers."""
    equal = drawn_equally(data.objects)
    return objects_found(data, repeated(data.objects) & ~equal)


@check(
    "object-of-two-classes",
    "object",
    f"with boxes of two classes, at an IoU of more than {SAME_OBJECT}",
    "keep the box of the right class",
)
def of_two_classes(data: CheckedData) -> Found:
    """Find objects that were given two classes."""
    return objects_found(data, of_another_class(data.objects))


@check(
    "box-inside-its-class",
    "box",
    "inside another box of the same class",
    "look whether parts of an object, or a group and its members, were boxed as well",
    level="note",
)
def inside_its_class(data: CheckedData) -> Found:
    """Find boxes inside another one of their class."""
    return objects_found(data, nested(data.objects))


@check(
    "corners-of-two-origins",
    "corner",
    "at the border counted from another number than the others",
    "export all annotations anew by one tool: those of two tools may be mixed, and VOC counts pixels from 1",
)
def of_two_origins(data: CheckedData) -> Found:
    """Find annotations in VOC's format of which some count from 0 and some from 1."""
    mixed = [pair for pair in data.at_border if min(pair) >= max(WITNESSES, MIXED * sum(pair))]
    detail = "".join(f", {zeros} at 0 and {ones} at 1" for zeros, ones in mixed)
    return Found(sum(map(min, mixed)), detail=detail)


@check(
    "box-of-whole-picture",
    "box",
    f"covering more than {WHOLE:.0%} of the picture",
    "look whether they are boxes of objects, or labels of whole pictures",
    level="note",
)
def of_whole_picture(data: CheckedData) -> Found:
    """Find boxes as large as their picture."""
    areas = data.picture_sizes.prod(axis=1)[data.objects.owner]
    return objects_found(data, area(data.objects.boxes) > WHOLE * areas)


@check(
    "box-of-extreme-aspect",
    "box",
    f"more than {EXTREME_ASPECT} times as long as wide",
    "look at them: a click that went wrong often leaves such a box",
    level="note",
)
def of_extreme_aspect(data: CheckedData) -> Found:
    """Find boxes like strips."""
    sides = data.objects.boxes[:, 2:] - data.objects.boxes[:, :2]
    return objects_found(data, sides.max(axis=1) > EXTREME_ASPECT * sides.min(axis=1))


@check(
    "picture-crowded",
    "picture",
    f"with more than {CROWDED} objects",
    f"cut them into parts: COCO's scores count {CROWDED} detections in a picture",
    level="note",
)
def crowded(data: CheckedData) -> Found:
    """Find pictures with more objects than a score counts."""
    found = [each.path for each in data.annotations if len(each.labels) > CROWDED]
    return Found(len(found), data.names(found))


@check(
    "same-boxes-in-pictures",
    "picture",
    "with exactly the boxes of another one",
    "look whether an annotation was copied to a picture that it does not belong to",
)
def same_boxes(data: CheckedData) -> Found:
    """Find different pictures with equal annotations of several objects."""
    same = defaultdict(list)
    for annotation in data.annotations:
        if len(annotation.labels) >= SEVERAL:
            same[annotation.boxes.tobytes(), annotation.labels.tobytes()].append(annotation.path)
    contents = {path: measures.content for path, measures in data.measures.items()}
    groups = [paths for paths in same.values() if len({contents.get(path, path) for path in paths}) > 1]
    files = [data.name(path) for paths in groups for path in paths]
    return Found(len(files), files, names=[" = ".join(data.names(paths)) for paths in groups])


def shown_sides(data: CheckedData) -> Sides:
    """Return the square root of the area of each object in the network's input, in pixels."""
    return np.sqrt(data.shown_sizes.prod(axis=1))


def repeated(objects: Objects) -> Flags:
    """Return which objects an earlier one of their class covers nearly exactly, equal ones included."""
    return objects.mask(objects.pairs.second[_repeat(objects)])


def drawn_equally(objects: Objects) -> Flags:
    """Return which objects have exactly the box and the class of an earlier one."""
    pairs = objects.pairs
    equal = (objects.boxes[pairs.first] == objects.boxes[pairs.second]).all(axis=1)
    return objects.mask(pairs.second[equal & _of_one_class(objects)])


def of_another_class(objects: Objects) -> Flags:
    """Return which objects an earlier one of another class covers nearly exactly."""
    return objects.mask(objects.pairs.second[~_of_one_class(objects) & (objects.pairs.iou > SAME_OBJECT)])


def nested(objects: Objects) -> Flags:
    """Return which objects lie inside a larger one of their class that they do not repeat."""
    pairs = objects.pairs
    return objects.mask(pairs.smaller[_of_one_class(objects) & (pairs.inside > INSIDE) & (pairs.iou <= SAME_BOX)])


def _of_one_class(objects: Objects) -> Flags:
    """Return for each pair of objects whether both are of one class."""
    return objects.labels[objects.pairs.first] == objects.labels[objects.pairs.second]


def _repeat(objects: Objects) -> Flags:
    """Return for each pair of objects whether it is one object drawn twice."""
    return _of_one_class(objects) & (objects.pairs.iou > SAME_BOX)


def _larger_input(data: CheckedData, sides: Sides) -> str:
    """Return the advice for small objects: the input size at which few of them are left, or parts of the pictures."""
    scale = SMALL / np.quantile(sides, MANY_SMALL)
    if scale > (data.picture_sizes / data.input_size).max():
        return "cut the pictures into parts, as these objects are small in the pictures themselves"
    height, width = (int(np.ceil(scale * side / 32)) * 32 for side in data.input_size)
    return f"take --input-size {height} {width}, or cut the pictures into parts"
