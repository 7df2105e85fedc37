import dataclasses
import math
import time

import numpy as np
import pytest

from tests.reference import coco_ap, voc_ap
from tests.yolo.evaluation.scenes import NAMES, found, known, scatter
from yolo.evaluation.bootstrap import average_precision, coco_101, intervals, resamples, voc_area
from yolo.evaluation.matches import Matches, coco_matches, voc_matches
from yolo.evaluation.score import score
from yolo.evaluation.voc_metrics import FALSE, TRUE
from yolo.structures import Detections

A, B = (0, 10, 20, 50), (100, 10, 120, 50)


def untied(detections, rng):
    """The same detections with no two scores equal, as the order of equal ones has no meaning."""
    return [
        Detections(found.boxes, found.scores + rng.random(len(found), np.float32) / 1000, found.labels, NAMES)
        for found in detections
    ]


@pytest.fixture(params=[0.0, 0.3])
def scene(request):
    """Thirty pictures with detections, some of their objects difficult."""
    rng = np.random.default_rng(4)
    detections, annotations = scatter(rng, 30, difficult=request.param)
    return untied(detections, rng), annotations


def assert_agrees(detections, annotations, times):
    """The AP of a resample is that of pycocotools and of VOC on a data set in which pictures are really repeated."""
    repeated = np.repeat(np.arange(len(annotations)), times)
    report = score([detections[i] for i in repeated], [annotations[i] for i in repeated], NAMES)
    coco = average_precision(coco_matches(detections, annotations, 3), times[None], coco_101)
    voc = average_precision(voc_matches(detections, annotations, 3), times[None], voc_area)
    assert coco == pytest.approx(report.coco["AP"], abs=1e-9, nan_ok=True)
    assert voc == pytest.approx(report.ap50, abs=1e-9, nan_ok=True)
    return report


def test_the_set_as_it_is_has_the_ap_of_pycocotools_and_of_voc(scene):
    report = assert_agrees(*scene, np.ones(30, int))
    assert 0.05 < report.coco["AP"] < report.ap50 < 0.95


@pytest.mark.parametrize("seed", range(3))
def test_a_resample_has_the_ap_of_a_set_in_which_the_pictures_are_repeated(scene, seed):
    assert_agrees(*scene, resamples(30, 1, seed)[0])


def test_a_class_without_objects_in_a_resample_is_left_out_of_it(scene):
    detections, annotations = scene
    times = np.array([0 in annotation.labels for annotation in annotations]) == 0
    report = assert_agrees(detections, annotations, times.astype(int))
    assert math.isnan(report.per_class[0]["ap"])


def test_one_object_that_a_false_detection_comes_before_by_hand():
    # picture 0: one hit at 0.9; picture 1: a miss at 0.95. Precision 1/2 at recall 1; without picture 1 it is 1/1;
    # with picture 1 twice 1/3; with picture 0 alone twice, hits 1/1 and 2/2
    matches = Matches(np.array([[1], [0]]), np.array([1, 0]), np.array([0, 0]), np.array([[FALSE, TRUE]]))
    weights = np.array([[1, 1], [1, 0], [1, 2], [2, 0], [0, 2]])
    for rule in (voc_area, coco_101):
        np.testing.assert_allclose(average_precision(matches, weights, rule), [1 / 2, 1, 1 / 3, 1, math.nan])


def test_the_two_rules_differ_where_half_is_found():
    # one of two objects: recall 0.5, so area 0.5, and 51 of the 101 recalls are reached
    detections, annotations = [found((0, 0.9, A))], [known((0, A), (0, B))]
    one = np.ones((1, 1), int)
    assert average_precision(voc_matches(detections, annotations, 3), one, voc_area) == pytest.approx(0.5)
    assert average_precision(coco_matches(detections, annotations, 3), one, coco_101) == pytest.approx(51 / 101)


def test_without_detections_ap_is_zero():
    for match, rule in ((voc_matches, voc_area), (coco_matches, coco_101)):
        assert average_precision(match([found()], [known((0, A))], 3), np.ones((2, 1), int), rule).tolist() == [0, 0]


