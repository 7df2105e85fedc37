"""The table and the plot of the comparison, from rows made up for it."""

import numpy as np
import pytest

from benchmarks.ap_per_minute.plot import plot_figure
from benchmarks.ap_per_minute.results import results
from benchmarks.ap_per_minute.table import page
from tests.yolo.figures import faults, unnamed


def row(ap, data="cells", detector="ours", start="random", minutes=2, seed=0, seconds=110.0):
    scores = {"AP": ap, "AP50": ap + 0.3, "AP75": ap - 0.1, "AP_interval": [ap - 0.05, ap + 0.07]}
    times = {"seconds": seconds, "processor": seconds - 1, "command_seconds": seconds + 20}
    times |= {"command_processor": seconds + 15, "epochs": 4}
    what = {"data": data, "detector": detector, "start": start, "minutes": minutes, "seed": seed}
    return what | scores | times | {"machine": "EPYC, 2 cores", "trained": 292, "scored": 72}


ROWS = [
    row(0.30, minutes=5, seconds=290.0),
    *(row(ap, seed=seed) for seed, ap in enumerate((0.2, 0.3, 0.4))),
    row(0.15, detector="YOLO11n"),
    row(0.25, start="voc"),
    row(0.50, data="fruit"),
]


def test_a_result_is_the_mean_over_the_seeds_with_their_deviation_and_interval():
    found = results(ROWS)
    order = [(each.data, each.detector, each.start, each.minutes) for each in found]
    cells = [("ours", "random", 2), ("ours", "random", 5), ("ours", "voc", 2), ("YOLO11n", "random", 2)]
    assert order == [*(("cells", *each) for each in cells), ("fruit", "ours", "random", 2)]
    mean, single, *_ = found
    assert (mean.seeds, mean.ap, mean.deviation) == pytest.approx((3, 0.3, 0.1))
    assert mean.interval == pytest.approx((0.25, 0.37))
    assert mean.means["AP50"] == pytest.approx(0.6)
    assert (single.seeds, single.deviation) == (1, None)


def test_the_page_has_a_line_for_each_result_and_the_conditions():
    text = page(ROWS)
    line = (
        "| cells | ours | random | 2 | 3 | 4 | 0.600 | 0.300 ± 0.100 [0.250, 0.370] | 0.200 | 110 | 109 | 130 | 125 |"
    )
    assert line in text.splitlines()
    assert "0.300 [0.250, 0.370]" in text
    assert "one core of EPYC, 2 cores" in text
    assert "cells 292 and 72; fruit 292 and 72." in text
    assert "(ap_per_minute.png)" in text


BESIDE = row(0.0) | {"AP_interval": [0.001, 0.002]}  # as a bootstrap may give it


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], [BESIDE], [row(0.3, detector=f"detector {i}") for i in range(7)]])
def test_nothing_in_the_plot_is_clipped_covered_or_without_a_name(rows):
    figure = plot_figure(results(rows))
    assert faults(figure) == []
    assert unnamed(figure) == []


def test_each_line_of_the_plot_has_its_ap_and_interval_at_its_minutes_and_its_own_look():
    figure = plot_figure(results(ROWS))
    cells, fruit = figure.axes
    assert (cells.get_title(), fruit.get_title()) == ("cells", "fruit")
    lines = {container.get_label(): container for container in cells.containers}
    assert list(lines) == ["ours, random", "ours, voc", "YOLO11n, random"]
    data, _, (bars,) = lines["ours, random"]
    np.testing.assert_allclose(np.asarray(data.get_ydata(), float), [0.3, 0.3])
    np.testing.assert_allclose(np.asarray(data.get_xdata(), float), [2, 5], rtol=0.04)
    np.testing.assert_allclose([bar[:, 1] for bar in bars.get_segments()], [[0.25, 0.37], [0.25, 0.37]])
    assert len({(line[0].get_color(), line[0].get_marker()) for line in lines.values()}) == 3
    (same,) = [container for container in fruit.containers if container.get_label() == "ours, random"]
    assert same[0].get_color() == data.get_color()
