"""The threshold of each class, worked out by hand."""

import pytest

from tests.yolo.evaluation.scenes import found, known
from yolo.evaluation.class_thresholds import class_thresholds
from yolo.evaluation.voc_metrics import curves

A, B, C = (0, 0, 20, 40), (100, 0, 140, 20), (50, 50, 60, 60)


def thresholds(detections, annotations, classes=1):
    return class_thresholds(curves(detections, annotations, classes))


def test_it_lies_in_the_middle_of_the_last_shown_and_the_first_hidden_detection():
    # true 0.9, true 0.6, false 0.2: F1 is 2/3, 1, 4/5
    assert thresholds([found((0, 0.9, A), (0, 0.6, B), (0, 0.2, C))], [known((0, A), (0, B))]) == (pytest.approx(0.4),)


def test_a_late_true_detection_is_shown_if_it_is_worth_the_false_ones_before_it():
    # three objects; true 0.9, false 0.8, true 0.7, true 0.6, false 0.5: F1 is 2/4, 2/5, 4/6, 6/7, 6/8
    detections = [found((0, 0.9, A), (0, 0.7, B), (0, 0.6, C)), found((0, 0.8, A), (0, 0.5, A))]
    assert thresholds(detections, [known((0, A), (0, B), (0, C)), known()]) == (pytest.approx(0.55),)


def test_of_two_thresholds_with_the_same_f1_the_higher_is_taken():
    # two objects; true 0.9 (F1 2/3), false 0.8 (2/4), false 0.7 (2/5), true 0.6 (4/6)
    detections = [found((0, 0.9, A), (0, 0.6, B)), found((0, 0.8, A), (0, 0.7, A))]
    assert thresholds(detections, [known((0, A), (0, B)), known()]) == (pytest.approx(0.85),)


def test_detections_of_equal_score_are_shown_or_hidden_together():
    # true 0.9; then true and false, both 0.5, in either order: F1 2/3, then 4/5 for both; none ends between them
    for pair in (((0, 0.5, B), (0, 0.5, C)), ((0, 0.5, C), (0, 0.5, B))):
        assert thresholds([found((0, 0.9, A), *pair, (0, 0.1, C))], [known((0, A), (0, B))]) == (pytest.approx(0.3),)


def test_one_picture_with_one_true_detection_and_no_other():
    assert thresholds([found((0, 0.9, A))], [known((0, A))]) == (pytest.approx(0.45),)


def test_a_class_without_objects_takes_the_mean_of_the_others():
    detections = [found((0, 0.8, A), (1, 0.6, B), (2, 0.9, C))]
    assert thresholds(detections, [known((0, A), (1, B))], 3) == pytest.approx((0.4, 0.3, 0.35))


@pytest.mark.parametrize("others", [(), ((1, 0.95, A), (1, 0.9, C))], ids=["no detections", "all wrong"])
def test_a_class_that_is_never_found_takes_the_mean_of_the_others(others):
    assert thresholds([found((0, 0.8, A), *others)], [known((0, A), (1, B))], 2) == pytest.approx((0.4, 0.4))


@pytest.mark.parametrize(
    ("detections", "annotations"),
    [
        ([found()], [known((0, A))]),
        ([found((0, 0.9, C))], [known((0, A))]),
        ([found((0, 0.9, A))], [known()]),
        ([found((0, 0.9, A))], [known((0, A, True))]),
        ([], []),
    ],
    ids=["no detections", "all wrong", "no objects", "difficult ones only", "no pictures"],
)
def test_without_a_true_detection_there_is_no_threshold(detections, annotations):
    assert thresholds(detections, annotations) == ()


def test_a_detection_of_a_difficult_object_counts_for_nothing():
    detections = [found((0, 0.9, A), (0, 0.7, B), (0, 0.5, C))]
    assert thresholds(detections, [known((0, A), (0, B, True))]) == (pytest.approx(0.7),)  # between 0.9 and 0.5
