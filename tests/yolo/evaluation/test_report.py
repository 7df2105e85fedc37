import dataclasses
import json
import math

import pytest

from tests.yolo.evaluation.scenes import NAMES, found, known, perfect
from yolo.evaluation.report import EvaluationReport
from yolo.evaluation.score import score

A, B = (0, 0, 20, 40), (100, 0, 140, 20)


@pytest.fixture
def report():
    """Class cat: one of two objects found; class dog: found, at IoU 0.7; class hen: no object, one detection."""
    annotations = [known((0, A), (0, B)), known((1, A))]
    detections = [found((0, 0.9, A), (2, 0.8, B)), found((1, 0.7, (0, 0, 20, 28)))]
    return score(detections, annotations, NAMES, resamples=0)


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
    # any score up to 0.7 shows both, so the default of 0.25 is as good as any
    assert [cat[key] for key in ("score", "precision", "recall")] == pytest.approx([0.25, 1, 1 / 2])
    assert report.operating_point == pytest.approx({"score": 0.25, "precision": 1, "recall": 3 / 4})
    assert [row["best_score"] for row in (cat, dog)] == pytest.approx([0.9, 0.7])
    assert math.isnan(hen["ap50"])
    assert math.isnan(hen["ap"])


def test_json_is_one_object_with_the_agreed_keys_and_null_for_nan(report):
    content = json.loads(report.to_json(), parse_constant=pytest.fail)
    assert list(content) == [
        *("ap50", "ap50_interval", "ap50_voc07", "coco", "ap_interval", "per_class", "images", "seconds"),
        *("tta", "operating_point", "remarks"),
    ]
    assert len(content["coco"]) == 12
    assert content["coco"]["AP_large"] is None
    assert content["per_class"][2] == {
        "name": "hen",
        "objects": 0,
        "ap50": None,
        "ap50_interval": [None, None],
        "ap": None,
        "ap_interval": [None, None],
        "score": None,
        "precision": None,
        "recall": None,
        "best_score": None,
        "threshold": 0.25,
    }
    assert content["operating_point"] == {"score": 0.25, "precision": 1.0, "recall": 0.75}
    assert len(content["remarks"]) == 1
    assert content["images"] == 2
    assert content["ap50"] == pytest.approx(0.75)


def test_table_is_aligned_and_ends_with_the_mean_of_classes_that_have_objects(report):
    header, *rows = report.table().split("\n\n")[0].splitlines()
    assert header.split() == ["class", "objects", "AP50", "AP", "score", "precision", "recall"]
    assert [row.split() for row in rows] == [
        ["cat", "2", "0.500", "0.505", "0.250", "1.000", "0.500"],
        ["dog", "1", "1.000", "0.500", "0.250", "1.000", "1.000"],
        ["hen", "no", "objects", "-", "-", "-", "-", "-"],
        ["mean", "3", "0.750", "0.502", "0.250", "1.000", "0.750"],
    ]
    assert len({len(line) for line in [header, *rows]}) == 1


def test_below_the_table_stand_cocos_numbers_and_why_some_are_missing(report):
    _, numbers, said = report.table().split("\n\n")
    assert "AP75 0.252, AP_small 0.502, AP_medium -" in numbers
    assert "AP_large and AR_large: there are no objects over 96 x 96 pixels." in said
    assert "AP_small" not in said
    assert "there are no objects of hen to find" in said
    assert "predict's own --score-threshold 0.25; none has a higher F1" in said


def test_a_score_other_than_that_of_predict_is_said_with_what_the_latter_gives():
    # a false one at 0.3 makes 0.25 worse than 0.31: precision 1/2 for 1
    report = score([found((0, 0.9, A), (0, 0.3, B))], [known((0, A))], NAMES)
    assert report.operating_point == pytest.approx({"score": 0.31, "precision": 1, "recall": 1})
    assert "--score-threshold 0.31" in report.table()
    assert "its own 0.25 gives precision 0.500, recall 1.000" in report.table()


def test_a_report_of_no_objects_can_be_written_and_says_why_there_is_no_number():
    for annotation in (known(), known((0, A, True))):
        report = score([found()], [annotation], NAMES)
        assert json.loads(report.to_json())["ap50"] is None
        table, said = report.table().split("\n\n")
        assert table.splitlines()[-1].split() == ["mean", "no", "objects", "-", "-", "-", "-", "-"]
        assert "there are no objects to find in these pictures, so there is no AP." in said
        assert "nan" not in report.table() + report.headline()


