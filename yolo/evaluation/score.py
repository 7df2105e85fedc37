"""Score detections that were made before: AP with its intervals, and precision and recall at score thresholds."""

import dataclasses
import time
from collections.abc import Sequence

from yolo.config.shared_options import SCORE_THRESHOLD
from yolo.evaluation import coco_metrics, voc_metrics
from yolo.evaluation.bootstrap import RESAMPLES, intervals
from yolo.evaluation.matches import matches_of, voc_matches
from yolo.evaluation.remarks import remarks
from yolo.evaluation.report import ClassScores, EvaluationReport
from yolo.evaluation.voc_metrics import Curve
from yolo.structures import Annotation, Detections
from yolo.temperature import scaled


def score(
    detections: Sequence[Detections],
    annotations: Sequence[Annotation],
    class_names: Sequence[str],
    thresholds: Sequence[float] | None = None,
    temperature: float = 1.0,
    resamples: int = RESAMPLES,
) -> EvaluationReport:
    """Return the scores of detections; `seconds` is the time to score them.

    Args:
        detections, annotations: one of each for each picture; both use the class indices of `class_names`.
        thresholds: the score threshold of each class in the model; by default that of models without thresholds.
        temperature: by which the scores are scaled before they are compared with thresholds, as the detector does
            before it shows them. AP does not depend on it.
        resamples: of the pictures, for the intervals of AP; 0 for no intervals.
    """
    start = time.perf_counter()
    classes = len(class_names)
    curves = tuple(scaled_curve(curve, temperature) for curve in voc_metrics.curves(detections, annotations, classes))
    coco = coco_metrics.coco_evaluation(detections, annotations, classes)
    ranges = intervals(voc_matches(detections, annotations, classes), matches_of(coco, annotations, classes), resamples)
    summary = coco_metrics.summary(coco)
    point = voc_metrics.common_point(curves, SCORE_THRESHOLD)
    own = [SCORE_THRESHOLD] * classes if thresholds is None else thresholds
    columns = (class_names, curves, summary.per_class.tolist(), own, ranges.class_ap50, ranges.class_ap)
    rows: list[ClassScores] = [
        {
            "name": name,
            "objects": curve.objects,
            "ap50": curve.ap(),
            "ap50_interval": ap50_interval,
            "ap": ap,
            "ap_interval": ap_interval,
            "score": at.score,
            "precision": at.precision,
            "recall": at.recall,
            "best_score": curve.best().score,
            "threshold": threshold,
        }
        for name, curve, ap, threshold, ap50_interval, ap_interval in zip(*columns, strict=True)
        for at in [curve.at(point.score)]
    ]
    return EvaluationReport(
        ap50=voc_metrics.mean([curve.ap() for curve in curves]),
        ap50_interval=ranges.ap50,
        ap50_voc07=voc_metrics.mean([curve.ap_11_point() for curve in curves]),
        coco=summary.numbers,
        ap_interval=ranges.ap,
        per_class=rows,
        images=len(annotations),
        seconds=time.perf_counter() - start,
        operating_point=point._asdict(),
        remarks=remarks(detections, annotations, class_names),
        curves=curves,
    )


def scaled_curve(curve: Curve, temperature: float) -> Curve:
    """Return a curve with its scores scaled by a temperature."""
    return dataclasses.replace(curve, scores=scaled(curve.scores, temperature).astype(curve.scores.dtype))
