"""A sample zoomed, mirrored and moved: the picture by one affine warp, its boxes by the same numbers."""

import numpy as np

from yolo import boxes as box_ops
from yolo.letterbox import FILL
from yolo.opencv import cv2
from yolo.structures import Sample

SMALLEST = 1.0  # width and height in pixels under which what is left of an object is not kept


def warp(sample, zoom, shift, size, visible):
    """Every point of the sample goes to `zoom` times its place plus `shift`.

    Args:
        zoom: (x, y) factors; a negative one mirrors.
        shift: (x, y) pixels of the new picture.
        size: (height, width) of the new picture; it is grey where the old one does not reach.
        visible: an object is kept when at least that share of its area lies in the new picture.
    """
    moved = warp_boxes(sample.boxes, zoom, shift)
    seen = box_ops.clip(moved, *size)
    kept = (box_ops.area(seen) >= visible * box_ops.area(moved)) & large_enough(seen)
    return Sample(warp_image(sample.image, zoom, shift, size), seen[kept], sample.labels[kept])


def warp_image(image, zoom, shift, size):
    """(H, W, 3) uint8 -> (h, w, 3) uint8, see `warp`."""
    (zoom_x, zoom_y), (x, y), (height, width) = zoom, shift, size
    # boxes count from the edge of the first pixel, warpAffine from its centre
    matrix = np.array([[zoom_x, 0, x + (zoom_x - 1) / 2], [0, zoom_y, y + (zoom_y - 1) / 2]])
    return cv2.warpAffine(image, matrix, (width, height), borderValue=(FILL,) * 3)


def warp_boxes(boxes, zoom, shift):
    """(n, 4) -> (n, 4) float32, not cut to the picture, see `warp`."""
    corners = (boxes.reshape(-1, 2, 2) * zoom + shift).astype(np.float32)  # (n, 2 corners, x and y)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def large_enough(boxes):
    """Return which boxes are at least SMALLEST wide and high, (n, 4) -> (n,) bool."""
    return (boxes[:, 2:] - boxes[:, :2] >= SMALLEST).all(axis=1)
