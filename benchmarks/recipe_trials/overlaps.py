"""Overlaps of boxes in pairs, one of which the box loss takes from 1: GIoU, DIoU, CIoU, EIoU, SIoU, and Inner-IoU.

All take boxes xyxy in pixels, (..., 4) and (..., 4) that broadcast, as tensors, and return (...).
"""

from collections.abc import Callable

from keras import ops

from attention.tensor_types import Tensor
from yolo.boxes import area, ciou, iou, to_xyxy

SMALL = 1e-9  # square pixels or pixels, against division by zero

Overlap = Callable[[Tensor, Tensor], Tensor]


def overlap(a: Tensor, b: Tensor, kind: str, inner: float = 1.0) -> Tensor:
    """Return the overlap of this kind, one of OVERLAPS, in which the IoU is that of the inner boxes.

    Inner-IoU: Zhang et al. 2023, https://arxiv.org/abs/2311.02877.

    Args:
        inner: how many times as wide and high as the boxes the inner ones are; 1 for the overlap as it is.
    """
    value = OVERLAPS[kind](a, b)
    if inner == 1:
        return value
    return value - iou(a, b, ops) + iou(scaled(a, inner), scaled(b, inner), ops)


def scaled(boxes: Tensor, ratio: float) -> Tensor:
    """Return boxes with the same centers, `ratio` times as wide and high."""
    center, size = _center_and_size(boxes)
    return to_xyxy(center, ratio * size, ops)


def giou(a: Tensor, b: Tensor) -> Tensor:
    """Return the generalized IoU, Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630."""
    value, hull = iou(a, b, ops), ops.maximum(area(_hull(a, b), ops), SMALL)
    union = (area(a, ops) + area(b, ops)) / (1 + value)
    return value - (hull - union) / hull


def diou(a: Tensor, b: Tensor) -> Tensor:
    """Return the distance IoU, Zheng et al. 2020, https://arxiv.org/abs/1911.08287."""
    between = _center_and_size(a)[0] - _center_and_size(b)[0]
    diagonal = _center_and_size(_hull(a, b))[1]
    return iou(a, b, ops) - _squares(between) / ops.maximum(_squares(diagonal), SMALL)


def eiou(a: Tensor, b: Tensor) -> Tensor:
    """Return the efficient IoU, Zhang et al. 2021, https://arxiv.org/abs/2101.08158."""
    apart = _center_and_size(a)[1] - _center_and_size(b)[1]
    hull = _center_and_size(_hull(a, b))[1]
    return diou(a, b) - ops.sum(apart**2 / ops.maximum(hull**2, SMALL), axis=-1)


def siou(a: Tensor, b: Tensor) -> Tensor:
    """Return the IoU less half of a distance, which the angle weighs, and of a shape cost with the exponent 4.

    Gevorgyan 2022, https://arxiv.org/abs/2205.12740.
    """
    (center_a, size_a), (center_b, size_b) = _center_and_size(a), _center_and_size(b)
    apart = center_a - center_b
    sine = ops.min(ops.abs(apart), axis=-1) / ops.sqrt(_squares(apart) + SMALL)
    angle = 2 * sine * ops.sqrt(ops.maximum(1 - sine**2, SMALL))  # sin(2 alpha)
    share = apart / ops.maximum(_center_and_size(_hull(a, b))[1], SMALL)
    distance = ops.sum(1 - ops.exp((angle - 2)[..., None] * share**2), axis=-1)
    difference = ops.abs(size_a - size_b) / ops.maximum(ops.maximum(size_a, size_b), SMALL)
    shape = ops.sum((1 - ops.exp(-difference)) ** 4, axis=-1)
    return iou(a, b, ops) - (distance + shape) / 2


OVERLAPS: dict[str, Overlap] = {
    "giou": giou,
    "diou": diou,
    "ciou": lambda a, b: ciou(a, b, ops, ops.stop_gradient),
    "eiou": eiou,
    "siou": siou,
}


def _center_and_size(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Return the centers (..., 2), x before y, and the widths and heights (..., 2)."""
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def _hull(a: Tensor, b: Tensor) -> Tensor:
    """Return the smallest boxes around both: (..., 4)."""
    return ops.concatenate([ops.minimum(a[..., :2], b[..., :2]), ops.maximum(a[..., 2:], b[..., 2:])], axis=-1)


def _squares(vectors: Tensor) -> Tensor:
    """Return the sum of the squares of the components: (..., 2) -> (...)."""
    return ops.sum(vectors**2, axis=-1)
