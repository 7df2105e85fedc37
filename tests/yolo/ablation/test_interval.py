import math

import numpy as np
import pytest

from yolo.ablation.interval import ScoreDifference, score_difference


def test_with_one_seed_the_interval_is_of_the_pictures_alone_by_hand():
    # resampled differences 0.02 and 0.04: variance 0.0002, t with 3 degrees of freedom 3.182446
    block, none = np.array([[0.53, 0.52, 0.54]]), np.array([[0.50, 0.50, 0.50]])
    found = score_difference(block, none, pictures=4)
    margin = 3.182446 * math.sqrt(0.0002)
    assert found.value == pytest.approx(0.03)
    assert (found.low, found.high) == pytest.approx((0.03 - margin, 0.03 + margin), abs=1e-7)


def test_seeds_that_differ_widen_the_interval_as_a_paired_t_test_does():
    # without any variance over pictures: mean 0.02, deviation 0.01, t with 2 degrees of freedom 4.302653
    none = np.full((3, 5), 0.5)
    block = none + np.array([[0.01], [0.02], [0.03]])
    block[:, 1:] = 0.6
    found = score_difference(block, none, pictures=50)
    margin = 4.302653 * 0.01 / math.sqrt(3)
    assert (found.value, found.low, found.high) == pytest.approx((0.02, 0.02 - margin, 0.02 + margin), abs=1e-7)


def test_what_both_networks_share_is_no_uncertainty_of_their_difference():
    rng = np.random.default_rng(0)
    shared = rng.normal(0.5, 0.1, (3, 200))
    found = score_difference(shared + rng.normal(0.01, 1e-4, (3, 200)), shared, pictures=50)
    assert (found.low, found.high) == pytest.approx((0.01, 0.01), abs=1e-3)
    assert found.low < 0.01 < found.high


def test_a_resample_without_objects_is_left_out():
    block, none = np.array([[0.53, 0.52, math.nan, 0.54]]), np.full((1, 4), 0.5)
    assert score_difference(block, none, 4) == score_difference(block[:, [0, 1, 3]], none[:, :3], 4)


def test_pictures_that_all_say_the_same_are_no_proof():
    block = np.full((3, 21), 0.6)
    found = score_difference(block, block - 0.1, 4)
    assert found.value == pytest.approx(0.1)
    assert found.verdict(4, 3).startswith("no detectable difference")


@pytest.mark.parametrize(("pictures_scatter", "seeds_scatter"), [(0.1, 0.0), (0.1, 0.012), (0.02, 0.03)])
def test_of_a_hundred_blocks_that_change_nothing_about_five_are_called_better_or_worse(pictures_scatter, seeds_scatter):
    rng = np.random.default_rng(0)
    pictures, seeds, cases, wrong = 72, 3, 400, 0
    for _ in range(cases):
        of_pictures, of_seeds = rng.normal(0, pictures_scatter, pictures), rng.normal(0, seeds_scatter, (seeds, 1))
        each = of_pictures + of_seeds + rng.normal(0, 0.05, (seeds, pictures))
        weights = rng.multinomial(pictures, np.full(pictures, 1 / pictures), 200) / pictures
        block = np.column_stack([each.mean(axis=1), each @ weights.T])
        wrong += not score_difference(block, np.zeros_like(block), pictures).verdict(pictures, seeds).startswith("no")
    assert wrong / cases < 0.09


@pytest.mark.parametrize(
    ("low", "high", "seeds", "verdict"),
    [
        (0.001, 0.02, 3, "better"),
        (-0.02, -0.001, 3, "worse"),
        (-0.01, 0.02, 3, "no detectable difference at this test size (72 pictures)"),
        (math.nan, math.nan, 3, "no detectable difference at this test size (72 pictures)"),
        (0.0, 0.0, 3, "no detectable difference at this test size (72 pictures)"),
        (0.001, 0.02, 1, "better, by this one training of each"),
        (-0.02, -0.001, 1, "worse, by this one training of each"),
    ],
)
def test_a_verdict_says_no_more_than_the_interval(low, high, seeds, verdict):
    assert ScoreDifference((low + high) / 2, low, high).verdict(72, seeds) == verdict
