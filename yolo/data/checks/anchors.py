"""Check how the objects fit the network's cells and its anchors, as training would fit these."""

from typing import Literal

import numpy as np

from yolo.anchors import DEFAULTS, best_iou
from yolo.array_types import Flags
from yolo.boxes import shape_iou
from yolo.data.checks.boxes import shown_sides
from yolo.data.checks.check import Found, check, objects_found
from yolo.data.checks.checked_data import CheckedData
from yolo.wording import resolution

MANY_LOST = 0.01  # of the objects; to lose fewer changes no score
SOME_CROWDED, MANY_CROWDED = 0.01, 0.1  # of the objects; most of these are still taught by their second best anchor
UNFIT = 0.25  # shape IoU: half as wide and half as high as the best anchor
MANY_UNFIT = 0.05  # of the objects; a hundred pictures of VOC have 0.02
GOOD = 0.5  # shape IoU from which an anchor is said to recall an object
RECALL = 0.75  # of the objects; a hundred pictures of VOC reach 0.83, sets of few classes 0.97 and more
FINE = 16  # pixels, a cell of the finest of two levels; Darknet's instructions add a finer one for smaller objects
MANY_BELOW = 1 / 3  # of the objects; in VOC shown so small, 3.3 % are without candidate at two levels, 0.7 % at three
LARGER = "take a larger --input-size, so that its cells lie closer"


@check(
    "object-without-candidate",
    "object",
    "never taught, because others of its shape have their center in the same cell",
    f"{LARGER}, or look whether objects were boxed twice",
    level="note",
    worst="warning",
)
def without_candidate(data: CheckedData) -> Found:
    """Find objects whose anchors all answer for another one in the same cell."""
    return _found(data, ~data.candidates.any(axis=1) & ~data.objects.difficult, MANY_LOST)


@check(
    "objects-in-one-cell",
    "object",
    "with the center in the cell of another one that gets the best anchor of both",
    LARGER,
    level="note",
    worst="warning",
)
def in_one_cell(data: CheckedData) -> Found:
    """Find objects that compete for one candidate; those that lose it may get another one."""
    mask = beaten(data)
    return _found(data, mask, MANY_CROWDED) if mask.sum() > SOME_CROWDED * len(mask) else Found(0)


@check(
    "objects-under-a-cell",
    "object",
    f"smaller than {FINE} pixels, a cell of the finest of two levels",
    "train with --levels 3, which adds a level with cells of half that size",
)
def under_a_cell(data: CheckedData) -> Found:
    """Find out whether so many objects are under a cell that a third level is worth its time."""
    mask = shown_sides(data) < FINE
    if data.levels > 2 or mask.sum() <= MANY_BELOW * len(mask):
        return Found(0)
    share = f" ({mask.mean():.0%}), at the input size {resolution(data.input_size)}"
    return Found(int(mask.sum()), data.pictures_of(mask), share)


@check(
    "object-no-anchor-fits",
    "object",
    f"with a shape IoU of less than {UNFIT} with each anchor that training would fit",
    "look at them: boxes like strips are hard to learn, and often a slip of the hand",
    level="note",
    worst="warning",
)
def no_anchor_fits(data: CheckedData) -> Found:
    """Find objects whose shape is unlike all anchors."""
    seen = np.all(data.shown_sizes >= 1, axis=1)  # the others are found by another check
    return _found(data, seen & (best_iou(data.shown_sizes, data.anchors) < UNFIT), MANY_UNFIT)


@check(
    "anchors-fit-badly",
    "object",
    f"with a shape IoU of less than {GOOD} with each anchor that training would fit",
    "the shapes differ too much for the anchors: leave out the smallest or largest objects, or cut pictures into parts",
)
def fit_badly(data: CheckedData) -> Found:
    """Find out whether the shapes of many objects are too different for the anchors."""
    sizes = data.shown_sizes[data.taught]
    good = best_iou(sizes, data.anchors) >= GOOD
    if good.sum() >= RECALL * len(good):
        return Found(0)
    default = (best_iou(sizes, DEFAULTS[data.levels]) >= GOOD).mean()
    return Found(int((~good).sum()), detail=f": anchor recall {good.mean():.2f}, of the default anchors {default:.2f}")


def beaten(data: CheckedData) -> Flags:
    """Return which objects lose their best anchor to another one in the same cell; difficult ones do not count."""
    best = shape_iou(data.shown_sizes, data.anchors).argmax(axis=1)
    lost: Flags = ~data.candidates[np.arange(len(best)), best] & ~data.objects.difficult
    return lost


def _found(data: CheckedData, mask: Flags, many: float) -> Found:
    """Return these objects; a finding on more than a share of all is a warning."""
    level: Literal["warning"] | None = "warning" if mask.sum() > many * len(mask) else None
    share = f" ({mask.sum() / max(len(mask), 1):.1%}), at the input size {resolution(data.input_size)}"
    return objects_found(data, mask, share)._replace(level=level)
