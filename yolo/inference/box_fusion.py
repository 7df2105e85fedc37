"""Weighted box fusion (WBF), Solovyev et al. 2019, https://arxiv.org/abs/1910.13302, for each class separately.

The package ensemble-boxes, which a test compares with where it is installed, brings 290 MB of Numba and pandas, and
takes boxes from 0 to 1.
"""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo import boxes as box_ops
from yolo.array_types import Float

Found: TypeAlias = tuple[
    Annotated[NDArray[Float], "n 4"], Annotated[NDArray[Float], "n"], Annotated[NDArray[np.int32], "n"]
]
"""Boxes, their scores and their labels, best score first."""


def fuse(lists: Sequence[Found], iou_threshold: float) -> Found:
    """Return the detections in several views of one picture as one list.

    From the best score down, each box joins the cluster of its class whose box it overlaps most, or begins a cluster.
    The box of a cluster is the mean of its boxes, weighted by their scores. Its score is the mean over the views, where
    a view that has not found it counts as 0; of a cluster with more boxes than views, it is the mean of its boxes.

    Args:
        lists: the detections in each view, in the same pixels.
        iou_threshold: a box joins only a cluster with whose box its IoU is above this.

    Example:
        >>> box, score, label = np.float32([[0, 0, 10, 10]]), np.float32([0.75]), np.int32([0])
        >>> moved, lower = np.float32([[4, 0, 14, 10]]), np.float32([0.25])
        >>> fuse([(box, score, label), (moved, lower, label)], iou_threshold=0.4)[:2]
        (array([[ 1.,  0., 11., 10.]], dtype=float32), array([0.5], dtype=float32))
    """
    boxes, scores, labels = (np.concatenate(parts) for parts in zip(*lists, strict=True))
    order = np.argsort(-scores, kind="stable")
    fused, label_of = np.zeros(boxes.shape), np.zeros(len(boxes), np.int32)  # of each cluster
    total, number = np.zeros(len(boxes)), np.zeros(len(boxes), int)  # the sum of its scores, its boxes
    count = 0
    for box, score, label in zip(boxes[order].astype(float), scores[order].astype(float), labels[order], strict=True):
        overlap = np.where(label_of[:count] == label, box_ops.iou(fused[:count], box), 0)
        place = int(np.argmax(overlap)) if overlap.max(initial=0) > iou_threshold else count
        count = max(count, place + 1)
        label_of[place] = label
        total[place] += score
        number[place] += 1
        fused[place] += (box - fused[place]) * (score / total[place] if number[place] > 1 and total[place] else 1)
    score_of = total[:count] / np.maximum(number[:count], len(lists))
    order = np.argsort(-score_of, kind="stable")
    return fused[order].astype(boxes.dtype), score_of[order].astype(scores.dtype), label_of[order]
