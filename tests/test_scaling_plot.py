"""The plot of how the cost grows shows each number over its size, and names and covers nothing else."""

import math

import numpy as np
import pytest

from benchmarks import scaling
from tests.yolo.figures import faults, painted_texts, unnamed

NAMES = ("pipeline", "loss and its gradient", "training step", "detection, float32")


def growing(sizes, base):
    """Made-up times, each name's apart from the others."""
    return {size: {name: base * (i + 1) * size**0.5 for i, name in enumerate(NAMES)} for size in sizes}


PANELS = {
    "input size in pixels, batch 8": growing((320, 416, 512, 608), 1),
    "pictures in a batch, 416 x 416": growing((1, 2, 4, 8, 16, 32), 10),
    "boxes a picture, batch 8": growing((1, 5, 20, 100, 500), 0.1),
    "annotations of 10 boxes": {
        size: {"first start": 20 / size, "later start": 15 / size} for size in (100, 1000, 10_000, 100_000)
    },
}
AWKWARD = {
    "as usual": PANELS,
    "one size": {title: dict([next(iter(rows.items()))]) for title, rows in PANELS.items()},
    "sizes up to a million": PANELS | {"annotations of 10 boxes": growing([10**power for power in range(2, 7)], 1)},
    "level": {title: {size: dict.fromkeys(NAMES, 3.0) for size in rows} for title, rows in PANELS.items()},
    "one unknown": PANELS | {"annotations of 10 boxes": {100: {"first": 1.0}, 1000: {"first": math.nan}}},
}


@pytest.mark.parametrize("panels", AWKWARD.values(), ids=AWKWARD)
def test_nothing_is_clipped_covered_or_without_a_name(panels):
    figure = scaling.plot_figure(panels)
    assert faults(figure) == []
    assert unnamed(figure) == []


def test_each_line_has_the_numbers_of_its_name_over_sizes_that_are_written_out():
    figure = scaling.plot_figure(PANELS)
    painted = set(painted_texts(figure))
    for axes, panel, (title, rows) in zip(figure.axes, figure.subfigs, PANELS.items(), strict=True):
        assert (axes.get_xlabel(), axes.get_ylabel()) == (title, "ms a picture")
        (legend,) = panel.legends
        names = {line.get_color(): text.get_text() for line, text in zip(legend.get_lines(), legend.texts, strict=True)}
        assert len(axes.lines) == len(names)
        for line in axes.lines:
            name = names[line.get_color()]
            np.testing.assert_array_equal(line.get_xdata(), list(rows))
            np.testing.assert_array_equal(line.get_ydata(), [taken[name] for taken in rows.values()])
        ticks = {text.get_text(): text.get_position()[0] for text in axes.get_xticklabels() if text in painted}
        assert ticks == {str(size): size for size in rows}


def test_the_plot_is_written_as_a_picture(tmp_path):
    scaling.plot(PANELS, tmp_path / "scaling.png")
    assert (tmp_path / "scaling.png").read_bytes().startswith(b"\x89PNG")
