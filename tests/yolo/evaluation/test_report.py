import dataclasses
import json
import math

import pytest

from tests.yolo.evaluation.scenes import NAMES, found, known
from yolo.evaluation.evaluate import score
from yolo.evaluation.report import Report

A, B = (0, 0, 20, 40), (100, 0, 140, 20)


@pytest.fixture
def report():
    """Class cat: one of two objects found; class dog: found, at IoU 0.7; class hen: no object, one detection."""
    annotations = [known((0, A), (0, B)), known((1, A))]
    detections = [found((0, 0.9, A), (2, 0.8, B)), found((1, 0.7, (0, 0, 20, 28)))]
    return score(detections, annotations, NAMES)


def test_numbers_by_hand(report):
    # AP50: cat 1/2 (recall 1/2 at precision 1), dog 1, hen none; by 11 points cat 6/11 (levels 0 ... 0.5), dog 1
    assert report.ap50 == pytest.approx((1 / 2 + 1) / 2)
    assert report.ap50_voc07 == pytest.approx((6 / 11 + 1) / 2)
    # COCO's 101 recalls: cat 51/101 (0 ... 0.50), dog 1 at five of the ten thresholds
    assert report.coco["AP50"] == pytest.approx((51 / 101 + 1) / 2)
    assert report.coco["AP"] == pytest.approx((51 / 101 + 1 / 2) / 2)
    assert [row["ap"] for row in report.per_class[:2]] == pytest.approx([51 / 101, 1 / 2])
    cat, dog, hen = report.per_class
    assert (cat["objects"], dog["objects"], hen["objects"]) == (2, 1, 0)
    assert (cat["precision"], cat["recall"], cat["score"]) == pytest.approx((1, 1 / 2, 0.9))
    assert math.isnan(hen["ap50"])
    assert math.isnan(hen["ap"])


def test_json_is_one_object_with_the_agreed_keys_and_null_for_nan(report):
    content = json.loads(report.to_json(), parse_constant=pytest.fail)
    assert list(content) == ["ap50", "ap50_voc07", "coco", "per_class", "images", "seconds"]
    assert len(content["coco"]) == 12
    assert content["coco"]["AP_large"] is None
    assert content["per_class"][2] == {
        "name": "hen",
        "objects": 0,
        "ap50": None,
        "ap": None,
        "score": None,
        "precision": None,
        "recall": None,
    }
    assert content["images"] == 2
    assert content["ap50"] == pytest.approx(0.75)


def test_table_is_aligned_and_ends_with_the_mean_of_classes_that_have_objects(report):
    header, *rows = report.table().splitlines()
    assert header.split() == ["class", "objects", "AP50", "AP", "precision", "recall"]
    assert [row.split() for row in rows] == [
        ["cat", "2", "0.500", "0.505", "1.000", "0.500"],
        ["dog", "1", "1.000", "0.500", "1.000", "1.000"],
        ["hen", "0", "-", "-", "-", "-"],
        ["mean", "3", "0.750", "0.502", "1.000", "0.750"],
    ]
    assert len({len(line) for line in [header, *rows]}) == 1


def test_a_report_of_no_objects_can_be_written_and_shown():
    report = score([found()], [known()], NAMES)
    assert json.loads(report.to_json())["ap50"] is None
    assert report.table().splitlines()[-1].split() == ["mean", "0", "-", "-", "-", "-"]


def test_a_report_is_frozen(report):
    assert isinstance(report, Report)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.ap50 = 1.0
