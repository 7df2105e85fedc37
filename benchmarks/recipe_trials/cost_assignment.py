"""Label assignment by what the network predicts: SimOTA and task-aligned assignment, with anchors.

SimOTA: Ge et al. 2021, https://arxiv.org/abs/2107.08430. An object is assigned to as many candidates as the sum of its
ten highest IoUs, those of the lowest cost. Task-aligned (TAL): Feng et al. 2021, https://arxiv.org/abs/2108.07755. It
is assigned to those that are highest in score * IoU^6, which also weighs them.

In both, only candidates whose box can reach the object's center, and whose anchor `yolo.loss.label_assignment` would
take, come into question. If several objects want the same candidate, those to be taught come before difficult ones.
Then in SimOTA the lowest cost wins, in TAL the highest IoU, and of equals the first object.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from keras import ops

from attention.tensor_types import Tensor
from yolo.array_types import AnchorMasks, Anchors
from yolo.boxes import iou_matrix, shape_iou
from yolo.loss.label_assignment import Assignment, _holds_largest
from yolo.nets.decode import STRIDES, Candidates
from yolo.structures import NO_OBJECT

MOST = 10  # candidates of an object
IOU_WEIGHT = 3  # of the IoU in SimOTA's cost, beside 1 of the score
IOU_EXPONENT = 6  # in the alignment of TAL
NEVER = -1e9  # the value of a candidate that does not come into question


class WeightedAssignment(NamedTuple):
    """Pairs of objects and candidates, each with a weight.

    Attributes:
        pairs: K = objects * MOST of them for each picture.
        weight: (B, K), of box and class loss: 1 in SimOTA; in TAL the alignment, scaled so that the largest of an
            object is its largest IoU.
    """

    pairs: Assignment
    weight: Tensor


@dataclass(frozen=True)
class CostAssignment:
    """Label assignment by cost.

    Args:
        kind: "simota" or "tal".
        anchors, masks, scale_xy: as in `yolo.nets.decode.decode`.
        shape_threshold: shape IoU above which an anchor comes into question; the best one always does.
    """

    kind: str
    anchors: Anchors
    masks: AnchorMasks
    scale_xy: float
    shape_threshold: float

    def __call__(
        self, found: Candidates, boxes: Tensor, labels: Tensor, input_size: Sequence[int | Tensor]
    ) -> WeightedAssignment:
        """Assign padded objects to candidates, through which no gradient flows.

        Args:
            found: N candidates of each picture.
            boxes: (B, M, 4) xyxy in pixels of the input.
            labels: (B, M), NO_OBJECT for padding, DIFFICULT for objects that are not taught.
            input_size: height and width.
        """
        real = ops.cast(labels != NO_OBJECT, "float32")[..., None]
        ious = ops.stop_gradient(iou_matrix(boxes, found.boxes, ops)) * real  # (B, M, N)
        scores = ops.stop_gradient(_scores(found, labels))  # (B, M, N)
        allowed = self._in_question(boxes, input_size) & (labels != NO_OBJECT)[..., None]
        if self.kind == "simota":
            values = simota_values(ious, scores)
            wanted = simota_counts(ops.where(allowed, ious, 0.0))
        else:
            values = scores * ious**IOU_EXPONENT + 1e-9 * ious  # the IoU alone where both scores round to 0
            wanted = ops.full_like(labels, MOST)
        best, candidate = ops.top_k(ops.where(allowed, values, NEVER), MOST)  # (B, M, 10)
        chosen = (ops.arange(MOST) < wanted[..., None]) & (best > NEVER)
        own_ious = ops.take_along_axis(ious, candidate, axis=-1)
        claim = ops.exp(ops.maximum(best, -50.0)) if self.kind == "simota" else own_ious  # 0 to 1
        claim = claim + 2 * ops.cast(labels >= 0, "float32")[..., None]
        pairs = settle(ops.cast(candidate, "int32"), chosen, claim, ops.shape(ious)[-1])
        if self.kind == "simota":
            return WeightedAssignment(pairs, ops.ones(ops.shape(pairs.candidate)))
        alignment = ops.take_along_axis(scores * ious**IOU_EXPONENT, candidate, axis=-1)
        return WeightedAssignment(pairs, tal_weights(alignment, own_ious, pairs.chosen))

    def _in_question(self, boxes: Tensor, input_size: Sequence[int | Tensor]) -> Tensor:
        """Return whether a candidate comes into question for an object: (B, M, N) bool."""
        slots = np.asarray(self.anchors, np.float32)[np.concatenate([list(mask) for mask in self.masks])]  # (S, 2)
        similarity = shape_iou(boxes[..., 2:] - boxes[..., :2], ops.convert_to_tensor(slots), ops)  # (B, M, S)
        best = ops.max(similarity, axis=-1, keepdims=True)
        fits = (similarity > self.shape_threshold) | (similarity >= best)
        center = (boxes[..., :2] + boxes[..., 2:]) / 2
        levels, first = [], 0
        for mask, stride in zip(self.masks, STRIDES[: len(self.masks)], strict=True):
            rows, columns = input_size[0] // stride, input_size[1] // stride
            beside = self._reaches(center[..., 0] / stride, columns)[..., None, :]  # (B, M, 1, columns)
            above = self._reaches(center[..., 1] / stride, rows)[..., None]  # (B, M, rows, 1)
            of_slots = fits[..., None, None, first : first + len(mask)]  # (B, M, 1, 1, A)
            level = (beside & above)[..., None] & of_slots  # (B, M, rows, columns, A)
            levels.append(ops.reshape(level, (*ops.shape(center)[:2], rows * columns * len(mask))))
            first += len(mask)
        return ops.concatenate(levels, axis=-1)

    def _reaches(self, position: Tensor, count: int | Tensor) -> Tensor:
        """Return whether the centers of a cell's boxes can be at a position in cells: (B, M) -> (B, M, count) bool."""
        middle = ops.cast(ops.arange(count), "float32") + 0.5
        return ops.abs(middle - position[..., None]) < self.scale_xy / 2


