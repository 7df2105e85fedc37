"""Work out once which detections found an object, so that a resampled test set costs only sums over them."""

import contextlib
import io
from dataclasses import dataclass

import numpy as np
from pycocotools.cocoeval import COCOeval

from yolo.evaluation import coco_metrics, voc_metrics
from yolo.evaluation.voc_metrics import FALSE, NEITHER, TRUE


@dataclass(frozen=True)
class Matches:
    """The detections of one detector, of all pictures together, best score first.

    Attributes:
        objects: (pictures, classes) int32, how many there are to find; difficult ones are not counted.
        picture: (n,) int32, index of the picture of each detection.
        label: (n,) int32 class indices.
        verdicts: (thresholds, n) int8 of TRUE, FALSE or NEITHER at each IoU threshold.
    """

    objects: np.ndarray
    picture: np.ndarray
    label: np.ndarray
    verdicts: np.ndarray


def voc_matches(detections, annotations, classes):
    """`Matches` by the rules of VOC at IoU 0.5."""
    pairs = list(zip(detections, annotations, strict=True))
    found = [
        _columns(i, detected.labels, detected.scores, voc_metrics.judge(detected, known)[None])
        for i, (detected, known) in enumerate(pairs)
    ]
    return _sorted(found, annotations, classes, thresholds=1)


def coco_matches(detections, annotations, classes):
    """`Matches` by the rules of COCO at IoU 0.5, 0.55, ..., 0.95, found by pycocotools, for objects of any size."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = [
            coco_metrics.rows(i, known, iscrowd=known.difficult.astype(int)) for i, known in enumerate(annotations)
        ]
        answers = [coco_metrics.rows(i, found, score=found.scores) for i, found in enumerate(detections)]
        evaluation = COCOeval(coco_metrics.index(truth, classes), coco_metrics.index(answers, classes), "bbox")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.evaluate()
    found = [
        _columns(
            one["image_id"],
            np.full(len(one["dtScores"]), one["category_id"]),
            one["dtScores"],
            np.where(one["dtIgnore"], NEITHER, np.where(one["dtMatches"] > 0, TRUE, FALSE)),
        )
        for one in evaluation.evalImgs
        if one
    ]
    return _sorted(found, annotations, classes, thresholds=len(evaluation.params.iouThrs))


def _columns(picture, labels, scores, verdicts):
    return np.full(len(labels), picture), labels, scores, verdicts


def _sorted(found, annotations, classes, thresholds):
    """The columns of each picture joined; equal scores stay in the order they come in, as in both evaluations."""
    empty = _columns(0, [], [], np.empty((thresholds, 0)))
    picture, label, score, verdicts = (np.concatenate(parts, axis=-1) for parts in zip(empty, *found, strict=True))
    order = np.argsort(-score, kind="stable")
    objects = [np.bincount(known.labels[~known.difficult], minlength=classes) for known in annotations]
    return Matches(
        np.array(objects, np.int32),
        picture[order].astype(np.int32),
        label[order].astype(np.int32),
        verdicts[:, order].astype(np.int8),
    )
