"""The picture of an ablation says what its marks are."""

import numpy as np

from yolo.ablation import plot as module
from yolo.ablation.interval import ScoreDifference
from yolo.ablation.table import BlockResult


def row(name, ap50, ap, change=None):
    return BlockResult(name, np.array(ap50), np.array(ap), change, change, "", 1, 1.0, 1.0, 1.0)


def test_each_kind_of_mark_is_in_the_key_once(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(module.Figure, "savefig", lambda figure, path: figures.append(figure))
    change = ScoreDifference(value=0.01, low=-0.02, high=0.04)
    rows = [row("none", [0.5, 0.6], [0.2, 0.3])] + [row(name, [0.5, 0.7], [0.3, 0.3], change) for name in ("se", "$5")]
    module.plot(rows, tmp_path / "ablation.png")
    (legend,) = figures[0].legends
    assert sorted(text.get_text() for text in legend.get_texts()) == [
        *("each seed", "mean of the seeds, 95 % interval", "no attention")
    ]