def simota_values(ious: Tensor, scores: Tensor) -> Tensor:
    """Return the negative costs of SimOTA: (B, M, N), (B, M, N) -> (B, M, N).

    Of the classification cost, it has the part of the object's own class.
    """
    return IOU_WEIGHT * _log(ious) + _log(ops.sqrt(scores))


def simota_counts(ious: Tensor) -> Tensor:
    """Return how many candidates SimOTA gives to each object, the "dynamic k": (B, M, N) -> (B, M) int32, 1 to 10.

    Args:
        ious: 0 for candidates that do not come into question.
    """
    highest, _ = ops.top_k(ious, MOST)
    return ops.maximum(ops.cast(ops.sum(highest, axis=-1), "int32"), 1)


def tal_weights(alignment: Tensor, ious: Tensor, chosen: Tensor) -> Tensor:
    """Return the alignment of each pair, scaled so that the largest of an object is its largest IoU: (B, K).

    Args:
        alignment, ious: (B, M, MOST).
        chosen: (B, K) bool; only these count for what is largest.
    """
    kept = ops.cast(ops.reshape(chosen, ops.shape(alignment)), "float32")
    most_aligned, highest = (ops.max(values * kept, axis=-1, keepdims=True) for values in (alignment, ious))
    return ops.reshape(alignment / ops.maximum(most_aligned, 1e-12) * highest, ops.shape(chosen))


def settle(candidate: Tensor, wanted: Tensor, claim: Tensor, count: int | Tensor) -> Assignment:
    """Return pairs in which no candidate has two objects.

    Args:
        candidate: (B, M, MOST) int32 index into `count` candidates.
        wanted: (B, M, MOST) bool, whether the object wants that candidate.
        claim: (B, M, MOST), 0 or more; the largest wins, and of equals the first object.
    """
    batch, objects, most = ops.shape(candidate)
    candidate, wanted, claim = (ops.reshape(x, (batch, objects * most)) for x in (candidate, wanted, claim))
    index = ops.repeat(ops.arange(objects, dtype="int32"), most)  # (K,), of the object
    strongest = _holds_largest(claim, wanted, candidate, count)
    first = _holds_largest(ops.broadcast_to(objects - index, ops.shape(candidate)), strongest, candidate, count)
    return Assignment(candidate, first, index)


def _scores(found: Candidates, labels: Tensor) -> Tensor:
    """Return the score of each candidate for the class of each object, class 0 if it has none: (B, M, N)."""
    classes = ops.sigmoid(found.classes)  # (B, N, C)
    own = ops.one_hot(ops.maximum(labels, 0), ops.shape(classes)[-1], dtype="float32")  # (B, M, C)
    return ops.einsum("bmc,bnc->bmn", own, classes) * ops.sigmoid(found.objectness)[:, None]


def _log(values: Tensor) -> Tensor:
    return ops.log(ops.maximum(values, 1e-8))
