"""Greedy non-maximum suppression (NMS), for each class separately."""

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Boxes, Float, Scores
from yolo.opencv import cv2

FIRST_CANDIDATES = 500

Indices: TypeAlias = Annotated[NDArray[np.intp], "indices"]


def nms(
    boxes: Boxes,
    scores: Annotated[NDArray[Float], "n classes"],
    score_threshold: float | Annotated[NDArray[Float], "classes"],
    iou_threshold: float,
    max_detections: int,
) -> tuple[
    Annotated[NDArray[Float], "kept 4"], Annotated[NDArray[Float], "kept"], Annotated[NDArray[np.int32], "kept"]
]:
    """Return the best box of each group of overlapping boxes of one class.

    A box may be kept for several classes. Of two equal scores, the one that comes first in `scores` is the better.

    Args:
        score_threshold: the lowest score kept, or that of each class.
        iou_threshold: a box is dropped if its IoU with a better box of its class is above this.
        max_detections: the most boxes returned.

    Returns:
        The boxes, their scores and their labels, best score first.

    Example:
        >>> boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10]], np.float32)
        >>> scores = np.array([[0.5], [0.75], [0.25]], np.float32)
        >>> nms(boxes, scores, score_threshold=0.2, iou_threshold=0.5, max_detections=300)[1]
        array([0.75, 0.25], dtype=float32)
    """
    candidates = np.flatnonzero(scores >= np.asarray(score_threshold, scores.dtype))
    score = scores.reshape(-1)[candidates]
    number = FIRST_CANDIDATES
    while True:  # survivors among the best candidates are the first of all survivors, so a few mostly suffice
        best = _best(score, number)
        rows, labels = np.divmod(candidates[best], scores.shape[1])
        kept = _survivors(boxes[rows], score[best], labels, iou_threshold)[:max_detections]
        if len(kept) == max_detections or len(best) == len(candidates):
            return boxes[rows[kept]], score[best[kept]], labels[kept].astype(np.int32)
        number *= 4


def _best(scores: Scores, count: int) -> Indices:
    """Return the indices of the `count` highest scores, highest first, equal ones in their order."""
    if count >= len(scores):
        return np.argsort(-scores, kind="stable")
    lowest = np.partition(scores, -count)[-count]
    enough = np.flatnonzero(scores >= lowest)
    return enough[np.argsort(-scores[enough], kind="stable")][:count]


def _survivors(boxes: Boxes, scores: Scores, labels: Annotated[NDArray[np.intp], "n"], iou_threshold: float) -> Indices:
    """Return the ascending indices of the boxes that no better box of their class suppresses; `scores` descend."""
    if not len(boxes):
        return np.zeros(0, int)
    # OpenCV separates the classes by shifting the boxes of each by the largest coordinate: this needs positive ones.
    corners = boxes.astype(np.float64) - boxes.min()
    corner_and_size = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        corner_and_size,  # type: ignore[arg-type]  # it takes arrays too, and quicker than lists
        scores,  # type: ignore[arg-type]
        labels,  # type: ignore[arg-type]
        -1.0,
        iou_threshold,
    )
    return np.sort(np.asarray(kept, int))
