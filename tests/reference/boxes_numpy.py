"""Boxes one at a time in plain Python: xyxy, half-open. The independent twin of `yolo.boxes`."""

import math


def area(box):
    x1, y1, x2, y2 = box
    return (x2 - x1) * (y2 - y1) if x2 > x1 and y2 > y1 else 0.0


def iou(a, b):
    shared = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    union = area(a) + area(b) - shared
    return shared / union if union > 0 else 0.0


def shape_iou(a, b):
    """IoU of two (width, height) laid corner on corner."""
    return iou((0, 0, *a), (0, 0, *b))


def aspect(a, b):
    """v of Zheng et al. 2020, https://arxiv.org/abs/1911.08287, equation 9."""
    angles = [math.atan2(box[2] - box[0], box[3] - box[1]) for box in (a, b)]
    return 4 / math.pi**2 * (angles[0] - angles[1]) ** 2


def trade_off(a, b):
    """alpha, equation 11."""
    v = aspect(a, b)
    return v / (1 - iou(a, b) + v) if v > 0 else 0.0


def ciou(a, b, alpha=None):
    """IoU - d^2 / c^2 - alpha v, where alpha may be given as the constant that training takes it for."""
    dx = (a[0] + a[2] - b[0] - b[2]) / 2
    dy = (a[1] + a[3] - b[1] - b[3]) / 2
    width = max(a[2], b[2]) - min(a[0], b[0])
    height = max(a[3], b[3]) - min(a[1], b[1])
    alpha = trade_off(a, b) if alpha is None else alpha
    return iou(a, b) - (dx**2 + dy**2) / (width**2 + height**2) - alpha * aspect(a, b)
