"""The picture of an explanation shows the numbers it was given, names them, and covers and clips nothing."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb

import attention
from tests.yolo.figures import faults, painted_texts, unnamed
from yolo.explain.sheet import sheet, sheet_figure
from yolo.letterbox import place
from yolo.structures import Detections

CHANNEL = np.array([0.01, 0.2, 0.5, 0.97, 0.99, 0.4], np.float32).reshape(1, 1, 1, 6)  # one low, two high
SPATIAL = np.linspace(0.2, 0.8, 16, dtype=np.float32).reshape(1, 4, 4, 1)
LONG = type("CoordinateAttentionWithAVeryLongNameThatSomebodyWrote", (attention.SE,), {})


def explanation(gates, shape=(120, 200), block=attention.SE, number=1, name="dog"):
    """An Explanation of one object in a black picture, without a network."""
    height, width = shape
    box = np.float32([[0.1 * width, 0.5 * height, 0.6 * width, 0.9 * height]])
    found = Detections(box, np.float32([0.75]), np.zeros(1, np.int32), (name,))
    layer = block()
    return SimpleNamespace(
        frame=SimpleNamespace(image=np.zeros((*shape, 3), np.uint8)),
        explainer=SimpleNamespace(
            detector=SimpleNamespace(score_thresholds=(0.25,)),
            gates=SimpleNamespace(blocks=dict.fromkeys(gates, layer)),
            activation=SimpleNamespace(layer="c4_e_act"),
            method="layercam",
            index=number - 1,
        ),
        detections=found,
        explained=found[number - 1 : number],
        activation=np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1)),
        gates=gates,
        placement=place(height, width, (64, 64), "stretch"),
    )


GATES = {
    "none": {},
    "channels": {"p4": {"channel": CHANNEL}},
    "cells": {"p4": {"spatial": SPATIAL}},
    "both": {"p4": {"channel": CHANNEL, "spatial": SPATIAL}, "p5": {"channel": CHANNEL}},
    "ratios": {"up": {"channel ratio": 3 * CHANNEL, "spatial ratio": 1000 * SPATIAL}},
    "alike": {"p4": {"channel": np.full((1, 1, 1, 512), 0.5, np.float32), "spatial": np.full_like(SPATIAL, 0.5)}},
    "zero": {"p4": {"channel": np.zeros((1, 1, 1, 3), np.float32)}},
    "mixed": {"p4": {"rows": CHANNEL * np.ones((1, 4, 1, 1)), "columns": CHANNEL * np.ones((1, 1, 4, 1))}},
}


@pytest.mark.parametrize("gates", GATES.values(), ids=GATES)
@pytest.mark.parametrize(("shape", "block"), [((120, 200), attention.SE), ((400, 60), LONG), ((60, 500), LONG)])
def test_nothing_is_clipped_covered_or_without_a_name(gates, shape, block):
    figure = sheet_figure(explanation(gates, shape, block))
    assert faults(figure) == []
    assert unnamed(figure) == []


def panel(figure, title):
    """The one panel whose title, in one line, begins like this."""
    (axes,) = [axes for axes in figure.axes if axes.get_title().replace("\n", " ").startswith(title)]
    return axes


def test_each_bar_is_as_high_as_the_gate_of_its_channel_and_coloured_by_where_it_lies():
    axes = panel(sheet_figure(explanation(GATES["both"])), "p4: SE, channel gate")
    bars = {round(bar.get_x() + bar.get_width() / 2): bar for bar in axes.patches}
    assert sorted(bars) == list(range(6))
    np.testing.assert_allclose([bars[i].get_height() for i in range(6)], CHANNEL.ravel())
    colors = [bars[i].get_facecolor()[:3] for i in range(6)]
    assert colors == [to_rgb(f"tab:{name}") for name in ("red", "blue", "blue", "orange", "orange", "blue")]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("channel", "gate")
    assert axes.get_ylim()[1] >= 0.99


def test_the_key_counts_the_bars_of_each_colour_and_says_their_mean():
    figure = sheet_figure(explanation(GATES["channels"]))
    (legend,) = figure.subfigs[1].legends
    handles = dict(zip((text.get_text() for text in legend.get_texts()), legend.legend_handles, strict=True))
    assert sorted(handles) == ["between: 3", f"mean {3.07 / 6:.3f}", "near the lower end: 1", "near the upper end: 2"]
    for name, color in (("near the lower end: 1", "red"), ("between: 3", "blue"), ("near the upper end: 2", "orange")):
        assert handles[name].get_facecolor()[:3] == to_rgb(f"tab:{color}")
    (line,) = panel(figure, "p4").lines
    np.testing.assert_allclose(line.get_ydata(), 3.07 / 6, rtol=1e-6)


@pytest.mark.parametrize(("kind", "name"), [("spatial", "gate"), ("spatial ratio", "ratio")])
def test_the_colour_bar_says_what_the_colours_of_the_map_stand_for(kind, name):
    gates = {"spatial": SPATIAL} if kind == "spatial" else {kind: SPATIAL, "channel ratio": CHANNEL}
    figure = sheet_figure(explanation({"p4": gates}))
    axes = figure.subfigs[1].axes[0]
    (bar,) = [axes for axes in figure.subfigs[1].axes if axes.get_label() == "<colorbar>"]
    assert bar.get_ylabel() == name
    painted_texts(figure)
    low, high = bar.get_ylim()
    assert (low, high) == pytest.approx((0.2, 0.8))
    left, bottom, right, top = bar.get_window_extent().extents.round().astype(int)
    painted = np.asarray(figure.canvas.buffer_rgba())[::-1, (left + right) // 2, :3]  # from below
    for level in (0.1, 0.5, 0.9):
        color = painted[round(bottom + level * (top - bottom))]
        np.testing.assert_allclose(color, 255 * np.array(colormaps["turbo"](level)[:3]), atol=12)
    shown = np.asarray(axes.images[0].get_array())
    for (row, column), value in (((0, 0), 0.2), ((-1, -1), 0.8), ((-1, 0), SPATIAL[0, 3, 0, 0])):
        color = np.array(colormaps["turbo"]((value - low) / (high - low))[:3])
        np.testing.assert_allclose(shown[row, column], 255 * color / 2, atol=4)  # half of it over the black picture


def test_the_picture_of_all_objects_and_the_reason_for_one_are_titled_by_number():
    figure = sheet_figure(explanation({}))
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == [
        "1 found with a score of 0.25 or more",
        "layercam at c4_e_act: what speaks for detection 1",
    ]
    (bar,) = [axes for axes in figure.axes if axes.get_label() == "<colorbar>"]
    assert (bar.get_ylabel(), bar.get_ylim()) == ("share of the strongest", (0, 1))
    reason = np.asarray(panel(figure, "layercam").images[0].get_array())
    for column, value in ((0, 0), (-1, 1)):
        np.testing.assert_allclose(reason[-1, column], 127.5 * np.array(colormaps["turbo"](value * 1.0)[:3]), atol=4)


def test_where_there_is_no_such_detection_the_title_says_so():
    figure = sheet_figure(explanation({}, number=3))
    assert "there is no detection 3 to explain" in [text.get_text() for text in painted_texts(figure)]


def test_a_block_with_one_gate_for_all_channels_has_no_bars_but_a_sentence():
    figure = sheet_figure(explanation(GATES["cells"]))
    assert "one gate for all channels" in [text.get_text() for text in painted_texts(figure)]
    assert not any(axes.patches for axes in figure.axes if axes.get_label() != "<colorbar>")


def test_the_sheet_is_the_figure_as_an_image():
    image = sheet(explanation(GATES["both"]))
    width, height = sheet_figure(explanation(GATES["both"])).bbox.size
    assert image.shape == (int(height), int(width), 3)
    assert image.dtype == np.uint8
    assert np.ptp(image.astype(int), axis=2).max() > 150
