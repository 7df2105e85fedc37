"""Nothing in the plots of a training or an evaluation is clipped, covered or without a name, whatever is drawn."""

import math

import numpy as np
import pytest

from tests.yolo.evaluation.scenes import scatter
from tests.yolo.figures import faults, painted_texts, unnamed
from yolo.evaluation import plots
from yolo.evaluation.score import score

LONG = "a class with a very long name that somebody typed into a file of names without ever thinking of plots"
FEW = {
    "three": ("cat", "_hidden", "$5"),
    "long names": ("W" * 60, LONG, f"{LONG} 2"),
    "Cyrillic and Greek": ("собака", "σκύλος", "Äpfel"),
    "two lines": ("a\nb", "c", "d"),
}


def scattered(names, pictures=40):
    return score(*scatter(np.random.default_rng(0), pictures, classes=len(names)), tuple(names))


@pytest.mark.parametrize("names", FEW.values(), ids=FEW)
def test_the_curves_of_a_few_classes(names):
    check(plots.precision_recall_figure(scattered(names)))


@pytest.mark.parametrize("pattern", ["class {}", LONG + " {}"])
@pytest.mark.parametrize("classes", [10, 11, 80])
def test_the_curves_of_many_classes(pattern, classes):
    check(plots.precision_recall_figure(scattered([pattern.format(i) for i in range(classes)], 200)))


def test_the_axes_are_named_recall_and_precision():
    axes = plots.precision_recall_figure(scattered(("cat", "dog", "hen"))).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("recall", "precision")


def test_the_two_ends_of_long_names_are_kept_so_that_they_are_told_apart():
    figure = plots.precision_recall_figure(scattered((f"{LONG} 1", f"{LONG} 2", "hen")))
    names = [text.get_text().split("  ")[1] for text in figure.legends[0].get_texts()]
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 30
    assert {name[:12] for name in names} == {"a class with", "hen"}
    assert {name[-2:] for name in names} == {" 1", " 2", "en"}


def row(epoch, ap50=0.5, ap=0.3, loss=1.0):
    losses = {"loss": 4 * loss / epoch, "box": 1 / epoch, "objectness": 2 / epoch, "class": 1.5 / epoch}
    return {"epoch": epoch, "val_ap50": ap50, "val_ap": ap} | losses


HISTORIES = {
    "one epoch": [row(1)],
    "two epochs": [row(1), row(2)],
    "two hundred epochs": [row(epoch) for epoch in range(1, 201)],
    "a resumed run": [row(epoch) for epoch in range(951, 1001)],
    "no AP": [row(epoch, math.nan, math.nan) for epoch in range(1, 8)],
    "no AP in one epoch": [row(epoch, *[math.nan if epoch == 3 else 0.4] * 2) for epoch in range(1, 8)],
    "AP of 0": [row(epoch, 0.0, 0.0) for epoch in range(1, 4)],
    "a huge loss": [row(epoch, loss=1e9) for epoch in range(1, 8)],
    "no validation": [{k: v for k, v in row(epoch).items() if k[:3] != "val"} for epoch in range(1, 8)],
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
@pytest.mark.parametrize("change", [1, -1])
def test_the_curves_of_a_training(history, change):
    changes = {history[change]["epoch"]: "1024 x 1024"} if len(history) > 1 else {}
    check(plots.training_figure(history, changes))


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_both_panels_show_every_epoch_and_whole_numbers_of_them(history):
    figure = plots.training_figure(history)
    painted = set(painted_texts(figure))
    for axes, name in zip(figure.axes, ("loss", "AP"), strict=True):
        low, high = axes.get_xlim()
        assert low < history[0]["epoch"] <= history[-1]["epoch"] < high
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", name)
        ticks = [text.get_text() for text in axes.get_xticklabels() if text in painted]
        assert ticks
        assert all(tick.isdecimal() for tick in ticks)


def check(figure):
    assert faults(figure) == []
    assert unnamed(figure) == []
