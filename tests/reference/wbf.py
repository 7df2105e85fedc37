"""Weighted box fusion as its paper tells it, box by box."""

import numpy as np

from tests.reference.nms import overlap


def wbf(lists, iou_threshold):
    everything = [
        (float(score), box.astype(float), int(label))
        for boxes, scores, labels in lists
        for box, score, label in zip(boxes, scores, labels, strict=True)
    ]
    everything.sort(key=lambda one: -one[0])
    clusters = []  # lists of members
    fused = []
    for score, box, label in everything:
        best, at = iou_threshold, None
        for number, (mean, of) in enumerate(fused):
            if of == label and overlap(mean, box) > best:
                best, at = overlap(mean, box), number
        if at is None:
            clusters.append([(score, box)])
            fused.append((box, label))
        else:
            clusters[at].append((score, box))
            fused[at] = (sum(s * b for s, b in clusters[at]) / sum(s for s, _ in clusters[at]), label)
    scores = [sum(s for s, _ in members) / max(len(members), len(lists)) for members in clusters]
    order = np.argsort(-np.array(scores), kind="stable").astype(int)
    return (
        np.array([fused[i][0] for i in order]).reshape(-1, 4),
        np.array([scores[i] for i in order]),
        np.array([fused[i][1] for i in order], np.int32),
    )
