"""The training loss: box, objectness and class, each a sum over candidates divided by the number of positives.

The sums are divided by at least one for each picture, so that pictures without objects do not weigh too much.

An object may have a score below 1, where a teacher found it or doubts it. It then teaches its score as objectness, and
counts by it in the other parts, after Mehta and Ozturk 2018, https://doi.org/10.1007/978-3-030-11021-5_41.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keras import ops

from attention.tensor_types import Tensor
from yolo.array_types import AnchorMasks, Anchors
from yolo.boxes import ciou, iou_matrix
from yolo.loss.label_assignment import assign, at_candidates, scatter_max
from yolo.nets.decode import STRIDES, decode
from yolo.structures import NO_OBJECT


@dataclass(frozen=True)
class DetectionLoss:
    """The loss of a detector, in three parts.

    box: 1 - CIoU of every positive with its object. class: binary cross-entropy of its class logits. Both are weighted
    by the score of the object. objectness: binary cross-entropy of every candidate, the score of the object for
    positives and 0 for background. A candidate is not background if its IoU with any object of the picture is `ignore`
    or more, if a difficult object is assigned to it, or if the picture is not complete.

    Args:
        anchors, masks, scale_xy: as in `yolo.nets.decode.decode`.
        shape_threshold: shape IoU above which an object is assigned to further anchors, see `assign`.
        ignore: IoU from which a candidate is not taught to be background.
        box, objectness, classes: weights of the three parts.
    """

    anchors: Anchors
    masks: AnchorMasks
    scale_xy: float = 1.05
    shape_threshold: float = 0.3
    ignore: float = 0.6
    box: float = 2.0
    objectness: float = 1.0
    classes: float = 0.5

    def __call__(self, targets: Mapping[str, Tensor], maps: Sequence[Tensor]) -> dict[str, Tensor]:
        """Return the parts "box", "objectness" and "class", weighted float32 scalars.

        Args:
            targets: padded objects {"boxes": (B, M, 4) xyxy in pixels of the input, "labels": (B, M)}; NO_OBJECT for
                padding, DIFFICULT for objects that are neither taught nor taken for background. Without "scores"
                (B, M), above 0, every object has the score 1; without "is_complete" (B,) every picture is complete.
            maps: raw maps (B, h, w, A * (5 + C)), as many as masks.
        """
        boxes = ops.cast(targets["boxes"], "float32")
        labels = ops.cast(targets["labels"], "int32")
        scores = ops.cast(targets.get("scores", ops.ones_like(labels)), "float32")
        boxes, labels, scores = _at_least_one(boxes, labels, scores)
        complete = ops.cast(targets.get("is_complete", ops.ones_like(labels[:, 0])), "float32")
        maps = [ops.cast(raw, "float32") for raw in maps]
        found = decode(maps, self.anchors, self.masks, self.scale_xy)
        size = ops.shape(maps[0])[1] * STRIDES[0], ops.shape(maps[0])[2] * STRIDES[0]
        pairs = assign(boxes, labels, size, self.anchors, self.masks, self.shape_threshold)

        label = ops.take(labels, pairs.object, axis=1)  # (B, K)
        positive = ops.cast(pairs.chosen & (label >= 0), "float32")
        score = positive * ops.take(scores, pairs.object, axis=1)  # (B, K), 0 for what is no positive
        total = ops.maximum(ops.sum(score), ops.cast(ops.shape(boxes)[0], "float32"))

        found_boxes, true_boxes = at_candidates(found.boxes, pairs.candidate), ops.take(boxes, pairs.object, axis=1)
        overlap = ciou(found_boxes, true_boxes, ops, ops.stop_gradient)
        box = ops.sum(score * (1 - overlap))

        logits = at_candidates(found.classes, pairs.candidate)  # (B, K, C)
        truth = ops.one_hot(ops.maximum(label, 0), ops.shape(logits)[-1], dtype="float32")
        classes = ops.sum(score[..., None] * ops.binary_crossentropy(truth, logits, from_logits=True))

        count = ops.shape(found.objectness)[1]
        target = scatter_max(score, pairs.candidate, count)  # (B, N)
        claimed = scatter_max(ops.cast(pairs.chosen, "float32"), pairs.candidate, count)
        near = ops.stop_gradient(self._near_an_object(found.boxes, boxes, labels))
        background = ops.where(near, 0.0, 1.0 - claimed) * complete[:, None]
        taught = ops.where(target > 0, 1.0, background)
        objectness = ops.sum(taught * ops.binary_crossentropy(target, found.objectness, from_logits=True))

        return {
            "box": self.box * box / total,
            "objectness": self.objectness * objectness / total,
            "class": self.classes * classes / total,
        }

    def _near_an_object(self, candidates: Tensor, boxes: Tensor, labels: Tensor) -> Tensor:
        """Return whether the IoU of a candidate with any object of its picture is `ignore` or more: (B, N) bool."""
        real = ops.cast(labels != NO_OBJECT, "float32")[..., None]
        return ops.max(iou_matrix(boxes, candidates, ops) * real, axis=-2) >= self.ignore  # the longer axis inside


def _at_least_one(boxes: Tensor, labels: Tensor, scores: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Add a row of padding, so that a batch without objects needs no special case."""
    row = ((0, 0), (0, 1))
    return ops.pad(boxes, (*row, (0, 0))), ops.pad(labels, row, constant_values=NO_OBJECT), ops.pad(scores, row)
