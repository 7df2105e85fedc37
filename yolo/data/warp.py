"""Zoom, mirror and move a sample: its image by one affine warp, its boxes by the same numbers."""

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo import boxes as box_ops
from yolo.array_types import Boxes, Flags, Float, Image
from yolo.letterbox import FILL, Canvas
from yolo.opencv import cv2
from yolo.structures import Sample

SMALLEST = 1.0  # width and height in pixels that the rest of an object must have to be kept

XY: TypeAlias = tuple[float, float] | Annotated[NDArray[Float], "2"]
"""A number for x and one for y."""


def warp(sample: Sample, zoom: XY, shift: XY, size: tuple[int, int], visible: float) -> Sample:
    """Return the sample with every point moved to `zoom` times its position plus `shift`.

    Args:
        zoom: factors; a negative one mirrors.
        shift: pixels of the new image.
        size: (height, width) of the new image; it is gray where the old one does not reach.
        visible: an object is kept when at least this share of its area lies in the new image.
    """
    moved = warp_boxes(sample.boxes, zoom, shift)
    seen = box_ops.clip(moved, *size)
    kept = (box_ops.area(seen) >= visible * box_ops.area(moved)) & large_enough(seen)
    image = warp_image(sample.image, zoom, shift, size)
    return Sample(image, seen[kept], sample.labels[kept], (), sample.scores[kept], sample.is_complete)


def warp_image(image: Image, zoom: XY, shift: XY, size: tuple[int, int]) -> Canvas:
    """Return the warped image, see `warp`."""
    (zoom_x, zoom_y), (x, y), (height, width) = zoom, shift, size
    # boxes count from the edge of the first pixel, warpAffine from its center
    matrix = np.array([[zoom_x, 0, x + (zoom_x - 1) / 2], [0, zoom_y, y + (zoom_y - 1) / 2]])
    gray = (FILL, FILL, FILL)
    return cv2.warpAffine(image, matrix, (width, height), borderValue=gray)  # type: ignore[return-value]  # still uint8


def warp_boxes(boxes: Boxes, zoom: XY, shift: XY) -> Boxes:
    """Return the warped boxes as float32, not cut to the image, see `warp`."""
    corners = (boxes.reshape(-1, 2, 2) * zoom + shift).astype(np.float32)  # (n, 2 corners, x and y)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def large_enough(boxes: Boxes) -> Flags:
    """Return which boxes are at least SMALLEST wide and high."""
    return np.all(boxes[:, 2:] - boxes[:, :2] >= SMALLEST, axis=1)
