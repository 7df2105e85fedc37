"""The training loss: box, objectness and class, each a sum over candidates divided by the number of positives.

The sums are divided by at least one for each picture, so that pictures without objects do not weigh too much.
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

    box: 1 - CIoU of every positive with its object. class: binary cross-entropy of its class logits. objectness: binary
    cross-entropy of every candidate, 1 for positives and 0 for background. A candidate is not background if its IoU
    with any object of the picture is `ignore` or more, or if a difficult object is assigned to it.

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
                padding, DIFFICULT for objects that are neither taught nor taken for background.
            maps: raw maps (B, h, w, A * (5 + C)), as many as masks.
        """
        boxes = ops.cast(targets["boxes"], "float32")
        labels = ops.cast(targets["labels"], "int32")
        boxes, labels = _at_least_one(boxes, labels)
        maps = [ops.cast(raw, "float32") for raw in maps]
        found = decode(maps, self.anchors, self.masks, self.scale_xy)
        size = ops.shape(maps[0])[1] * STRIDES[0], ops.shape(maps[0])[2] * STRIDES[0]
        pairs = assign(boxes, labels, size, self.anchors, self.masks, self.shape_threshold)

        label = ops.take(labels, pairs.object, axis=1)  # (B, K)
        positive = ops.cast(pairs.chosen & (label >= 0), "float32")
        total = ops.maximum(ops.sum(positive), ops.cast(ops.shape(boxes)[0], "float32"))

        found_boxes, true_boxes = at_candidates(found.boxes, pairs.candidate), ops.take(boxes, pairs.object, axis=1)
        overlap = ciou(found_boxes, true_boxes, ops, ops.stop_gradient)
        box = ops.sum(positive * (1 - overlap))

        logits = at_candidates(found.classes, pairs.candidate)  # (B, K, C)
        truth = ops.one_hot(ops.maximum(label, 0), ops.shape(logits)[-1], dtype="float32")
        classes = ops.sum(positive[..., None] * ops.binary_crossentropy(truth, logits, from_logits=True))

        count = ops.shape(found.objectness)[1]
        target = scatter_max(positive, pairs.candidate, count)  # (B, N)
        spared = scatter_max(ops.cast(pairs.chosen, "float32"), pairs.candidate, count) - target
        near = ops.stop_gradient(self._near_an_object(found.boxes, boxes, labels))
        taught = ops.maximum(target, ops.where(near, 0.0, 1.0 - spared))
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


def _at_least_one(boxes: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Add a row of padding, so that a batch without objects needs no special case."""
    return ops.pad(boxes, ((0, 0), (0, 1), (0, 0))), ops.pad(labels, ((0, 0), (0, 1)), constant_values=NO_OBJECT)
