"""Scaled scores keep their order, and a temperature of 1 changes not a single bit."""

import numpy as np
import pytest

from yolo.temperature import scaled


def test_the_logit_is_divided():
    scores = np.array([0.1, 0.5, 0.8])
    logits = np.log(scores / (1 - scores))
    np.testing.assert_allclose(scaled(scores, 2.5), 1 / (1 + np.exp(-logits / 2.5)))


def test_a_temperature_of_one_is_exact_for_every_score():
    rng = np.random.default_rng(0)
    scores = np.concatenate(
        [rng.random(100_000), 10 ** rng.uniform(-12, 0, 100_000), 1 - 10 ** rng.uniform(-7, 0, 1000)]
    )
    scores = np.append(scores, [0, 1]).astype(np.float32)
    assert (scaled(scores, 1.0).astype(np.float32) == scores).all()
    assert (scaled(scores.astype(np.float64), 1.0) == scores).all()


@pytest.mark.parametrize("temperature", [0.25, 0.5, 1.7, 4])
def test_the_ends_stay_the_order_stays_and_the_inverse_leads_back(temperature):
    scores = np.linspace(0, 1, 10_001)
    changed = scaled(scores, temperature)
    assert (changed[0], changed[5000], changed[-1]) == (0, 0.5, 1)
    assert (np.diff(changed) >= 0).all()
    np.testing.assert_allclose(scaled(changed, 1 / temperature)[100:-100], scores[100:-100], rtol=1e-6)
