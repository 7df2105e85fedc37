"""Functions on bounding boxes: xyxy, absolute pixels, half-open, the four numbers on the last axis.

Each takes `xp`, the array module that it computes with: `numpy` (the default) or `keras.ops`.
"""

import math
from collections.abc import Callable
from types import ModuleType

import numpy as np

from yolo.array_types import Array, Boxes


def area(boxes: Array, xp: ModuleType = np) -> Array:
    """Return the area of each box: (..., 4) -> (...). Inverted boxes have area 0."""
    return _area(_sides(boxes), xp)


def iou(a: Array, b: Array, xp: ModuleType = np) -> Array:
    """Return the intersection over union of boxes that broadcast: (..., 4), (..., 4) -> (...).

    Two empty boxes give 0.
    """
    intersection, union = _overlap(_sides(a), _sides(b), xp)
    return intersection / xp.maximum(union, 1e-9)


def iou_matrix(a: Array, b: Array, xp: ModuleType = np) -> Array:
    """Return the IoU of each box with each other one: (..., n, 4), (..., m, 4) -> (..., n, m)."""
    return iou(a[..., :, None, :], b[..., None, :, :], xp)


def shape_iou(a: Array, b: Array, xp: ModuleType = np) -> Array:
    """Return the IoU of widths and heights laid corner on corner: (..., n, 2), (..., m, 2) -> (..., n, m)."""
    a, b = a[..., :, None, :], b[..., None, :, :]
    shared = xp.minimum(a, b)
    intersection = shared[..., 0] * shared[..., 1]
    union = a[..., 0] * a[..., 1] + b[..., 0] * b[..., 1] - intersection
    return intersection / xp.maximum(union, 1e-9)


def ciou(a: Array, b: Array, xp: ModuleType = np, constant: Callable[[Array], Array] = lambda x: x) -> Array:
    """Return the complete IoU of boxes that broadcast: (..., 4), (..., 4) -> (...).

    Zheng et al. 2020, https://arxiv.org/abs/1911.08287.

    Args:
        constant: wraps the trade-off alpha, through which no gradient is meant to flow: `keras.ops.stop_gradient`.
    """
    a, b = _sides(a), _sides(b)
    intersection, union = _overlap(a, b, xp)
    overlap = intersection / xp.maximum(union, 1e-9)
    between, hull = 0.0, 0.0  # squares of the centers' distance, and of the diagonal of the box around both
    for start, end in ((0, 2), (1, 3)):
        between += xp.square((a[start] + a[end] - b[start] - b[end]) / 2)
        hull += xp.square(xp.maximum(a[end], b[end]) - xp.minimum(a[start], b[start]))
    distance = between / xp.maximum(hull, 1e-9)
    angle = xp.arctan2(a[2] - a[0], a[3] - a[1]) - xp.arctan2(b[2] - b[0], b[3] - b[1])
    aspect = 4 / math.pi**2 * angle**2
    alpha = constant(aspect / xp.maximum(1 - overlap + aspect, 1e-9))
    return overlap - distance - alpha * aspect


def clip(boxes: Array, height: float, width: float) -> Array:
    """Return the boxes cut to a picture of that size, NumPy only: (..., 4) -> (..., 4)."""
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))


def scale(boxes: Boxes, x: float, y: float) -> Boxes:
    """Return the boxes in a picture that is stretched by these factors."""
    return boxes * np.array([x, y, x, y], np.float32)


def to_xyxy(center: Array, size: Array, xp: ModuleType = np) -> Array:
    """Return the boxes of these centers and sizes: (..., 2), (..., 2) -> (..., 4)."""
    return xp.concatenate([center - size / 2, center + size / 2], axis=-1)


def _sides(boxes: Array) -> list[Array]:
    """Return left, top, right and bottom: (..., 4) -> four times (...).

    Coordinate by coordinate, because TensorFlow takes three times as long with inner axes of two numbers.
    """
    return [boxes[..., side] for side in range(4)]


def _area(sides: list[Array], xp: ModuleType) -> Array:
    """Return the area of boxes given by their sides; 0 for inverted ones."""
    left, top, right, bottom = sides
    return xp.maximum(right - left, 0.0) * xp.maximum(bottom - top, 0.0)


def _overlap(a: list[Array], b: list[Array], xp: ModuleType) -> tuple[Array, Array]:
    """Return the areas of the intersection and of the union of boxes given by their sides."""
    left, top = (xp.maximum(a[i], b[i]) for i in (0, 1))
    right, bottom = (xp.minimum(a[i], b[i]) for i in (2, 3))
    intersection = _area([left, top, right, bottom], xp)
    return intersection, _area(a, xp) + _area(b, xp) - intersection
