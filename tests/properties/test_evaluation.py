"""Scores equal those of plain loops and of pycocotools driven by its own entry points, on any scene."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.draws import evaluations
from tests.reference.voc_ap import area_rule, average_precision, eleven_points
from tests.yolo.evaluation.test_coco_metrics import driven_directly
from yolo.evaluation import coco_metrics, voc_metrics
from yolo.evaluation.score import score

INCLUSIVE = np.array([1, 1, 0, 0])
classes = st.shared(st.integers(1, 3), key="classes")
scenes = classes.flatmap(evaluations)


@given(scenes, classes)
def test_both_rules_of_voc_equal_plain_loops(scene, count):
    detections, annotations = scene
    for label, curve in enumerate(voc_metrics.curves(detections, annotations, count)):
        rows = [
            (i, float(confidence), tuple(box + INCLUSIVE))
            for i, found in enumerate(detections)
            for box, confidence, number in zip(found.boxes, found.scores, found.labels, strict=True)
            if number == label
        ]
        objects = [
            (i, tuple(box + INCLUSIVE), difficult)
            for i, known in enumerate(annotations)
            for box, number, difficult in zip(known.boxes, known.labels, known.difficult, strict=True)
            if number == label
        ]
        for ours, rule in ((curve.ap(), area_rule), (curve.ap_11_point(), eleven_points)):
            assert ours == pytest.approx(average_precision(rows, objects, rule=rule), abs=1e-9, nan_ok=True)


@settings(max_examples=40)
@given(scenes, classes)
def test_the_twelve_numbers_equal_pycocotools(scene, count):
    detections, annotations = scene
    numbers = coco_metrics.summarize(detections, annotations, count).numbers
    if not any(map(len, detections)):  # pycocotools loads no empty results
        assert all(math.isnan(value) or value == 0 for value in numbers.values())
        return
    direct = driven_directly(detections, annotations, count).stats
    expected = [math.nan if value < 0 else value for value in direct]
    assert list(numbers.values()) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(max_examples=40)
@given(scenes, classes)
def test_precision_and_recall_are_counts_at_the_score_that_is_stated(scene, count):
    detections, annotations = scene
    report = score(detections, annotations, tuple("abc"[:count]))
    threshold = report.operating_point["score"]
    for label, row in enumerate(report.per_class):
        if not row["objects"]:
            assert math.isnan(row["precision"])
            assert "no objects" in report.table()
            continue
        shown = [found[(found.scores >= threshold) & (found.labels == label)] for found in detections]
        verdicts = np.concatenate([voc_metrics.judge(*pair) for pair in zip(shown, annotations, strict=True)])
        true, false = (int((verdicts == kind).sum()) for kind in (voc_metrics.TRUE, voc_metrics.FALSE))
        assert row["recall"] == pytest.approx(true / row["objects"])
        assert row["precision"] == pytest.approx(true / (true + false) if true + false else 0)
    assert "nan" not in report.table() + report.headline()
