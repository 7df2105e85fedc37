"""The objects of a picture on their way through an Albumentations pipeline: how much of each is still to be seen.

Albumentations' own `BboxProcessor` judges each step by itself, so an object of which half is lost twice stays; it also
drops what is visible by exactly its `min_visibility`.
"""

import numpy as np

from yolo import boxes as box_ops
from yolo.data.albumentations import BboxParams, BboxProcessor, denormalize_bboxes, normalize_bboxes
from yolo.data.warp import large_enough

ROUNDING = 1e-6  # of the shares: half of an object is half of it whatever the arithmetic on the way


class VisibleShare(BboxProcessor):
    """Cuts boxes to the picture after every step, and drops those of which too little of the original is left.

    A row is x1, y1, x2, y2, the object's row in the sample, and the share of the object that is still visible; between
    the steps x and y are shares of the picture's width and height, as Albumentations wants them.

    Args:
        visible: share of an object's area that is enough to keep it.
    """

    def __init__(self, visible):
        super().__init__(BboxParams("pascal_voc", min_visibility=visible))

    def preprocess(self, data):
        data["bboxes"] = normalize_bboxes(data["bboxes"], data["image"].shape[:2])

    def filter(self, data, shape):
        """Cut and drop after a step; (n, 6) -> (m, 6)."""
        if not len(data):
            return np.zeros((0, 6))
        boxes = in_pixels(data, (shape["height"], shape["width"]))
        inside = box_ops.clip(boxes, shape["height"], shape["width"])
        left = data[:, 5] * box_ops.area(inside) / np.maximum(box_ops.area(boxes), 1e-9)
        kept = (left >= self.params.min_visibility - ROUNDING) & large_enough(inside)
        rows = np.column_stack([inside, data[:, 4], left])[kept]
        return normalize_bboxes(rows, (shape["height"], shape["width"]))

    def postprocess(self, data):
        data["bboxes"] = denormalize_bboxes(data["bboxes"], data["image"].shape[:2])
        return data


def in_pixels(rows, size):
    """The boxes of such rows in pixels of a picture of `size` (height, width): (n, 4) float32."""
    return denormalize_bboxes(rows[:, :4], tuple(size)).astype(np.float32)


def behind_holes(bboxes, holes, shape, **_):
    """Return the objects with the share of each that the holes of a dropout leave visible; boxes stay.

    In the place of Albumentations' own, which rounds every box down to whole pixels.

    Args:
        holes: (k, 4) x1, y1, x2, y2 in pixels.
    """
    hidden = np.zeros(shape[:2], np.uint8)
    for left, top, right, bottom in np.asarray(holes, int):
        hidden[top:bottom, left:right] = 1
    bboxes = bboxes.copy()
    for row, (left, top, right, bottom) in zip(bboxes, in_pixels(bboxes, shape[:2]).round().astype(int), strict=True):
        covered = hidden[top:bottom, left:right]
        row[5] *= 1 - (covered.mean() if covered.size else 0)
    return bboxes
