"""Label assignment: choose the candidates that learn to predict each object.

An object is assigned to the anchor with the highest shape IoU, and to every other anchor whose shape IoU with it is
above a threshold, each in the cell that contains the object's center. If several objects want the same candidate, those
to be taught come before difficult ones. Then the higher shape IoU wins, and of equals the first object.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from keras import ops

from attention.tensor_types import Tensor
from yolo.array_types import AnchorMasks, Anchors
from yolo.boxes import shape_iou
from yolo.nets.decode import STRIDES
from yolo.structures import NO_OBJECT


class Assignment(NamedTuple):
    """Possible pairs of an object and a candidate, K = objects * anchor slots of them for each picture.

    Attributes:
        candidate: (B, K) int32 index into the N candidates.
        chosen: (B, K) bool, whether the object is assigned to the candidate.
        object: (K,) int32 index into the M objects.
    """

    candidate: Tensor
    chosen: Tensor
    object: Tensor


def assign(
    boxes: Tensor,
    labels: Tensor,
    input_size: Sequence[int | Tensor],
    anchors: Anchors,
    masks: AnchorMasks,
    threshold: float = 0.3,
) -> Assignment:
    """Assign padded objects to candidates, on the device.

    Args:
        boxes: (B, M, 4) xyxy in pixels of the input.
        labels: (B, M), NO_OBJECT for padding, DIFFICULT for objects that are not taught.
        input_size: height and width.
        threshold: shape IoU above which an object is assigned to further anchors.
    """
    slots = np.asarray(anchors, np.float32)[np.concatenate([list(mask) for mask in masks])]  # (S, 2)
    size = boxes[..., 2:] - boxes[..., :2]  # (B, M, 2)
    similarity = shape_iou(size, ops.convert_to_tensor(slots), ops)  # (B, M, S)
    best = ops.max(similarity, axis=-1, keepdims=True)
    wanted = (similarity >= best) | (similarity > threshold)
    wanted = wanted & (labels != NO_OBJECT)[..., None]

    candidate, count = _candidates(boxes, input_size, masks)  # (B, M, S)
    batch, objects, slot_count = ops.shape(candidate)
    pairs = (batch, objects * slot_count)
    claim = similarity + ops.cast(labels >= 0, "float32")[..., None]  # above 1 for taught objects
    candidate, claim, wanted = (ops.reshape(x, pairs) for x in (candidate, claim, wanted))
    index = ops.repeat(ops.arange(objects, dtype="int32"), slot_count)  # (K,), of the object
    strongest = _holds_largest(claim, wanted, candidate, count)
    first = _holds_largest(ops.broadcast_to(objects - index, pairs), strongest, candidate, count)
    return Assignment(candidate, first, index)


def _holds_largest(values: Tensor, among: Tensor, candidate: Tensor, count: int | Tensor) -> Tensor:
    """Return the pairs of `among` with the largest value, 0 or more, of all those with their candidate: (B, K) bool."""
    largest = scatter_max(ops.where(among, values, 0), candidate, count)
    return among & (values >= at_candidates(largest, candidate))


def at_candidates(values: Tensor, candidate: Tensor) -> Tensor:
    """Return the values of the candidates with these indices: (B, N, ...), (B, K) -> (B, K, ...)."""
    batch, count, *rest = ops.shape(values)
    return ops.take(ops.reshape(values, (batch * count, *rest)), _in_batch(candidate, count), axis=0)


def scatter_max(values: Tensor, candidate: Tensor, count: int | Tensor) -> Tensor:
    """Return the largest value for each of `count` candidates, 0 if it has none: (B, K), (B, K) -> (B, count)."""
    batch = ops.shape(values)[0]
    indices = ops.reshape(_in_batch(candidate, count), (-1,))
    flat = ops.segment_max(ops.reshape(values, (-1,)), indices, batch * count)
    return ops.maximum(ops.reshape(flat, (batch, count)), 0)


def _in_batch(candidate: Tensor, count: int | Tensor) -> Tensor:
    """Return indices (B, K) into the candidates of the whole batch, where each picture has `count` candidates."""
    return ops.arange(ops.shape(candidate)[0], dtype="int32")[:, None] * count + candidate


def _candidates(boxes: Tensor, input_size: Sequence[int | Tensor], masks: AnchorMasks) -> tuple[Tensor, int | Tensor]:
    """Return the candidate of each object in each anchor slot, (B, M, S) int32, and the number of candidates."""
    center = (boxes[..., :2] + boxes[..., 2:]) / 2
    found: list[Tensor] = []
    offset: int | Tensor = 0
    for mask, stride in zip(masks, STRIDES[: len(masks)], strict=True):
        rows, columns = input_size[0] // stride, input_size[1] // stride
        column = ops.clip(ops.cast(center[..., 0] // stride, "int32"), 0, columns - 1)
        row = ops.clip(ops.cast(center[..., 1] // stride, "int32"), 0, rows - 1)
        cell = (row * columns + column) * len(mask) + offset
        found += [cell + slot for slot in range(len(mask))]
        offset = offset + rows * columns * len(mask)
    return ops.stack(found, axis=-1), offset
