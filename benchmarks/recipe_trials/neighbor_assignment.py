"""Label assignment with neighbors: the cells nearest to a center are assigned to its object too.

As `yolo.loss.label_assignment`, but besides the cell that contains the center, those beside it that are nearest, one in
each direction, are assigned: three times the positives, for a network with a `scale_xy` of 2, with which a center may
lie half a cell beyond its own (Jocher et al. 2020, https://github.com/ultralytics/yolov5). A cell that contains the
center of an object is not given to a neighbor.
"""

from collections.abc import Sequence

import numpy as np
from keras import ops

from attention.tensor_types import Tensor
from yolo.array_types import AnchorMasks, Anchors
from yolo.boxes import shape_iou
from yolo.loss.label_assignment import Assignment, _holds_largest
from yolo.nets.decode import STRIDES
from yolo.structures import NO_OBJECT


def assign_with_neighbors(
    boxes: Tensor,
    labels: Tensor,
    input_size: Sequence[int | Tensor],
    anchors: Anchors,
    masks: AnchorMasks,
    threshold: float = 0.3,
) -> Assignment:
    """Assign padded objects to candidates, K = objects * places * anchor slots of them for each picture.

    Args:
        boxes, labels, input_size, anchors, masks, threshold: as for `yolo.loss.label_assignment.assign`.
    """
    slots = np.asarray(anchors, np.float32)[np.concatenate([list(mask) for mask in masks])]  # (S, 2)
    size = boxes[..., 2:] - boxes[..., :2]  # (B, M, 2)
    similarity = shape_iou(size, ops.convert_to_tensor(slots), ops)  # (B, M, S)
    best = ops.max(similarity, axis=-1, keepdims=True)
    wanted = (similarity >= best) | (similarity > threshold)
    wanted = wanted & (labels != NO_OBJECT)[..., None]

    candidate, inside, count = _candidates(boxes, input_size, masks)  # (B, M, P, S)
    batch, objects, places, slot_count = ops.shape(candidate)
    own = ops.cast(ops.arange(places) == 0, "float32")[:, None]
    claim = similarity[..., None, :] + own + 2 * ops.cast(labels >= 0, "float32")[..., None, None]  # at most 4
    wanted = wanted[..., None, :] & inside
    pairs = (batch, objects * places * slot_count)
    candidate, claim, wanted = (ops.reshape(x, pairs) for x in (candidate, claim, wanted))
    index = ops.repeat(ops.arange(objects, dtype="int32"), places * slot_count)  # (K,), of the object
    strongest = _holds_largest(claim, wanted, candidate, count)
    first = _holds_largest(ops.broadcast_to(objects - index, pairs), strongest, candidate, count)
    return Assignment(candidate, first, index)


def _candidates(
    boxes: Tensor, input_size: Sequence[int | Tensor], masks: AnchorMasks
) -> tuple[Tensor, Tensor, int | Tensor]:
    """Return the candidates of each object, whether they exist, and the number of candidates of a picture.

    Returns:
        (B, M, P, S) int32 and bool: for each of P places, the cell of the center first, the one in each anchor slot.
    """
    center = (boxes[..., :2] + boxes[..., 2:]) / 2
    found: list[Tensor] = []
    inside: list[Tensor] = []
    offset: int | Tensor = 0
    for mask, stride in zip(masks, STRIDES[: len(masks)], strict=True):
        rows, columns = input_size[0] // stride, input_size[1] // stride
        column, beside = _cells(center[..., 0] / stride, columns)  # (B, M)
        row, above = _cells(center[..., 1] / stride, rows)
        cells = ((column, row), (beside, row), (column, above))
        x, y = (ops.stack(numbers, axis=-1)[..., None] for numbers in zip(*cells, strict=True))  # (B, M, P, 1)
        found.append((y * columns + x) * len(mask) + ops.arange(len(mask), dtype="int32") + offset)
        inside.append(ops.repeat((x >= 0) & (x < columns) & (y >= 0) & (y < rows), len(mask), axis=-1))
        offset = offset + rows * columns * len(mask)
    inside_all = ops.concatenate(inside, axis=-1)
    return ops.where(inside_all, ops.concatenate(found, axis=-1), 0), inside_all, offset


def _cells(position: Tensor, count: int | Tensor) -> tuple[Tensor, Tensor]:
    """Return the number of the cell at a position in cells, and of its nearest neighbor, which may be outside."""
    own = ops.clip(ops.cast(position, "int32"), 0, count - 1)
    return own, own + ops.where(position - ops.cast(own, position.dtype) < 0.5, -1, 1)
