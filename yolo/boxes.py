"""Pure functions on boxes: xyxy, absolute pixels, half-open, the four numbers on the last axis.

Every function takes `xp`, the array module it computes with: `numpy` (the default) or `keras.ops`.
"""

import math

import numpy as np


def area(boxes, xp=np):
    """(..., 4) -> (...). Inverted boxes have area 0."""
    return _area(_sides(boxes), xp)


def _sides(boxes):
    """Left, top, right and bottom: (..., 4) -> four times (...).

    A coordinate at a time, as with inner axes of two numbers TensorFlow takes three times as long.
    """
    return [boxes[..., side] for side in range(4)]


def _area(sides, xp):
    left, top, right, bottom = sides
    return xp.maximum(right - left, 0.0) * xp.maximum(bottom - top, 0.0)


def _overlap(a, b, xp):
    """Intersection and union areas of boxes that broadcast against each other, given by their sides."""
    left, top = (xp.maximum(a[i], b[i]) for i in (0, 1))
    right, bottom = (xp.minimum(a[i], b[i]) for i in (2, 3))
    intersection = _area((left, top, right, bottom), xp)
    return intersection, _area(a, xp) + _area(b, xp) - intersection


def iou(a, b, xp=np):
    """Intersection over union of (..., 4) with (..., 4), broadcast; two empty boxes give 0."""
    intersection, union = _overlap(_sides(a), _sides(b), xp)
    return intersection / xp.maximum(union, 1e-9)


def iou_matrix(a, b, xp=np):
    """(..., n, 4) and (..., m, 4) -> (..., n, m)."""
    return iou(a[..., :, None, :], b[..., None, :, :], xp)


def shape_iou(a, b, xp=np):
    """IoU of widths and heights laid corner on corner: (..., n, 2) and (..., m, 2) -> (..., n, m)."""
    a, b = a[..., :, None, :], b[..., None, :, :]
    shared = xp.minimum(a, b)
    intersection = shared[..., 0] * shared[..., 1]
    union = a[..., 0] * a[..., 1] + b[..., 0] * b[..., 1] - intersection
    return intersection / xp.maximum(union, 1e-9)


def ciou(a, b, xp=np, constant=lambda x: x):
    """Complete IoU, Zheng et al. 2020, https://arxiv.org/abs/1911.08287; (..., 4) with (..., 4) -> (...).

    Args:
        constant: wraps the trade-off alpha, through which no gradient is meant to flow: `keras.ops.stop_gradient`.
    """
    a, b = _sides(a), _sides(b)
    intersection, union = _overlap(a, b, xp)
    overlap = intersection / xp.maximum(union, 1e-9)
    between, hull = 0.0, 0.0  # squares of the centres' distance, and of the diagonal of the box around both
    for start, end in ((0, 2), (1, 3)):
        between += xp.square((a[start] + a[end] - b[start] - b[end]) / 2)
        hull += xp.square(xp.maximum(a[end], b[end]) - xp.minimum(a[start], b[start]))
    distance = between / xp.maximum(hull, 1e-9)
    angle = xp.arctan2(a[2] - a[0], a[3] - a[1]) - xp.arctan2(b[2] - b[0], b[3] - b[1])
    aspect = 4 / math.pi**2 * angle**2
    alpha = constant(aspect / xp.maximum(1 - overlap + aspect, 1e-9))
    return overlap - distance - alpha * aspect


def clip(boxes, height, width):
    """Boxes cut to a picture of that size, NumPy only: (n, 4) -> (n, 4)."""
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))


def scale(boxes, x, y):
    """Boxes in a picture stretched by those factors: (n, 4) -> (n, 4)."""
    return boxes * np.array([x, y, x, y], np.float32)


def to_xyxy(center, size, xp=np):
    """Centres (..., 2) and sizes (..., 2) -> (..., 4)."""
    return xp.concatenate([center - size / 2, center + size / 2], axis=-1)
