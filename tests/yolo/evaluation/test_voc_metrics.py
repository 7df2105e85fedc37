import math

import numpy as np
import pytest

from tests.reference.voc_ap import average_precision, eleven_points, inclusive_iou
from tests.yolo.evaluation.scenes import NAMES, found, known, perfect, scatter
from yolo.boxes import iou
from yolo.evaluation import voc_metrics

A, B, C, D = [(x, 10, x + 20, 50) for x in (0, 100, 200, 300)]  # 20 wide, 40 high, apart
NOWHERE = (500, 500, 520, 540)


def curve(detections, annotations, label=0):
    return voc_metrics.curves(detections, annotations, len(NAMES))[label]


@pytest.fixture
def worked_example():
    """Four objects, five detections over two pictures: true, false, true, true, false; one object is never found.

    rank       1    2    3    4    5
    true so far 1    1    2    3    3
    precision  1   1/2  2/3  3/4  3/5
    recall    1/4  1/4  1/2  3/4  3/4
    envelope of precision: 1 up to recall 1/4, then 3/4 up to recall 3/4, then 0
    """
    annotations = [known((0, A), (0, B)), known((0, C), (0, D))]
    detections = [
        found((0, 0.9, A), (0, 0.6, B)),
        found((0, 0.8, NOWHERE), (0, 0.7, C), (0, 0.5, NOWHERE)),
    ]
    # pooled by score: 0.9 A true, 0.8 false, 0.7 C true, 0.6 B true, 0.5 false
    return curve(detections, annotations)


