"""Which candidate answers for which object.

An object is answered for by the anchor whose shape is most like its own, and by every other anchor whose shape IoU with
it is above a threshold, each in the cell that holds the object's centre. Where objects want the same candidate, one to
be taught goes before a difficult one, then the higher shape IoU decides, and of equals the first gets it.
"""

from typing import NamedTuple

import numpy as np
from keras import ops

from yolo.boxes import shape_iou
from yolo.nets.decode import STRIDES
from yolo.structures import NO_OBJECT


class Assignment(NamedTuple):
    """Pairs of object and candidate, K = objects * anchor slots of them for each picture.

    candidate: (B, K) int32 index into the N candidates. chosen: (B, K) bool, whether the pair stands.
    object: (K,) int32 index into the M objects.
    """

    candidate: object
    chosen: object
    object: object


def assign(boxes, labels, input_size, anchors, masks, threshold=0.3):
    """Pair padded objects with candidates, on the device.

    Args:
        boxes: (B, M, 4) xyxy in pixels of the input.
        labels: (B, M), NO_OBJECT for padding, DIFFICULT for objects that are not taught.
        input_size: (H, W), which may be tensors.
        anchors, masks: as in `decode`.
        threshold: shape IoU above which further anchors answer for an object too.
    """
    slots = np.asarray(anchors, np.float32)[np.concatenate([list(mask) for mask in masks])]  # (S, 2)
    size = boxes[..., 2:] - boxes[..., :2]  # (B, M, 2)
    likeness = shape_iou(size, ops.convert_to_tensor(slots), ops)  # (B, M, S)
    best = ops.max(likeness, axis=-1, keepdims=True)
    wanted = (likeness >= best) | (likeness > threshold)
    wanted = wanted & (labels != NO_OBJECT)[..., None]

    candidate, count = _candidates(boxes, input_size, masks)  # (B, M, S)
    batch, objects, slot_count = ops.shape(candidate)
    pairs = (batch, objects * slot_count)
    claim = likeness + ops.cast(labels >= 0, "float32")[..., None]  # above 1 for taught objects
    candidate, claim, wanted = (ops.reshape(x, pairs) for x in (candidate, claim, wanted))
    which = ops.repeat(ops.arange(objects, dtype="int32"), slot_count)
    strongest = _holds_largest(claim, wanted, candidate, count)
    first = _holds_largest(ops.broadcast_to(objects - which, pairs), strongest, candidate, count)
    return Assignment(candidate, first, which)


def _holds_largest(values, among, candidate, count):
    """Which of the pairs `among` has the largest value, 0 or more, of those that want its candidate: (B, K) bool."""
    largest = scatter_max(ops.where(among, values, 0), candidate, count)
    return among & (values >= at_candidates(largest, candidate))


def at_candidates(values, candidate):
    """What stands at the candidates: (B, N, ...), (B, K) -> (B, K, ...)."""
    batch, count, *rest = ops.shape(values)
    return ops.take(ops.reshape(values, (batch * count, *rest)), _among_all(candidate, count), axis=0)


def scatter_max(values, candidate, count):
    """The largest of the values at each candidate, 0 where there is none: (B, K), (B, K) -> (B, count)."""
    batch = ops.shape(values)[0]
    places = ops.reshape(_among_all(candidate, count), (-1,))
    flat = ops.segment_max(ops.reshape(values, (-1,)), places, batch * count)
    return ops.maximum(ops.reshape(flat, (batch, count)), 0)


def _among_all(candidate, count):
    """Candidates (B, K) of each picture -> their places among those of the whole batch, `count` of each picture."""
    return ops.arange(ops.shape(candidate)[0], dtype="int32")[:, None] * count + candidate


def _candidates(boxes, input_size, masks):
    """The candidate of each object in each anchor slot, (B, M, S) int32, and how many candidates there are."""
    center = (boxes[..., :2] + boxes[..., 2:]) / 2
    found, offset = [], 0
    for mask, stride in zip(masks, STRIDES, strict=True):
        rows, columns = input_size[0] // stride, input_size[1] // stride
        column = ops.clip(ops.cast(center[..., 0] // stride, "int32"), 0, columns - 1)
        row = ops.clip(ops.cast(center[..., 1] // stride, "int32"), 0, rows - 1)
        cell = (row * columns + column) * len(mask) + offset
        found += [cell + slot for slot in range(len(mask))]
        offset = offset + rows * columns * len(mask)
    return ops.stack(found, axis=-1), offset
