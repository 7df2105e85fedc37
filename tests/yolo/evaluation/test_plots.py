import cv2
import numpy as np
import pytest

from tests.yolo.evaluation.scenes import found, known, scatter
from yolo.evaluation import plots
from yolo.evaluation.score import score


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
def test_without_objects_the_axes_are_empty_and_nan_is_no_title(tmp_path):
    plots.precision_recall(score([found()], [known()], ("cat",)), tmp_path / "empty.png")
    assert drawn_colours(tmp_path / "empty.png") == 0


@pytest.fixture
def figures(monkeypatch):
    """The figures in place of the files that they would be saved in."""
    figures = []
    monkeypatch.setattr(plots.Figure, "savefig", lambda figure, path: figures.append(figure))
    return figures


BOX, ELSEWHERE = (0, 0, 10, 10), (50, 50, 60, 60)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("rows", "objects", "reason"),
    [
        ([], [], "no objects to find"),
        ([], [(0, BOX)], "nothing was found"),
        ([(0, 0.9, ELSEWHERE)], [(0, BOX)], "no detection overlaps an object"),
        ([(0, 0.9, BOX)], [(0, BOX)], None),
    ],
)
def test_a_plot_without_a_curve_says_why(figures, tmp_path, rows, objects, reason):
    report = score([found(*rows)], [known(*objects)], ("cat",))
    plots.precision_recall(report, tmp_path / "plot.png")
    texts = [text.get_text() for text in figures[0].axes[0].texts]
    assert [reason in text for text in texts] == [True] * bool(reason)
    assert "nan" not in figures[0].axes[0].get_title()
    assert "1 picture" in figures[0].axes[0].get_title()


ROW = {"epoch": 1, "loss": 3.0, "box": 1.0, "objectness": 1.5, "class": 0.5, "val_ap50": 0.0, "val_ap": 0.0}


def test_equal_ap50_and_ap_are_both_seen_and_named_in_words(figures, tmp_path):
    plots.training_curves([ROW, ROW | {"epoch": 2}], tmp_path / "training.png")
    axes = figures[0].axes[1]
    below, above = axes.lines
    assert (below.get_label(), above.get_label()) == ("AP50 (VOC, IoU 0.5)", "AP (COCO, IoU 0.5 to 0.95)")
    assert below.get_linewidth() > 2 * above.get_linewidth()
    assert axes.get_title() == "scores on the validation pictures"


def test_where_the_size_of_the_pictures_changes_both_panels_are_marked(figures, tmp_path):
    history = [ROW | {"epoch": epoch} for epoch in range(1, 6)]
    plots.training_curves(history, tmp_path / "training.png", {4: "416 x 320"})
    for axes in figures[0].axes:
        assert [text.get_text() for text in axes.texts] == ["416 x 320"]
        assert list(axes.lines[-1].get_xdata()) == [3.5, 3.5]


def test_without_validation_the_panel_says_so_beside_the_marks(figures, tmp_path):
    history = [{key: value for key, value in ROW.items() if not key.startswith("val")}] * 2
    plots.training_curves(history, tmp_path / "training.png", {2: "64 x 96"})
    assert [text.get_text() for text in figures[0].axes[1].texts] == ["64 x 96", "no validation set"]


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
