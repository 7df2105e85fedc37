"""Greedy non-maximum suppression of each class by itself."""

import numpy as np

from yolo.opencv import cv2

FIRST_LOOK = 500  # candidates


def nms(boxes, scores, score_threshold, iou_threshold, max_detections):
    """Keep the best box of every heap of overlapping boxes of one class.

    Args:
        boxes: (N, 4) float32 xyxy.
        scores: (N, C) float32. A box may be kept for several classes.
        score_threshold: the lowest score kept.
        iou_threshold: a box that overlaps a better one of its class by more is dropped.
        max_detections: the most boxes returned.

    Returns:
        boxes (n, 4) float32, scores (n,) float32, labels (n,) int32, best score first. Of equal scores the one that
        comes first in `scores` is the better.
    """
    candidates = np.flatnonzero(scores >= score_threshold)
    confidence = scores.reshape(-1)[candidates]
    looked_at = FIRST_LOOK
    while True:  # the survivors among the best k are the first survivors among all, so a short look mostly settles it
        best = _best(confidence, looked_at)
        rows, labels = np.divmod(candidates[best], scores.shape[1])
        kept = _survivors(boxes[rows], confidence[best], labels, iou_threshold)[:max_detections]
        if len(kept) == max_detections or len(best) == len(candidates):
            return boxes[rows[kept]], confidence[best[kept]], labels[kept].astype(np.int32)
        looked_at *= 4


def _best(confidence, count):
    """Indices of the `count` highest values, highest first, equal ones in their order."""
    if count >= len(confidence):
        return np.argsort(-confidence, kind="stable")
    lowest = np.partition(confidence, -count)[-count]
    enough = np.flatnonzero(confidence >= lowest)
    return enough[np.argsort(-confidence[enough], kind="stable")][:count]


def _survivors(boxes, scores, labels, iou_threshold):
    """Indices, in order, of the boxes that no better one of their class suppresses; the best come first in `scores`."""
    if not len(boxes):
        return np.zeros(0, int)
    # OpenCV keeps classes apart by moving each by the largest coordinate, which needs all of them to be positive.
    corners = boxes.astype(np.float64) - boxes.min()
    corner_and_size = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(corner_and_size, scores, labels, -1.0, iou_threshold)
    return np.sort(np.asarray(kept, int))
