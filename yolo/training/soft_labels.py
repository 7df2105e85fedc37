"""Turn what a teacher found in a picture into objects to learn, with labels and without.

A score becomes the target of the objectness, as in the distillation of Mehta and Ozturk 2018,
https://doi.org/10.1007/978-3-030-11021-5_41. Detections that are sure are taught and doubtful ones are left open, as
with the two thresholds of Xu et al. 2023, https://arxiv.org/abs/2302.07577.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from yolo import boxes as box_ops
from yolo.array_types import Scores
from yolo.structures import Annotation, Detections

SURE = 0.5  # score from which a detection is more likely right than wrong: its temperature makes scores mean that
DOUBTFUL = 0.1  # score from which a detection is neither taught nor taken for background
TRUST = 0.5  # share of the teacher in the score of an object that has a label
SAME = 0.5  # IoU from which a detection and a labelled object are the same


def softened(score: Scores | float) -> Scores:
    """Return the score of a labelled object to which a teacher gives this one: the mean, by `TRUST`, of 1 and it."""
    return np.float32(1 - TRUST * (1 - np.asarray(score)))


def soften(known: Annotation, found: Detections, taught: Collection[int]) -> Annotation:
    """Return the labels of a picture, less sure where the teacher doubts them.

    An object is `softened` by the best score that the teacher gives it, 0 if the teacher has not found it. What the
    teacher is sure of and no label says may be an object that was forgotten, so it is added as difficult. All else is
    as the labels say.

    Args:
        known: the labels.
        found: what the teacher found, with the same class indices.
        taught: the indices of the classes that the teacher knows. Objects of other classes keep their score.
    """
    overlap = box_ops.iou_matrix(known.boxes, found.boxes)  # (objects, detections)
    is_same = (overlap >= SAME) & (known.labels[:, None] == found.labels)
    best = np.max(is_same * found.scores, axis=1, initial=0)
    is_judged = np.isin(known.labels, list(taught)) & ~known.difficult
    scores = np.where(is_judged, softened(best), known.scores)
    beside = found[(found.scores >= SURE) & (np.max(overlap, axis=0, initial=0) < SAME)]
    return replace(
        known,
        boxes=np.concatenate([known.boxes, beside.boxes]),
        labels=np.concatenate([known.labels, beside.labels]),
        difficult=np.concatenate([known.difficult, np.ones(len(beside), bool)]),
        scores=np.concatenate([scores, np.ones(len(beside), np.float32)]),
    )


def label(path: Path, found: Detections, is_complete: bool) -> Annotation:
    """Return the objects of a picture without labels: those that the teacher is sure of, and difficult ones.

    Args:
        found: what the teacher found, with a score of `DOUBTFUL` or more.
        is_complete: whether the teacher knows every class.
    """
    is_sure = found.scores >= SURE
    scores = np.where(is_sure, found.scores, 1).astype(np.float32)
    return Annotation(path, found.boxes, found.labels, ~is_sure, scores, is_complete)
