"""The plot of reliability can be read, and its marks lie where the numbers are."""

import numpy as np
import pytest

from tests.yolo.evaluation.test_temperature_fit import synthetic
from tests.yolo.figures import faults, painted_texts, unnamed
from yolo.evaluation.reliability import Reliability
from yolo.evaluation.reliability_plot import reliability_figure, reliability_plot
from yolo.evaluation.temperature_fit import JudgedScores

NOTHING = JudgedScores(np.empty(0, np.float32), np.empty(0, bool), np.empty(0, int))
ONE = JudgedScores(np.float32([1.0]), np.array([True]), np.array([0]))


@pytest.mark.parametrize("temperature", [1, 0.5, 2.37])
@pytest.mark.parametrize("judged", [NOTHING, ONE, synthetic(2, 200), synthetic(2, 200_000)])
def test_nothing_is_clipped_covered_or_without_a_name(judged, temperature):
    figure = reliability_figure(judged, temperature)
    assert (faults(figure), unnamed(figure)) == ([], [])


def test_the_curves_before_and_after_and_the_counts_are_those_of_the_bins():
    judged = synthetic(2, 500)
    figure = reliability_figure(judged, 2.0)
    shares, numbers = figure.axes
    _, before, after = shares.lines
    for line, temperature, bars in zip((before, after), (1, 2), numbers.containers, strict=False):
        expected = Reliability.of(judged, temperature)
        np.testing.assert_allclose(line.get_xdata(), expected.score)
        np.testing.assert_allclose(line.get_ydata(), expected.right)
        assert [bar.get_height() for bar in bars] == expected.count.tolist()
    texts = {text.get_text() for text in painted_texts(figure)}
    assert {str(count) for count in Reliability.of(judged, 2).count} <= texts
    assert any(text.startswith("scaled by the temperature 2.00, off by 0.0") for text in texts)


def test_without_a_temperature_there_is_one_curve_and_without_detections_a_reason(tmp_path):
    assert len(reliability_figure(synthetic(1, 500), 1).axes[0].lines) == 2  # with the diagonal
    assert "nothing was found" in " ".join(text.get_text() for text in painted_texts(reliability_figure(NOTHING, 1)))
    reliability_plot(ONE, 1, tmp_path / "neu" / "é.png")
    assert (tmp_path / "neu" / "é.png").stat().st_size > 0
