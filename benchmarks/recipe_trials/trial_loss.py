"""The loss of the trials: that of the project, with a switch for each variant that was tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keras import ops

from attention.tensor_types import Tensor
from benchmarks.recipe_trials.cost_assignment import CostAssignment, WeightedAssignment
from benchmarks.recipe_trials.neighbor_assignment import assign_with_neighbors
from benchmarks.recipe_trials.overlaps import overlap
from yolo.boxes import iou
from yolo.loss.label_assignment import assign, at_candidates, scatter_max
from yolo.loss.loss import DetectionLoss, _at_least_one
from yolo.nets.decode import STRIDES, Candidates, decode


@dataclass(frozen=True)
class TrialLoss(DetectionLoss):
    """A `DetectionLoss` with switches. By default all are off, and it is the same loss.

    Args:
        scale_xy, shape_threshold, ignore, box, objectness, classes: as in `DetectionLoss`.
        assignment: "shape" for that of the project; "simota" or "tal", see `cost_assignment`.
        neighbors: whether the cells nearest to a center answer for an object too, with "shape".
        overlap: the kind that the box loss takes from 1, see `overlaps`.
        inner: how many times as wide and high as the boxes those of Inner-IoU are; 1 for none.
        quality: share of the IoU in the target of a positive's objectness, the rest is 1; with "tal" it is the weight
            of the pair instead of the IoU.
        focal: exponent of |target - p|, which weighs the objectness of a candidate: the quality focal loss, Li et al.
            2020, https://arxiv.org/abs/2006.04388; 0 for none.
        smoothing: the targets of classes are half of it away from 0 and 1: Szegedy et al. 2016,
            https://arxiv.org/abs/1512.00567.
    """

    scale_xy: float = 1.05
    shape_threshold: float = 0.3
    ignore: float = 0.6
    box: float = 2.0
    objectness: float = 1.0
    classes: float = 0.5
    assignment: str = "shape"
    neighbors: bool = False
    overlap: str = "ciou"
    inner: float = 1.0
    quality: float = 0.0
    focal: float = 0.0
    smoothing: float = 0.0

    def __call__(self, targets: Mapping[str, Tensor], maps: Sequence[Tensor]) -> dict[str, Tensor]:
        """Return the parts "box", "objectness" and "class", weighted float32 scalars.

        Args:
            targets, maps: as for `DetectionLoss`.
        """
        boxes, labels = ops.cast(targets["boxes"], "float32"), ops.cast(targets["labels"], "int32")
        boxes, labels, _ = _at_least_one(boxes, labels, ops.ones_like(labels, dtype="float32"))
        maps = [ops.cast(raw, "float32") for raw in maps]
        found = decode(maps, self.anchors, self.masks, self.scale_xy)
        size = ops.shape(maps[0])[1] * STRIDES[0], ops.shape(maps[0])[2] * STRIDES[0]
        pairs, weight = self._assign(found, boxes, labels, size)

        label = ops.take(labels, pairs.object, axis=1)  # (B, K)
        positive = ops.cast(pairs.chosen & (label >= 0), "float32")
        share = positive * weight
        total = ops.maximum(ops.sum(share), ops.cast(ops.shape(boxes)[0], "float32"))

        found_boxes, true_boxes = at_candidates(found.boxes, pairs.candidate), ops.take(boxes, pairs.object, axis=1)
        box = ops.sum(share * (1 - overlap(found_boxes, true_boxes, self.overlap, self.inner)))

        logits = at_candidates(found.classes, pairs.candidate)  # (B, K, C)
        truth = ops.one_hot(ops.maximum(label, 0), ops.shape(logits)[-1], dtype="float32")
        truth = truth * (1 - self.smoothing) + self.smoothing / 2
        classes = ops.sum(share[..., None] * ops.binary_crossentropy(truth, logits, from_logits=True))

        quality = weight if self.assignment == "tal" else ops.stop_gradient(iou(found_boxes, true_boxes, ops))
        value = positive * (1 - self.quality + self.quality * quality)
        count = ops.shape(found.objectness)[1]
        hit, target, assigned = (
            scatter_max(ops.cast(values, "float32"), pairs.candidate, count)  # (B, N)
            for values in (positive, value, pairs.chosen)
        )
        near = ops.stop_gradient(self._near_an_object(found.boxes, boxes, labels))
        taught = ops.maximum(hit, ops.where(near, 0.0, 1.0 - (assigned - hit)))
        taught = taught * self._focus(target, found.objectness)
        objectness = ops.sum(taught * ops.binary_crossentropy(target, found.objectness, from_logits=True))

        return {
            "box": self.box * box / total,
            "objectness": self.objectness * objectness / total,
            "class": self.classes * classes / total,
        }

    def _assign(
        self, found: Candidates, boxes: Tensor, labels: Tensor, size: Sequence[int | Tensor]
    ) -> WeightedAssignment:
        if self.assignment == "shape":
            by_shape = assign_with_neighbors if self.neighbors else assign
            pairs = by_shape(boxes, labels, size, self.anchors, self.masks, self.shape_threshold)
            return WeightedAssignment(pairs, ops.ones(ops.shape(pairs.candidate)))
        by_cost = CostAssignment(self.assignment, self.anchors, self.masks, self.scale_xy, self.shape_threshold)
        return by_cost(found, boxes, labels, size)

    def _focus(self, target: Tensor, logits: Tensor) -> Tensor:
        """Return the weight of the objectness of each candidate: (B, N). With `focal` 0 it is 1."""
        return ops.abs(target - ops.stop_gradient(ops.sigmoid(logits))) ** self.focal