def test_the_headline_says_which_ap_is_which(report):
    assert report.headline() == "AP50 0.750 (VOC, IoU 0.5), AP 0.502 (COCO, IoU 0.5 to 0.95)"


def test_intervals_stand_beside_every_ap_in_the_table_the_headline_and_the_json():
    # of two pictures, cat is found in one: AP50 0, 1/2 or 1, each in far more than 2.5 % of the resamples
    report = score([found((0, 0.9, A)), found()], [known((0, A)), known((0, A))], NAMES)
    assert report.ap50_interval == pytest.approx((0, 1))
    assert report.headline().startswith("AP50 0.500 [0.000, 1.000] (VOC, IoU 0.5), AP 0.505 [0.000, 1.000] (COCO")
    cat, *_, mean = report.table().splitlines()[1:5]
    for row, name in ((cat, "cat"), (mean, "mean")):
        assert row.split()[:8] == [name, "2", "0.500", "[0.000,", "1.000]", "0.505", "[0.000,", "1.000]"]
    assert "95 % intervals, how far AP would vary with other pictures like these 2" in report.table()
    content = json.loads(report.to_json())
    assert content["ap_interval"] == content["per_class"][0]["ap_interval"] == pytest.approx([0, 1])


def test_one_picture_has_no_interval_instead_of_one_without_width():
    report = score([found((0, 0.9, A))], [known((0, A))], NAMES)
    assert math.isnan(report.ap50_interval.low)
    assert report.headline() == "AP50 1.000 (VOC, IoU 0.5), AP 1.000 (COCO, IoU 0.5 to 0.95)"
    assert "[" not in report.table()


def test_the_thresholds_of_the_model_are_compared_with_the_one_for_all_classes():
    # the false dog at 0.6 is left out by a threshold of its own; one threshold for both must be above 0.6, too
    annotations, detections = [known((0, A), (1, B))], [found((0, 0.5, A), (1, 0.9, B), (1, 0.6, A))]
    report = score(detections, annotations, NAMES, [0.3, 0.75, 0.4])
    assert [row["threshold"] for row in report.per_class] == [0.3, 0.75, 0.4]
    assert "the model's own, one for each class, give precision 1.000, recall 1.000." in report.table()


def test_a_temperature_moves_scores_and_no_ap():
    annotations, detections = [known((0, A), (1, B))], [found((0, 0.8, A), (1, 0.9, B), (1, 0.99, A))]
    plain, hot = (score(detections, annotations, NAMES, temperature=t) for t in (1, 2))
    assert (plain.ap50, plain.coco) == (hot.ap50, pytest.approx(hot.coco, nan_ok=True))
    assert [row["best_score"] for row in plain.per_class[:2]] == pytest.approx([0.8, 0.9])
    assert [row["best_score"] for row in hot.per_class[:2]] == pytest.approx([2 / 3, 3 / 4])  # odds of 2 and 3 to 1


@pytest.mark.parametrize(("count", "told"), [(100, False), (101, True), (250, True)])
def test_more_objects_of_a_class_than_coco_counts_are_told_with_their_picture(count, told):
    boxes = [(20 * (i % 25), 20 * (i // 25), 20 * (i % 25) + 10, 20 * (i // 25) + 10) for i in range(count)]
    many = known(*((1, box) for box in boxes), path="cells.png")
    few = known((0, A), *((2, box) for box in boxes[:60]), path="few.png")
    report = score([perfect(many), perfect(few)], [many, few], NAMES)
    assert report.ap50 == pytest.approx(1)
    assert (report.per_class[1]["ap"] < 1) == told
    assert (
        any("1 picture holds more" in said and f"{count} of dog in cells.png" in said for said in report.remarks)
        == told
    )
    assert ("100 best detections" in report.table()) == told


def test_difficult_objects_are_counted_and_the_rules_for_them_named():
    said = score([found()], [known((0, A), (0, B, True))], NAMES).table()
    assert "1 difficult object need not be found" in said
    assert '"iscrowd": 1' in said
    assert "the detector found nothing at all" in said


def test_a_report_is_frozen(report):
    assert isinstance(report, EvaluationReport)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.ap50 = 1.0
