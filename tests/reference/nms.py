"""Greedy non-maximum suppression as one would explain it, box by box."""

import numpy as np


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def nms(boxes, scores, score_threshold, iou_threshold, max_detections):
    found = [
        (float(scores[row, label]), row, label)
        for row in range(scores.shape[0])
        for label in range(scores.shape[1])
        if scores[row, label] >= score_threshold
    ]
    found.sort(key=lambda candidate: -candidate[0])
    boxes64 = boxes.astype(float)
    kept = []
    for score, row, label in found:
        if all(label != other or overlap(boxes64[row], boxes64[r]) <= iou_threshold for _, r, other in kept):
            kept.append((score, row, label))
    kept = kept[:max_detections]
    return (
        boxes[[row for _, row, _ in kept]].reshape(-1, 4),
        np.array([score for score, _, _ in kept], np.float32),
        np.array([label for _, _, label in kept], np.int32),
    )
