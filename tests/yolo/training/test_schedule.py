"""The learning rate of each step, against numbers worked out by hand."""

import keras
import pytest

from yolo.training.schedule import WarmupCosine


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.05),  # the first of four steps of warm-up: a quarter of the peak
        (1, 0.10),
        (3, 0.20),  # its last step
        (4, 0.20),  # the cosine begins at its top
        (14, 0.101),  # half way: (1 + 0.01) / 2 of the peak
        (9, 0.99 * 0.2 * 0.8535534 + 0.002),  # a quarter of the way: (1 + cos 45 degrees) / 2
        (24, 0.002),  # the end: a hundredth
        (1000, 0.002),  # and it stays there
    ],
)
def test_the_rate_rises_in_a_line_and_falls_in_half_a_cosine(step, rate):
    assert float(WarmupCosine(0.2, 4, 24)(step)) == pytest.approx(rate, rel=1e-5)


def test_without_warm_up_it_begins_at_the_peak():
    assert float(WarmupCosine(0.2, 0, 10)(0)) == pytest.approx(0.2)


def test_it_never_rises_after_the_warm_up_nor_reaches_zero():
    schedule = WarmupCosine(0.002, 60, 660)
    rates = [float(schedule(step)) for step in range(59, 661)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(2e-5)


def test_it_survives_saving_with_an_optimizer():
    optimizer = keras.optimizers.SGD(WarmupCosine(0.2, 4, 24))
    config = optimizer.get_config()["learning_rate"]["config"]
    assert config == WarmupCosine(**config).get_config() == {"peak": 0.2, "warmup": 4, "total": 24, "final": 0.01}
