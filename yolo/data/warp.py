"""A sample zoomed, mirrored and moved: the picture by one affine warp, its boxes by the same numbers."""

import numpy as np

from yolo import boxes as box_ops
from yolo.letterbox import FILL
from yolo.opencv import cv2
from yolo.samples import Sample

SMALLEST = 1.0  # width and height in pixels under which what is left of an object is not kept


def warp(sample, zoom, shift, size, visible):
    """Every point of the sample goes to `zoom` times its place plus `shift`.

    Args:
        zoom: (x, y) factors; a negative one mirrors.
        shift: (x, y) pixels of the new picture.
        size: (height, width) of the new picture; it is grey where the old one does not reach.
        visible: an object is kept when at least that share of its area lies in the new picture.
    """
    (zoom_x, zoom_y), (x, y), (height, width) = zoom, shift, size
    # boxes count from the edge of the first pixel, warpAffine from its centre
    matrix = np.array([[zoom_x, 0, x + (zoom_x - 1) / 2], [0, zoom_y, y + (zoom_y - 1) / 2]])
    image = cv2.warpAffine(sample.image, matrix, (width, height), borderValue=(FILL,) * 3)
    corners = (sample.boxes.reshape(-1, 2, 2) * zoom + shift).astype(np.float32)  # (n, 2 corners, x and y)
    moved = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    seen = box_ops.clip(moved, height, width)
    kept = (box_ops.area(seen) >= visible * box_ops.area(moved)) & (seen[:, 2:] - seen[:, :2] >= SMALLEST).all(axis=1)
    return Sample(image, seen[kept], sample.labels[kept])
