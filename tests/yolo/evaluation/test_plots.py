import cv2
import numpy as np
import pytest

from tests.yolo.evaluation.scenes import found, known, scatter
from yolo.evaluation import plots
from yolo.evaluation.evaluate import score


def drawn_colours(path):
    """How many pixels of a PNG are neither grey nor nearly so."""
    image = cv2.imread(str(path)).astype(int)
    return int((np.ptp(image, axis=2) > 60).sum())


def test_curves_are_drawn_into_a_folder_that_is_made(tmp_path):
    report = score(*scatter(np.random.default_rng(0), 25), ("cat", "_hidden", "$5"))
    path = tmp_path / "run" / "eval" / "precision_recall.png"
    plots.precision_recall(report, path)
    assert drawn_colours(path) > 1000


@pytest.mark.filterwarnings("error")
def test_without_objects_the_axes_are_empty(tmp_path):
    plots.precision_recall(score([found()], [known()], ("cat",)), tmp_path / "empty.png")
    assert drawn_colours(tmp_path / "empty.png") == 0


def test_of_many_classes_only_the_best_and_the_worst_are_named(tmp_path, monkeypatch):
    names = tuple(f"class {i}" for i in range(40))
    report = score(*scatter(np.random.default_rng(0), 200, classes=40), names)
    figures = []
    monkeypatch.setattr(plots.Figure, "savefig", lambda figure, path: figures.append(figure))
    plots.precision_recall(report, tmp_path / "many.png")
    assert len(figures[0].axes[0].lines) == 40
    named = [text.get_text().split("  ")[1] for text in figures[0].legends[0].get_texts()]
    ranked = sorted(report.per_class, key=lambda row: -row["ap50"])
    assert named == [row["name"] for row in ranked[:5] + ranked[-5:]]


def test_a_single_epoch_is_a_point_over_its_number(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(plots.Figure, "savefig", lambda figure, path: figures.append(figure))
    row = {"epoch": 1, "loss": 3.0, "box": 1.0, "objectness": 1.5, "class": 0.5, "val_ap50": 0.4, "val_ap": 0.2}
    plots.training_curves([row], tmp_path / "one.png")
    for axes in figures[0].axes:
        assert all(line.get_marker() not in ("", "None") for line in axes.lines)
        low, high = axes.get_xlim()
        assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [1]