def test_resamples_draw_as_many_pictures_as_there_are_and_each_as_often_as_another():
    times = resamples(20, 4000)
    assert times.shape == (4000, 20)
    assert (times.sum(axis=1) == 20).all()
    np.testing.assert_allclose(times.mean(axis=0), 1, atol=0.06)
    np.testing.assert_allclose(times.var(axis=0), 1 - 1 / 20, atol=0.12)  # of a binomial
    assert (times == resamples(20, 4000)).all()


def test_a_thousand_resamples_in_parts_equal_those_one_by_one_and_take_seconds():
    rng = np.random.default_rng(0)
    number, pictures = 4000, 72
    matches = Matches(
        rng.integers(0, 12, (pictures, 3)),
        rng.integers(0, pictures, number),
        rng.integers(0, 3, number),
        (rng.random((10, number)) < 0.2).astype(np.int8),
    )
    weights = resamples(pictures, 1000)
    start = time.process_time()
    together = average_precision(matches, weights, coco_101)
    assert time.process_time() - start < 5
    for i in (0, 500, 999):
        np.testing.assert_allclose(average_precision(matches, weights[i : i + 1], coco_101), together[i])


def by_loops(detections, annotations, drawn):
    """VOC's and COCO's AP of each class on a resample, a list of pictures, by the independent references."""
    answers, objects = [], []
    for place, picture in enumerate(drawn):  # the same picture twice counts as two pictures
        found, known = detections[picture], annotations[picture]
        answers += [(place, *row) for row in zip(found.labels, found.scores, found.boxes.tolist(), strict=True)]
        objects += [(place, *row) for row in zip(known.labels, known.boxes.tolist(), strict=True)]
    for label in range(3):
        mine = [(place, score, box) for place, of, score, box in answers if of == label]
        theirs = [(place, box) for place, of, box in objects if of == label]
        inclusive = [(place, score, np.add(box, [1, 1, 0, 0])) for place, score, box in mine]
        to_find = [(place, np.add(box, [1, 1, 0, 0]), False) for place, box in theirs]
        yield voc_ap.average_precision(inclusive, to_find), coco_ap.average_precision(mine, theirs)


def test_intervals_are_those_of_a_slow_independent_bootstrap_with_the_same_resamples():
    rng = np.random.default_rng(7)
    detections, annotations = scatter(rng, 10)
    detections, number = untied(detections, rng), 60
    counts = resamples(10, number)
    slow = np.array([list(by_loops(detections, annotations, np.repeat(np.arange(10), row))) for row in counts])
    voc, coco = voc_matches(detections, annotations, 3), coco_matches(detections, annotations, 3)
    fast = intervals(voc, coco, number)
    for rule, per_class, whole in ((0, fast.class_ap50, fast.ap50), (1, fast.class_ap, fast.ap)):
        values = slow[:, :, rule]  # (resamples, classes)
        assert np.ptp(np.nanmean(values, axis=1)) > 0.1
        np.testing.assert_allclose(whole, np.percentile(np.nanmean(values, axis=1), (2.5, 97.5)), atol=1e-9)
        np.testing.assert_allclose(per_class, np.nanpercentile(values, (2.5, 97.5), axis=0).T, atol=1e-9)


def test_many_resamples_of_a_test_set_of_a_usual_size_take_less_than_three_seconds():
    rng = np.random.default_rng(0)
    number, pictures = 72 * 300, 72
    verdicts = (rng.random((10, number)) < 0.05 * np.linspace(2, 0, number)).astype(np.int8)
    objects, picture = rng.integers(0, 5, (pictures, 5)), rng.integers(0, pictures, number)
    coco = Matches(objects, picture, rng.integers(0, 5, number), verdicts)
    start = time.process_time()
    intervals(dataclasses.replace(coco, verdicts=verdicts[:1]), coco)
    assert time.process_time() - start < 3
