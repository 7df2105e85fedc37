"""Weighted box fusion equals the one that goes box by box, and that of the package by its authors."""

import numpy as np
import pytest

from tests.reference.wbf import wbf
from tests.yolo.inference.test_nms import crowd
from yolo.inference.box_fusion import fuse
from yolo.inference.nms import nms

LISTS = [(0, 1), (2,), (3, 4, 5)]  # seeds of the views


def views(seeds, score_threshold=0.05):
    """What NMS keeps in views that see the same objects, each in its own way."""
    boxes, _ = crowd(0)
    moved = [boxes + np.random.default_rng(seed).normal(0, 3, boxes.shape).astype(np.float32) for seed in seeds]
    scores = [crowd(seed)[1] for seed in seeds]
    inside = [np.clip(view, 0, 400) for view in moved]
    return [nms(view, score, score_threshold, 0.5, 300) for view, score in zip(inside, scores, strict=True)]


def assert_same(ours, others):
    for one, other in zip(ours, others, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("seeds", LISTS)
@pytest.mark.parametrize("iou_threshold", [0.3, 0.55, 0.8])
def test_it_equals_the_one_that_goes_box_by_box(seeds, iou_threshold):
    lists = views(seeds)
    ours = fuse(lists, iou_threshold)
    assert len(ours[0]) < sum(len(boxes) for boxes, _, _ in lists) or len(lists) == 1
    assert (ours[0].dtype, ours[1].dtype, ours[2].dtype) == (np.float32, np.float32, np.int32)
    assert_same(ours, wbf(lists, iou_threshold))


@pytest.mark.parametrize("seeds", LISTS)
@pytest.mark.parametrize("iou_threshold", [0.3, 0.55, 0.8])
def test_it_equals_the_package_of_the_authors(seeds, iou_threshold):
    package = pytest.importorskip("ensemble_boxes", reason="not installed: ensemble-boxes")
    lists = views(seeds)
    boxes, scores, labels = zip(*lists, strict=True)
    theirs = package.weighted_boxes_fusion([one / 400 for one in boxes], scores, labels, iou_thr=iou_threshold)
    ours = fuse(lists, iou_threshold)
    for found in (ours, (theirs[0] * 400, *theirs[1:])):
        order = np.lexsort((*np.round(found[0].T, 1), found[2]))
        assert len(order) > 20
        if found is ours:
            expected = tuple(part[order] for part in found)
    assert_same(expected, tuple(part[order] for part in found))


def test_three_views_by_hand():
    a = np.array([[0, 0, 10, 10], [50, 0, 60, 10]], np.float32), np.array([0.6, 0.9], np.float32), np.array([0, 1])
    b = np.array([[2, 0, 12, 10]], np.float32), np.array([0.3], np.float32), np.array([0])  # IoU 8/12
    c = np.array([[50, 0, 60, 10]], np.float32), np.array([0.5], np.float32), np.array([0])  # of another class
    boxes, scores, labels = fuse([(x, s, n.astype(np.int32)) for x, s, n in (a, b, c)], 0.55)
    np.testing.assert_allclose(boxes, [[2 / 3, 0, 10 + 2 / 3, 10], [50, 0, 60, 10], [50, 0, 60, 10]], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.3, 0.3, 0.5 / 3], rtol=1e-6)
    np.testing.assert_array_equal(labels, [0, 1, 0])


def test_an_iou_of_exactly_the_threshold_is_not_enough():
    one, half = np.array([[0, 0, 10, 10]], np.float32), np.array([[0, 0, 10, 5]], np.float32)
    score, label = np.array([0.5], np.float32), np.array([0], np.int32)
    assert len(fuse([(one, score, label), (half, score, label)], 0.5)[0]) == 2
    assert len(fuse([(one, score, label), (half, score, label)], 0.49)[0]) == 1


def test_nothing_found_and_scores_of_zero():
    nothing = nms(np.zeros((5, 4), np.float32), np.zeros((5, 3), np.float32), 0.25, 0.5, 300)
    assert [part.shape for part in fuse([nothing, nothing], 0.55)] == [(0, 4), (0,), (0,)]
    box, zero = np.array([[1, 2, 3, 4]], np.float32), np.zeros(1, np.float32)
    found = fuse([(box, zero, np.zeros(1, np.int32))] * 2, 0.55)
    np.testing.assert_array_equal(found[0], box)
    np.testing.assert_array_equal(found[1], zero)
