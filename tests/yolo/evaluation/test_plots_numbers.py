"""The curves of a training and an evaluation are those of the numbers, and each has its own name."""

import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from tests.yolo.evaluation.scenes import found, known
from yolo.evaluation import plots
from yolo.evaluation.score import score

A, B, ELSEWHERE = (0, 0, 10, 10), (20, 0, 30, 10), (50, 50, 60, 60)


def two_classes():
    """Of two cats one is found, then a mistake, then the other; of four dogs one is found after a mistake."""
    rows = [(0, 0.9, A), (0, 0.8, ELSEWHERE), (0, 0.7, B), (1, 0.6, ELSEWHERE), (1, 0.5, A)]
    others = [(1, (left, 80, left + 10, 90)) for left in (0, 20, 40)]
    return score([found(*rows)], [known((0, A), (0, B), (1, A), *others)], ("cat", "dog"))


def named_colors(legend):
    """The colour of each line of a legend by its text."""
    return {text.get_text(): line.get_color() for text, line in zip(legend.texts, legend.get_lines(), strict=True)}


def height(figure, axes, x, color):
    """How high the pixels of a colour lie at a place of the horizontal axis, in units of the vertical one.

    A curve at 0 is hidden by the axis.
    """
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3]
    column = round(axes.transData.transform((x, 0))[0])
    rows = np.nonzero(np.abs(picture[:, column] / 255 - to_rgb(color)).max(axis=1) < 0.02)[0]
    if not len(rows):
        return 0.0
    return axes.transData.inverted().transform((column, len(picture) - 0.5 - rows.mean()))[1]


def test_each_curve_rises_as_high_as_the_precision_worked_out_by_hand():
    figure = plots.precision_recall_figure(two_classes())
    colors = named_colors(figure.legends[0])
    assert list(colors) == ["0.833  cat", "0.125  dog"]  # 1/2 * 1 + 1/2 * 2/3, and 1/4 * 1/2
    for name, recall, precision in (
        *(
            ("0.833  cat", 0.2, 1.0),
            ("0.833  cat", 0.45, 1.0),
            ("0.833  cat", 0.55, 2 / 3),
            ("0.833  cat", 0.95, 2 / 3),
        ),
        *(("0.125  dog", 0.1, 0.5), ("0.125  dog", 0.2, 0.5), ("0.125  dog", 0.6, 0.0)),
    ):
        assert height(figure, figure.axes[0], recall, colors[name]) == pytest.approx(precision, abs=0.01)


def test_the_title_says_the_means_and_the_number_of_pictures():
    report = two_classes()
    title = plots.precision_recall_figure(report).axes[0].get_title()
    assert f"AP50 {(5 / 6 + 1 / 8) / 2:.3f} (VOC, IoU 0.5)" in title
    assert f"AP {report.coco['AP']:.3f} (COCO, IoU 0.5 to 0.95),\n1 picture" in title


def test_a_class_without_objects_has_no_curve():
    report = score([found((0, 0.9, A))], [known((0, A))], ("cat", "dog"))
    figure = plots.precision_recall_figure(report)
    assert list(named_colors(figure.legends[0])) == ["1.000  cat"]
    assert len(figure.axes[0].lines) == 1


HISTORY = [
    {"epoch": 1, "loss": 9.0, "box": 4.0, "objectness": 3.0, "class": 2.0, "val_ap50": 0.2, "val_ap": 0.1},
    {"epoch": 2, "loss": 6.0, "box": 1.0, "objectness": 2.0, "class": 3.0, "val_ap50": math.nan, "val_ap": math.nan},
    {"epoch": 3, "loss": 4.5, "box": 2.0, "objectness": 1.0, "class": 1.5, "val_ap50": 0.6, "val_ap": 0.3},
]
COLUMNS = {name: name for name in ("loss", "box", "objectness", "class")}
COLUMNS |= {"AP50 (VOC, IoU 0.5)": "val_ap50", "AP (COCO, IoU 0.5 to 0.95)": "val_ap"}


def test_each_curve_of_a_training_has_the_numbers_of_its_name():
    figure = plots.training_figure(HISTORY)
    seen = {}
    for panel, axes in zip(figure.subfigs, figure.axes, strict=True):
        lines = {line.get_color(): line for line in axes.lines}
        seen |= {name: lines[color] for name, color in named_colors(panel.legends[0]).items()}
    assert list(seen) == list(COLUMNS)
    for name, line in seen.items():
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(line.get_ydata(), [row[COLUMNS[name]] for row in HISTORY])


@pytest.mark.parametrize(("panel", "name", "values"), [(0, "loss", (9.0, 4.5)), (1, "AP50 (VOC, IoU 0.5)", (0.2, 0.6))])
def test_what_is_painted_lies_where_the_axis_says(panel, name, values):
    figure = plots.training_figure([HISTORY[0], HISTORY[2]])
    color = named_colors(figure.subfigs[panel].legends[0])[name]
    axes = figure.axes[panel]
    for epoch in (1.5, 2.5):
        want = values[0] + (values[1] - values[0]) * (epoch - 1) / 2
        assert height(figure, axes, epoch, color) == pytest.approx(want, abs=0.01 * axes.get_ylim()[1])


def test_all_numbers_are_within_the_axes_and_these_begin_at_0():
    for axes in plots.training_figure(HISTORY).axes:
        low, high = axes.get_ylim()
        assert low == 0
        assert all(np.nanmax(line.get_ydata()) <= high for line in axes.lines)
