"""Track the visible share of each object through an Albumentations pipeline.

Albumentations' own `BboxProcessor` judges each step by itself, so it keeps an object that loses half of its area twice.
It also drops an object whose visible share is exactly `min_visibility`.
"""

from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo import boxes as box_ops
from yolo.array_types import Boxes, Float
from yolo.data.import_albumentations import BboxParams, BboxProcessor, denormalize_bboxes, normalize_bboxes
from yolo.data.warp import large_enough

ROUNDING = 1e-6  # tolerance of the shares: an exact half stays half in spite of rounding errors

ObjectRows: TypeAlias = Annotated[NDArray[Float], "n 6"]
"""The objects in a pipeline: x1, y1, x2, y2, the object's row in the sample, and its visible share.

Between the transforms x and y are shares of the image's width and height, as Albumentations requires.
"""


class VisibleShare(BboxProcessor):
    """A processor that cuts boxes to the image after every transform, and drops objects that are hardly visible.

    Args:
        visible: an object is kept when at least this share of its original area is visible.
    """

    def __init__(self, visible: float) -> None:
        super().__init__(BboxParams("pascal_voc", min_visibility=visible))

    def preprocess(self, data: dict[str, Any]) -> None:
        data["bboxes"] = normalize_bboxes(data["bboxes"], data["image"].shape[:2])

    def filter(self, data: ObjectRows, shape: dict[str, int]) -> Annotated[NDArray[Float], "m 6"]:
        """Return the objects after a transform, cut to the image, without those that are hardly visible."""
        if not len(data):
            return np.zeros((0, 6))
        boxes = in_pixels(data, (shape["height"], shape["width"]))
        inside = box_ops.clip(boxes, shape["height"], shape["width"])
        left = data[:, 5] * box_ops.area(inside) / np.maximum(box_ops.area(boxes), 1e-9)
        kept = (left >= self.params.min_visibility - ROUNDING) & large_enough(inside)
        rows = np.column_stack([inside, data[:, 4], left])[kept]
        return normalize_bboxes(rows, (shape["height"], shape["width"]))

    def postprocess(self, data: dict[str, Any]) -> dict[str, Any]:
        data["bboxes"] = denormalize_bboxes(data["bboxes"], data["image"].shape[:2])
        return data


def in_pixels(rows: ObjectRows, size: tuple[int, int]) -> Boxes:
    """Return the boxes of objects in pixels of an image of `size` (height, width), as float32."""
    return denormalize_bboxes(rows[:, :4], size).astype(np.float32)


def behind_holes(bboxes: ObjectRows, holes: ArrayLike, shape: tuple[int, ...], **_: Any) -> ObjectRows:
    """Return the objects with the shares that the holes of a dropout leave visible; the boxes do not change.

    This replaces Albumentations' own function, which rounds every box down to whole pixels.

    Args:
        holes: (k, 4) x1, y1, x2, y2 in pixels; (0,) where there are none.
    """
    hidden = np.zeros(shape[:2], np.uint8)
    for left, top, right, bottom in np.asarray(holes, int):
        hidden[top:bottom, left:right] = 1
    bboxes = bboxes.copy()
    height, width = shape[:2]
    boxes = in_pixels(bboxes, (height, width)).round().astype(int)
    for row, (left, top, right, bottom) in zip(bboxes, boxes, strict=True):
        covered = hidden[top:bottom, left:right]
        row[5] *= 1 - (covered.mean() if covered.size else 0)
    return bboxes
