"""The NMS equals the one that compares box by box."""

import numpy as np
import pytest

from tests.reference.nms import nms as reference
from yolo.inference.nms import nms


def crowd(seed, count=300, classes=5, offset=0.0):
    """Heaps of boxes around eight objects, with scores as a detector gives them."""
    rng = np.random.default_rng(seed)
    objects = rng.uniform(0, 300, (8, 2))
    center = objects[rng.integers(0, 8, count)] + rng.normal(0, 8, (count, 2)) + offset
    size = np.exp(rng.normal(4, 0.3, (count, 2)))
    boxes = np.concatenate([center - size / 2, center + size / 2], axis=1).astype(np.float32)
    return boxes, rng.beta(0.3, 2, (count, classes)).astype(np.float32)


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("iou_threshold", [0.3, 0.45, 0.9])
@pytest.mark.parametrize("score_threshold", [0.05, 0.5])
def test_it_equals_the_reference(seed, score_threshold, iou_threshold):
    boxes, scores = crowd(seed)
    assert_same(nms(boxes, scores, score_threshold, iou_threshold, 300),
                reference(boxes, scores, score_threshold, iou_threshold, 300))  # fmt: skip


@pytest.mark.parametrize("offset", [-400.0, -150.0])
def test_classes_stay_apart_at_negative_coordinates(offset):
    boxes, scores = crowd(0, offset=offset)
    assert_same(nms(boxes, scores, 0.1, 0.45, 300), reference(boxes, scores, 0.1, 0.45, 300))


@pytest.mark.parametrize("count", [300, 1200])  # 1200 boxes are more candidates than the first look
def test_equal_scores_are_kept_in_their_order(count):
    boxes, scores = crowd(1, count)
    scores = np.round(scores, 1)
    assert_same(nms(boxes, scores, 0.1, 0.45, 100), reference(boxes, scores, 0.1, 0.45, 100))


@pytest.mark.parametrize("max_detections", [1, 40, 300])
def test_more_candidates_than_the_first_look_change_nothing(max_detections):
    boxes, scores = crowd(2, count=700)
    scores = np.maximum(scores, 0.002)
    assert_same(nms(boxes, scores, 0.001, 0.45, max_detections), reference(boxes, scores, 0.001, 0.45, max_detections))


def test_one_box_may_be_two_things():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10]], np.float32)
    found, scores, labels = nms(boxes, np.array([[0.9, 0.6], [0.8, 0.7]], np.float32), 0.5, 0.45, 300)
    np.testing.assert_array_equal(found, boxes)
    np.testing.assert_allclose(scores, [0.9, 0.7])
    np.testing.assert_array_equal(labels, [0, 1])


def test_a_score_equal_to_the_threshold_is_kept():
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10]], np.float32)
    _, scores, _ = nms(boxes, np.array([[0.25], [0.0]], np.float32), 0.25, 0.45, 300)
    np.testing.assert_array_equal(scores, [0.25])
    assert len(nms(boxes, np.array([[0.25], [0.0]], np.float32), 0.0, 0.45, 300)[0]) == 2


def test_nothing_found_is_three_empty_arrays():
    boxes, scores, labels = nms(np.zeros((5, 4), np.float32), np.zeros((5, 3), np.float32), 0.25, 0.45, 300)
    assert (boxes.shape, scores.shape, labels.shape) == ((0, 4), (0,), (0,))
    assert (boxes.dtype, scores.dtype, labels.dtype) == (np.float32, np.float32, np.int32)
