"""Box functions against loops in plain Python and numbers worked out by hand, with NumPy and with keras.ops."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.reference import boxes_numpy as twin
from yolo import boxes

MODULES = pytest.mark.parametrize("xp", [np, keras.ops], ids=["numpy", "keras"])


def random_boxes(n, seed):
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(-20, 80, (n, 2)), rng.uniform(0.5, 70, (n, 2))
    return np.concatenate([corner, corner + size], axis=1).astype(np.float32)


def compute(function, xp, *arrays):
    """The result as NumPy, whichever module computed it."""
    result = function(*(xp.array(array, dtype="float32") for array in arrays), xp)
    return keras.ops.convert_to_numpy(result)


@MODULES
def test_the_area_is_width_times_height_and_zero_for_inverted_boxes(xp):
    found = compute(boxes.area, xp, [[0, 0, 4, 3], [-1, -2, 1, 2], [5, 5, 2, 9], [5, 5, 2, 2], [3, 3, 3, 9]])
    np.testing.assert_array_equal(found, [12, 8, 0, 0, 0])


@MODULES
def test_iou_is_that_of_a_loop(xp):
    a, b = random_boxes(500, 0), random_boxes(500, 1)
    expected = [twin.iou(x, y) for x, y in zip(a, b, strict=True)]
    assert max(expected) > 0.5
    np.testing.assert_allclose(compute(boxes.iou, xp, a, b), expected, atol=1e-6)


@MODULES
def test_iou_by_hand(xp):
    a = [[0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 2, 2], [1, 1, 1, 1]]
    b = [[1, 1, 3, 3], [0, 0, 2, 2], [2, 0, 4, 2], [1, 1, 1, 1]]
    np.testing.assert_allclose(compute(boxes.iou, xp, a, b), [1 / 7, 1, 0, 0], atol=1e-7)


@MODULES
def test_the_iou_matrix_holds_every_pair_of_every_picture(xp):
    a, b = random_boxes(6, 2).reshape(2, 3, 4), random_boxes(10, 3).reshape(2, 5, 4)
    expected = [[[twin.iou(x, y) for y in right] for x in left] for left, right in zip(a, b, strict=True)]
    np.testing.assert_allclose(compute(boxes.iou_matrix, xp, a, b), expected, atol=1e-6)


@MODULES
def test_shape_iou_lays_boxes_corner_on_corner(xp):
    a, b = random_boxes(3, 4)[:, 2:] + 30, random_boxes(5, 5)[:, 2:] + 30
    expected = [[twin.shape_iou(x, y) for y in b] for x in a]
    np.testing.assert_allclose(compute(boxes.shape_iou, xp, a, b), expected, atol=1e-6)
    np.testing.assert_allclose(compute(boxes.shape_iou, xp, [[10, 20]], [[20, 10], [5, 10]]), [[1 / 3, 1 / 4]])


@MODULES
def test_ciou_is_that_of_a_loop(xp):
    a, b = random_boxes(500, 6), random_boxes(500, 7)
    expected = [twin.ciou(x.astype(float), y.astype(float)) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(compute(boxes.ciou, xp, a, b), expected, atol=1e-5)


@MODULES
@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([0, 0, 4, 2], [0, 0, 4, 2], 1),
        ([0, 0, 2, 2], [1, 1, 3, 3], 1 / 7 - 2 / 18),
        ([0, 0, 1, 1], [3, 0, 4, 1], -9 / 17),
        ([0, 0, 4, 2], [0, 0, 2, 4], 1 / 3 - 2 / 32 - 0.1678258**2 / (2 / 3 + 0.1678258)),
    ],
    ids=["the same", "the same shape", "apart", "turned"],
)
def test_ciou_by_hand(xp, a, b, expected):
    assert compute(boxes.ciou, xp, [a], [b])[0] == pytest.approx(expected, abs=1e-6)


def gradient_of_ciou(a, b, **arguments):
    a = tf.Variable(a)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(boxes.ciou(a, tf.constant(b), keras.ops, **arguments))
    return tape.gradient(total, a).numpy()


def test_no_gradient_flows_through_the_trade_off():
    a = np.array([[10, 10, 50, 40], [0, 0, 20, 70]], np.float32)
    b = np.array([[20, 5, 44, 60], [5, 3, 35, 40]], np.float32)
    expected = np.zeros((2, 4))
    for i in range(2):
        x, y = a[i].astype(float), b[i].astype(float)
        alpha = twin.trade_off(x, y)
        for j, step in enumerate(np.eye(4) * 1e-5):
            expected[i, j] = (twin.ciou(x + step, y, alpha) - twin.ciou(x - step, y, alpha)) / 2e-5
    stopped = gradient_of_ciou(a, b, constant=keras.ops.stop_gradient)
    np.testing.assert_allclose(stopped, expected, rtol=1e-3, atol=1e-6)
    assert np.abs(gradient_of_ciou(a, b) - expected).max() > 1e-4


def test_ciou_and_its_gradient_are_finite_for_empty_and_far_boxes():
    a = np.array([[5, 5, 6, 6], [0, 0, 1e6, 1], [3, 3, 4, 9]], np.float32)
    b = np.array([[0, 0, 0, 0], [-1e6, 0, 0, 1e6], [3, 3, 3, 3]], np.float32)
    assert np.isfinite(boxes.ciou(a, b)).all()
    assert np.isfinite(gradient_of_ciou(a, b, constant=keras.ops.stop_gradient)).all()


def test_clip_cuts_to_the_height_and_the_width():
    found = boxes.clip(np.array([[-5, -6, 30, 40], [1, 2, 3, 4]], np.float32), height=10, width=20)
    np.testing.assert_array_equal(found, [[0, 0, 20, 10], [1, 2, 3, 4]])
    assert found.dtype == np.float32


def test_scale_stretches_x_and_y_by_their_own_factors():
    found = boxes.scale(np.array([[1, 2, 3, 4]], np.float32), 2, 10)
    np.testing.assert_array_equal(found, [[2, 20, 6, 40]])
    assert found.dtype == np.float32


@MODULES
def test_centres_and_sizes_become_corners(xp):
    found = compute(boxes.to_xyxy, xp, [[[10, 20]], [[0, 0]]], [[[4, 6]], [[1, 3]]])
    np.testing.assert_array_equal(found, [[[8, 17, 12, 23]], [[-0.5, -1.5, 0.5, 1.5]]])


def test_no_function_changes_its_arguments():
    a, b = random_boxes(4, 8), random_boxes(4, 9)
    before = a.copy(), b.copy()
    for function in (boxes.iou, boxes.iou_matrix, boxes.ciou):
        function(a, b)
    boxes.area(a), boxes.clip(a, 10, 10), boxes.scale(a, 2, 2), boxes.to_xyxy(a[:, :2], b[:, :2])
    np.testing.assert_array_equal((a, b), before)


@pytest.mark.parametrize("function", [boxes.iou_matrix, boxes.shape_iou])
def test_no_boxes_give_an_empty_matrix(function):
    width = 4 if function is boxes.iou_matrix else 2
    assert function(np.zeros((0, width), np.float32), np.ones((3, width), np.float32)).shape == (0, 3)
