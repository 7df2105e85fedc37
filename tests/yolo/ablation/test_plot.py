"""The picture of an ablation says what its marks are, and they lie where the numbers are."""

import math

import numpy as np
import pytest
from matplotlib.container import ErrorbarContainer

from tests.yolo.figures import faults, painted_texts, unnamed
from yolo.ablation import plot as module
from yolo.ablation.interval import ScoreDifference
from yolo.ablation.table import BlockResult

NONE = ("none", [0.5, 0.6], [0.2, 0.3])


def row(name, ap50, ap, ap50_change=None, ap_change=None):
    scores = (np.array(ap50), np.array(ap), (0.4, 0.8), (0.1, 0.4))
    return BlockResult(name, *scores, ap50_change, ap_change or ap50_change, "", 1, 1.0, 1.0, 1.0)


def test_each_kind_of_mark_is_in_the_key_once():
    change = ScoreDifference(value=0.01, low=-0.02, high=0.04)
    rows = [row(*NONE)] + [row(name, [0.5, 0.7], [0.3, 0.3], change) for name in ("se", "$5")]
    (legend,) = module.plot_figure(rows).legends
    assert sorted(text.get_text() for text in legend.get_texts()) == [
        *("each seed", "mean of the seeds, 95 % interval", "no attention")
    ]


def marks(axes, level):
    """What is painted within half a row of a level: mean, ends of the interval, rings."""
    near = [line for line in axes.lines if abs(np.mean(line.get_ydata()) - level) < 0.5 and line.get_marker() == "o"]
    rings = [line for line in near if line.get_label() == "each seed"]
    bars = [each for each in axes.containers if isinstance(each, ErrorbarContainer)]
    (bar,) = [each for each in bars if each.lines[0].get_ydata()[0] == level]
    (segment,) = bar.lines[2][0].get_segments()
    return bar.lines[0].get_xdata()[0], segment[:, 0], np.concatenate([line.get_xdata() for line in rings])


def test_marks_lie_at_the_numbers_beside_the_name_of_their_block():
    rows = [
        row(*NONE),
        row("se", [0.55, 0.7], [0.1, 0.15], ScoreDifference(0.075, -0.1, 0.2), ScoreDifference(-0.125, -0.3, -0.02)),
        row("cbam", [0.8, 0.9], [0.4, 0.2], ScoreDifference(0.3, 0.25, 0.35), ScoreDifference(0.05, 0.0, 0.4)),
    ]
    want = {
        ("AP50", "se"): (0.075, (-0.1, 0.2), (0.05, 0.1)),
        ("AP50", "cbam"): (0.3, (0.25, 0.35), (0.3, 0.3)),
        ("AP", "se"): (-0.125, (-0.3, -0.02), (-0.1, -0.15)),
        ("AP", "cbam"): (0.05, (0.0, 0.4), (0.2, -0.1)),
    }
    figure = module.plot_figure(rows)
    painted_texts(figure)
    for axes, title in zip(figure.axes, ("AP50", "AP"), strict=True):
        assert axes.get_xlabel() == f"change of {title}"
        low, high = axes.get_xlim()
        for label in figure.axes[0].get_yticklabels():
            mean, interval, rings = marks(axes, label.get_position()[1])
            expected = want[title, label.get_text()]
            assert mean == pytest.approx(expected[0])
            np.testing.assert_allclose(interval, expected[1], atol=1e-12)
            np.testing.assert_allclose(rings, expected[2], atol=1e-12)
            assert all(low < value < high for value in (mean, *interval, *rings))
    assert figure.get_suptitle() == "against no attention, AP50 0.550, AP 0.250"


def test_the_first_block_is_at_the_top_and_zero_is_marked():
    changes = [ScoreDifference(0.01, -0.02, 0.04)] * 2
    figure = module.plot_figure([row(*NONE), *(row(name, [0.5, 0.7], [0.3, 0.3], *changes) for name in ("se", "eca"))])
    painted_texts(figure)
    heights = {text.get_text(): text.get_window_extent().y0 for text in figure.axes[0].get_yticklabels()}
    assert heights["se"] > heights["eca"]
    assert all([0, 0] in [list(line.get_xdata()) for line in axes.lines] for axes in figure.axes)


LONG = "my.blocks:CoordinateAttentionWithALongName(ratio=16, kernel=7, identity_start=True)@c3+c4+c5+p4+p5+up"
CHANGE = ScoreDifference(0.01, -0.02, 0.04)
AWKWARD = {
    "one block": [("se", CHANGE)],
    "thirty blocks": [(f"block {number}", CHANGE) for number in range(30)],
    "long names": [("se", CHANGE), (LONG, CHANGE), (f"{LONG}2", CHANGE)],
    "one long word": [("W" * 90, CHANGE), ("$5 $", CHANGE)],
    "an unknown interval": [("se", ScoreDifference(0.1, math.nan, math.nan)), ("eca", CHANGE)],
    "no change at all": [("se", ScoreDifference(0.0, 0.0, 0.0))],
    "tiny changes": [("se", ScoreDifference(1e-6, -1e-6, 2e-6))],
}


@pytest.mark.parametrize("blocks", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("seeds", [1, 3])
def test_nothing_is_clipped_covered_or_without_a_name(blocks, seeds):
    none = row("none", [0.5] * seeds, [0.2] * seeds)
    rows = [row(name, [0.5 + change.value] * seeds, [0.2 + change.value] * seeds, change) for name, change in blocks]
    figure = module.plot_figure([none, *rows])
    assert faults(figure) == []
    assert unnamed(figure) == []
    assert figure.axes[0].get_ylabel() == "attention"
    names = ["".join(text.get_text().split()) for text in figure.axes[0].get_yticklabels()]
    assert names == ["".join(name.split()) for name, _ in blocks]