def test_precision_and_recall_are_those_worked_out_by_hand(worked_example):
    assert worked_example.objects == 4
    np.testing.assert_allclose(worked_example.precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(worked_example.recall, [1 / 4, 1 / 4, 1 / 2, 3 / 4, 3 / 4])


def test_area_rule_by_hand(worked_example):
    assert worked_example.ap() == pytest.approx(1 / 4 * 1 + 2 / 4 * 3 / 4)  # 0.625


def test_11_point_rule_by_hand(worked_example):
    # recall 0, 0.1, 0.2 -> 1;  0.3 ... 0.7 -> 3/4;  0.8, 0.9, 1 -> 0
    assert worked_example.ap_11_point() == pytest.approx((3 * 1 + 5 * 3 / 4) / 11)


def test_best_f1_and_its_score_by_hand(worked_example):
    # F1 = 2PR/(P+R): 0.4, 1/3, 4/7, 3/4, 2/3: the fourth detection, score 0.6
    assert worked_example.best() == pytest.approx((0.6, 3 / 4, 3 / 4))


def test_a_stated_score_shows_the_detections_that_reach_it(worked_example):
    assert worked_example.at(np.float64(0.7)) == pytest.approx((0.7, 2 / 3, 1 / 2))  # 0.7 as float32 is less
    assert worked_example.at(0.65) == pytest.approx((0.65, 2 / 3, 1 / 2))
    assert worked_example.at(0.95) == (0.95, 0.0, 0.0)


@pytest.mark.parametrize(
    ("count", "levels"), [(1, 2), (2, 3), (3, 3), (4, 5), (5, 6), (6, 6), (7, 7), (8, 9), (9, 10), (10, 11)]
)
def test_levels_of_the_11_point_rule_are_those_of_the_kit_to_the_last_bit(count, levels):
    # the kit's 0:0.1:1 holds 0.30000000000000004, 0.6000000000000001, 0.7000000000000001: 3, 6, 7 of 10 miss them
    boxes = [(30 * i, 0, 30 * i + 20, 10) for i in range(10)]
    some = curve([found(*((0, 0.9, box) for box in boxes[:count]))], [known(*((0, box) for box in boxes))])
    assert some.ap_11_point() == pytest.approx(levels / 11)
    assert some.ap_11_point() == pytest.approx(eleven_points(list(zip(some.recall, some.precision, strict=True))))


def test_equal_scores_are_shown_together_at_the_best_threshold():
    # one true, one false at the same score: the threshold cannot show the first alone
    tied = curve([found((0, 0.5, A), (0, 0.5, NOWHERE))], [known((0, A))])
    assert tied.best() == pytest.approx((0.5, 1 / 2, 1))
    assert tied.ap() == 1  # but the area keeps the order in which they came


def test_a_good_detection_among_bad_ones_of_its_score_does_not_make_the_best_threshold():
    # at 0.5 one of four is true: P 1/4, R 1/2, F1 1/3; at 0.4 two of five: P 2/5, R 1, F1 4/7
    wrong = [(0, 0.5, NOWHERE)] * 3
    tied = curve([found((0, 0.5, A), *wrong, (0, 0.4, B))], [known((0, A), (0, B))])
    assert tied.best() == pytest.approx((0.4, 2 / 5, 1))


def test_overlap_equals_the_devkits_on_inclusive_pixels_by_hand():
    # inclusive (1, 1, 10, 20): 10 x 20 = 200 pixels; (6, 11, 15, 30): 10 x 20; shared columns 6..10, rows 11..20: 50
    a, b = (1, 1, 10, 20), (6, 11, 15, 30)
    half_open = [np.array([xmin - 1, ymin - 1, xmax, ymax], np.float32) for xmin, ymin, xmax, ymax in (a, b)]
    assert iou(*half_open) == pytest.approx(50 / 350)
    assert inclusive_iou(a, b) == pytest.approx(50 / 350)


def test_an_overlap_of_exactly_the_threshold_is_a_hit():
    # 20 x 10 in 20 x 20: 200 / 400 = 0.5
    assert curve([found((0, 0.9, (0, 0, 20, 10)))], [known((0, (0, 0, 20, 20)))]).ap() == 1
    assert curve([found((0, 0.9, (0, 0, 20, 9)))], [known((0, (0, 0, 20, 20)))]).ap() == 0


def test_boxes_higher_than_wide_are_told_from_boxes_wider_than_high():
    high, wide = (0, 0, 10, 40), (0, 0, 40, 10)  # they share 100 of 700
    assert curve([found((0, 0.9, wide))], [known((0, high))]).ap() == 0


def test_the_second_detection_of_an_object_is_false_even_when_it_fits_better():
    shifted = (2, 10, 22, 50)  # IoU 18/22
    verdicts = voc_metrics.judge(found((0, 0.8, A), (0, 0.9, shifted)), known((0, A)))
    np.testing.assert_array_equal(verdicts, [voc_metrics.FALSE, voc_metrics.TRUE])


def test_a_detection_whose_best_object_is_taken_does_not_turn_to_the_second_best():
    # two objects side by side: the second detection overlaps both by more than half, the taken one more
    objects = known((0, (0, 0, 100, 40)), (0, (20, 0, 120, 40)))
    detections = found((0, 0.9, (0, 0, 100, 40)), (0, 0.8, (5, 0, 105, 40)))  # IoU 95/105 and 85/115
    np.testing.assert_array_equal(voc_metrics.judge(detections, objects), [voc_metrics.TRUE, voc_metrics.FALSE])


def test_any_number_of_detections_of_a_difficult_object_counts_neither_way():
    # 0.9 and 0.8 on the difficult object vanish; 0.7 is true, so precision and recall are 1
    result = curve([found((0, 0.9, A), (0, 0.8, A), (0, 0.7, B))], [known((0, A, True), (0, B))])
    assert result.objects == 1
    np.testing.assert_array_equal(result.scores, np.array([0.7], np.float32))
    assert result.ap() == result.ap_11_point() == 1


def test_a_difficult_object_of_another_class_excuses_nothing():
    result = curve([found((0, 0.9, A), (0, 0.8, B))], [known((1, A, True), (0, B))])
    np.testing.assert_array_equal(result.precision, [0, 1 / 2])


def test_classes_do_not_mix_and_class_0_is_a_class_like_any_other():
    curves = voc_metrics.curves([found((0, 0.9, A), (1, 0.8, B))], [known((0, A), (2, B))], 3)
    assert [c.objects for c in curves] == [1, 0, 1]
    assert curves[0].ap() == 1
    assert math.isnan(curves[1].ap())
    assert math.isnan(curves[1].ap_11_point())
    assert np.isnan(curves[1].best()).all()
    assert curves[2].ap() == 0
    assert voc_metrics.mean([c.ap() for c in curves]) == 0.5


def test_a_detection_finds_nothing_in_the_next_picture():
    assert curve([found((0, 0.9, A)), found()], [known(), known((0, A))]).ap() == 0


def test_without_detections_precision_recall_and_ap_are_zero():
    nothing = curve([found()], [known((0, A))])
    assert nothing.ap() == nothing.ap_11_point() == 0
    assert nothing.best()[1:] == (0, 0)


@pytest.mark.filterwarnings("error")
def test_without_objects_or_pictures_there_is_no_ap_and_no_warning():
    for detections, annotations in (([found((0, 0.5, A))], [known()]), ([found()], [known()]), ([], [])):
        values = [c.ap() for c in voc_metrics.curves(detections, annotations, 3)]
        assert np.isnan(values).all()
        assert math.isnan(voc_metrics.mean(values))


def test_perfect_detections_of_a_batch_of_two_score_one():
    annotations = [known((0, A), (1, B), (1, C)), known((2, D), (0, A))]
    assert [c.ap() for c in voc_metrics.curves([perfect(k) for k in annotations], annotations, 3)] == [1, 1, 1]


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        voc_metrics.curves([found()], [known(), known()], 3)


@pytest.mark.parametrize("seed", range(6))
def test_both_rules_agree_with_plain_loops_on_inclusive_pixels(seed):
    detections, annotations = scatter(np.random.default_rng(seed), pictures=25, difficult=0.3)
    inclusive = np.array([1, 1, 0, 0])
    for label, result in enumerate(voc_metrics.curves(detections, annotations, 3)):
        rows = [
            (i, score, tuple(box + inclusive))
            for i, d in enumerate(detections)
            for score, box, number in zip(d.scores.tolist(), d.boxes, d.labels, strict=True)
            if number == label
        ]
        objects = [
            (i, tuple(box + inclusive), difficult)
            for i, a in enumerate(annotations)
            for box, number, difficult in zip(a.boxes, a.labels, a.difficult, strict=True)
            if number == label
        ]
        assert 0 < result.ap() < 1
        assert result.ap() == pytest.approx(average_precision(rows, objects), abs=1e-12)
        eleven = average_precision(rows, objects, rule=eleven_points)
        assert result.ap_11_point() == pytest.approx(eleven, abs=1e-12)


@pytest.mark.parametrize(("preferred", "score"), [(0.25, 0.1), (0.05, 0.05)])
def test_the_common_point_is_one_score_for_all_classes(preferred, score):
    # class 0: true at 0.9, three false at 0.5; class 1: true at 0.1. Mean F1 at 0.9: 1/2; at 0.1: (2/5 + 1) / 2
    wrong = [(0, 0.5, NOWHERE)] * 3
    answers = [found((0, 0.9, A), *wrong, (1, 0.1, B))]
    point = voc_metrics.common_point(voc_metrics.curves(answers, [known((0, A), (1, B))], 3), preferred)
    assert point == pytest.approx((score, (1 / 4 + 1) / 2, 1))


def test_of_equally_good_scores_the_common_point_has_the_preferred_one():
    perfect_curves = voc_metrics.curves([found((0, 0.9, A))], [known((0, A))], 3)
    assert voc_metrics.common_point(perfect_curves, 0.25) == (0.25, 1, 1)
    assert voc_metrics.common_point(voc_metrics.curves([found()], [known((0, A))], 3), 0.25) == (0.25, 0, 0)


def test_without_objects_there_is_no_common_point():
    assert np.isnan(voc_metrics.common_point(voc_metrics.curves([found((0, 0.9, A))], [known()], 3), 0.25)).all()
