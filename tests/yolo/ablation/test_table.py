import csv
import math
import re

import cv2
import numpy as np
import pytest

from yolo.ablation.interval import ScoreDifference
from yolo.ablation.plot import plot
from yolo.ablation.table import COLUMNS, BlockResult, costs, latex, scores, write_csv
from yolo.evaluation.bootstrap import Interval
from yolo.tables import markdown

NAMES = ("none", "my_blocks:Größe(ratio=8)", "a|b & 50 % $x$ #{~^}\\")

SCORES = (np.array([0.88, 0.9]), np.array([0.5, 0.52]), Interval(0.861, 0.923), Interval(0.47, 0.55))


@pytest.fixture
def rows():
    """Three blocks of two seeds, one with GFLOPs that nobody can count."""
    changes = [
        (None, None),
        (ScoreDifference(0.0125, -0.003, 0.028), ScoreDifference(-0.02, -0.03, -0.01)),
        (ScoreDifference(0, 0, 0),) * 2,
    ]
    return [
        BlockResult(name, *SCORES, *change, "" if i == 0 else "worse", *cost)
        for i, (name, change) in enumerate(zip(NAMES, changes, strict=True))
        for cost in [(5_882_634 + i, math.nan if i == 2 else 6.9, 20.25, 31.0)]
    ]


def test_markdown_has_one_line_for_each_block_and_as_many_cells_in_each(rows):
    for cells in (scores(rows), costs(rows)):
        lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in markdown(cells, COLUMNS).splitlines()]
        assert [len(line) for line in lines] == [5] * 5
        assert [line[0].strip() for line in lines[2:]] == [name.replace("|", "\\|") for name in NAMES]
        assert len({len(cell) for line in lines for cell in line[:1]}) == 1  # aligned
        assert all(re.fullmatch(r" -+:? ", cell) for cell in lines[1])
    table = markdown(scores(rows), COLUMNS)
    assert "| 0.890 ± 0.014 [0.861, 0.923] | 0.510 ± 0.014 [0.470, 0.550] |" in table
    assert "+0.013 [-0.003, +0.028]" in table or "+0.012 [-0.003, +0.028]" in table
    assert "5,882,636 |      - |" in markdown(costs(rows), COLUMNS)


def test_csv_gives_the_numbers_back_unrounded(rows, tmp_path):
    write_csv(rows, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["attention"] for line in lines] == list(NAMES)
    assert (lines[0]["ap_value"], lines[0]["ap_low"], lines[0]["verdict"]) == ("", "", "")
    assert [float(lines[1][name]) for name in ("ap", "ap_value", "ap_low", "ap_high")] == [0.51, -0.02, -0.03, -0.01]
    assert float(lines[1]["ap50_deviation"]) == pytest.approx(0.02 / math.sqrt(2))
    assert lines[2]["ap50_by_seed"] == "0.88 0.9"
    assert [float(lines[0][f"ap50_interval_{end}"]) for end in ("low", "high")] == [0.861, 0.923]
    assert math.isnan(float(lines[2]["gflops"]))


def test_latex_escapes_names_and_has_as_many_cells_in_each_line(rows):
    lines = latex(rows).splitlines()
    assert lines[0] == r"\begin{tabular}{lrrrrrrrr}"
    assert (lines[1], lines[3], lines[-2], lines[-1]) == (r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}")
    body = [lines[2], *lines[4:-2]]
    assert [len(re.findall(r"(?<!\\)&", line)) for line in body] == [8] * 4
    assert all(line.endswith(r" \\") for line in body)
    assert body[2].startswith(r"my\_blocks:Größe(ratio=8) & 0.890 $\pm$ 0.014 [0.861, 0.923] & ")
    escaped = r"a|b \& 50 \% \$x\$ \#\{\textasciitilde{}\textasciicircum{}\}\textbackslash{} & "
    assert body[3].startswith(escaped)
    assert "$-$0.020 [$-$0.030, $-$0.010]" in body[2]


def test_the_plot_shows_every_block_but_none(rows, tmp_path, monkeypatch):
    plot(rows, tmp_path / "table.png")
    assert np.ptp(cv2.imread(str(tmp_path / "table.png")).astype(int), axis=2).max() > 60
    figures = []
    monkeypatch.setattr("yolo.ablation.plot.Figure.savefig", lambda figure, path: figures.append(figure))
    plot(rows, "unused")
    assert [text.get_text() for text in figures[0].axes[0].get_yticklabels()] == list(NAMES[1:])
    for axes in figures[0].axes:
        low, high = axes.get_xlim()
        assert low < 0 < high
