"""A known factor is found again, and nothing is changed that does not help on other pictures."""

import math

import numpy as np
import pytest

from tests.yolo.evaluation.scenes import found, known
from yolo.evaluation.reliability import Reliability
from yolo.evaluation.temperature_fit import JudgedScores, fit_temperature

A, B, C = (0, 0, 20, 40), (100, 0, 140, 20), (50, 50, 60, 60)


def synthetic(factor, number=20_000, pictures=200, seed=0):
    """Detections that are right as often as p says, whose scores have `factor` times the logit of p."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(0, 1.2, number)
    scores = (1 / (1 + np.exp(-factor * logit))).astype(np.float32)
    right = rng.random(number) < 1 / (1 + np.exp(-logit))
    kept = scores >= 0.05
    return JudgedScores(scores[kept], right[kept], np.sort(rng.integers(0, pictures, number))[kept])


@pytest.mark.parametrize("factor", [0.5, 2.0, 3.0])
def test_scores_made_too_sure_or_unsure_by_a_factor_get_it_back(factor):
    fit = fit_temperature(synthetic(factor))
    assert fit.temperature == pytest.approx(factor, rel=0.05)
    assert fit.error_after < fit.error_before


def test_the_error_is_the_mean_negative_logarithm():
    answers = JudgedScores(np.float32([0.8, 0.5]), np.array([True, False]), np.array([0, 1]))
    assert answers.error(1) == pytest.approx(-math.log(0.8) - math.log(0.5))
    assert answers.error(2) == pytest.approx(-math.log(2 / 3) - math.log(0.5))  # odds of 4 to 1 become 2 to 1


def test_scores_that_are_right_already_are_left_alone_or_nearly_so():
    temperatures = [fit_temperature(synthetic(1, 300, 30, seed)).temperature for seed in range(10)]
    assert 1.0 in temperatures  # where the fit would be worse on other pictures
    assert fit_temperature(synthetic(1)).temperature == pytest.approx(1, abs=0.05)


def test_what_helps_in_one_half_and_harms_in_the_other_is_not_applied():
    sure, unsure = synthetic(2, 400, 10), synthetic(0.5, 400, 10, seed=1)
    both = JudgedScores(
        *(np.concatenate(pair) for pair in zip(vars(sure).values(), vars(unsure).values(), strict=True))
    )
    fit = fit_temperature(
        JudgedScores(both.scores, both.right, np.repeat([0, 1], [len(sure.scores), len(unsure.scores)]))
    )
    assert fit.temperature == 1
    assert fit.error_after > fit.error_before


@pytest.mark.parametrize("right", [0, 9, 391, 400])
def test_hardly_any_right_or_wrong_detections_change_nothing(right):
    scores = np.linspace(0.1, 0.4, 400, dtype=np.float32) if right < 200 else np.linspace(0.6, 0.9, 400)
    fit = fit_temperature(JudgedScores(scores, np.arange(400) * right % 400 < right, np.arange(400)))
    assert fit.temperature == 1
    assert math.isnan(fit.error_before)


@pytest.mark.parametrize("factor", [0.1, 8.0])
def test_a_best_temperature_beyond_the_limits_is_not_applied(factor):
    fit = fit_temperature(synthetic(factor))
    assert fit.temperature == 1
    assert fit.error_after < fit.error_before


@pytest.mark.parametrize("number", [0, 1, 5])
def test_fewer_than_two_pictures_cannot_be_checked_and_change_nothing(number):
    answers = JudgedScores(np.full(number, 0.9, np.float32), np.ones(number, bool), np.zeros(number, int))
    fit = fit_temperature(answers)
    assert fit.temperature == 1
    assert math.isnan(fit.error_before)


def test_scores_of_zero_and_one_have_a_finite_error():
    answers = JudgedScores(np.float32([1, 1, 0.3]), np.array([True, False, False]), np.arange(3))
    assert math.isfinite(answers.error(1))
    assert 0.25 <= fit_temperature(answers).temperature <= 4


def test_answers_are_judged_at_half_overlap_without_difficult_objects_and_low_scores():
    detections = [found((0, 0.9, A), (1, 0.8, A), (0, 0.7, B), (0, 0.04, C)), found(), found((2, 0.5, C))]
    answers = JudgedScores.of(detections, [known((0, A), (0, B, True), (0, C)), known((0, A)), known((2, C))])
    np.testing.assert_allclose(answers.scores, [0.9, 0.8, 0.5])
    assert answers.right.tolist() == [True, False, True]
    assert answers.picture.tolist() == [0, 0, 2]


def test_no_pictures_give_no_answers():
    assert len(JudgedScores.of([], []).scores) == 0


def test_the_reliability_by_hand():
    answers = JudgedScores(np.float32([0.12, 0.18, 0.5, 1.0]), np.array([True, False, True, True]), np.arange(4))
    reliability = Reliability.of(answers, 1)
    np.testing.assert_allclose(reliability.score, [0.15, 0.5, 1.0], rtol=1e-6)
    assert reliability.right.tolist() == [0.5, 1, 1]
    assert reliability.count.tolist() == [2, 1, 1]
    assert reliability.error() == pytest.approx((2 * 0.35 + 0.5 + 0) / 4)
    assert math.isnan(Reliability.of(answers.only(answers.scores > 2), 1).error())


def test_the_fitted_temperature_makes_scores_reliable():
    answers = synthetic(2.5)
    before, after = (Reliability.of(answers, t).error() for t in (1, fit_temperature(answers).temperature))
    assert after < 0.02 < 0.1 < before
