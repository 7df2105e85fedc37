"""The overlaps against numbers worked out on paper, and their gradients where others fall over."""

from math import exp

import numpy as np
import pytest

from benchmarks.recipe_trials.overlaps import OVERLAPS, overlap
from tests.backends import array, gradients_of_inputs
from tests.reference.boxes_numpy import ciou

# 4 x 2 and 6 x 4 pixels, which share 2 x 1 of 30, in a hull of 8 x 5; the centers (2, 1) and (5, 3) are 3 and 2 apart
A, B = (0.0, 0.0, 4.0, 2.0), (2.0, 1.0, 8.0, 5.0)
GAMMA = 2 - 2 * (2 * 3) / 13  # 2 - sin(2 alpha), where sin(alpha) = 2 / sqrt(13) and cos(alpha) = 3 / sqrt(13)
DISTANCE = 2 - exp(-GAMMA * 9 / 64) - exp(-GAMMA * 4 / 25)
SHAPE = (1 - exp(-2 / 6)) ** 4 + (1 - exp(-2 / 4)) ** 4
BY_HAND = {
    "giou": 1 / 15 - 10 / 40,
    "diou": 1 / 15 - 13 / 89,
    "ciou": ciou(A, B),
    "eiou": 1 / 15 - 13 / 89 - 4 / 64 - 4 / 25,
    "siou": 1 / 15 - (DISTANCE + SHAPE) / 2,
}


def value(a, b, kind, inner=1.0):
    return float(array(overlap(np.array([a], np.float32), np.array([b], np.float32), kind, inner))[0])


@pytest.mark.parametrize("kind", OVERLAPS)
def test_the_overlap_is_the_number_on_paper_in_both_orders(kind):
    assert value(A, B, kind) == pytest.approx(BY_HAND[kind], abs=1e-5)
    assert value(B, A, kind) == pytest.approx(BY_HAND[kind], abs=1e-5)


@pytest.mark.parametrize("kind", OVERLAPS)
def test_inner_boxes_replace_the_iou_alone(kind):
    # at 3/4, 3 x 1.5 and 4.5 x 3 pixels share 0.75 x 0.25 of 17.8125: an IoU of 1 / 95
    assert value(A, B, kind, 0.75) == pytest.approx(BY_HAND[kind] - 1 / 15 + 1 / 95, abs=1e-5)


@pytest.mark.parametrize("inner", [1.0, 0.75])
@pytest.mark.parametrize("kind", OVERLAPS)
def test_equal_boxes_have_1_and_all_gradients_are_numbers(kind, inner):
    assert value(A, A, kind, inner) == pytest.approx(1, abs=1e-4)
    boxes, objects = np.array([A, A, B], np.float32), np.array([A, B, (0, 0, 0, 0)], np.float32)  # the last is padding
    (gradient,) = gradients_of_inputs(lambda boxes: sum(overlap(boxes, objects, kind, inner)), [boxes])
    assert np.isfinite(gradient).all()
    assert gradient[1].any()
