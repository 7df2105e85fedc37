"""The table of an ablation: as numbers, as cells, and written in CSV and LaTeX."""

import csv
import io
import math
from dataclasses import dataclass

import numpy as np

from yolo.ablation.interval import ScoreDifference
from yolo.atomic_write import atomic_write

LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)
COLUMNS = "lrrrr"  # of `scores` and of `costs`, see `yolo.tables`
MATHS = str.maketrans({"-": "$-$", "+": "$+$", "±": r"$\pm$"})


@dataclass(frozen=True)
class BlockResult:
    """The results of one block.

    Attributes:
        attention: its specification.
        ap50, ap: (seeds,) float64 on the test pictures.
        ap50_change, ap_change: against no attention; None of that itself.
        verdict: by AP, in words; empty of no attention itself.
        parameters, gflops, median_ms, p95_ms: see `yolo.ablation.speed`.
    """

    attention: str
    ap50: np.ndarray
    ap: np.ndarray
    ap50_change: ScoreDifference | None
    ap_change: ScoreDifference | None
    verdict: str
    parameters: int
    gflops: float
    median_ms: float
    p95_ms: float


def scores(rows):
    """The cells of the first table, a heading and one line for each row."""
    yield ["attention", "AP50", "AP", "AP50 vs none", "AP vs none"]
    for row in rows:
        yield [row.attention, *map(_spread, (row.ap50, row.ap)), *map(_interval, (row.ap50_change, row.ap_change))]


def costs(rows):
    """The cells of the second table."""
    yield ["attention", "parameters", "GFLOPs", "median ms", "p95 ms"]
    for row in rows:
        gflops = "-" if math.isnan(row.gflops) else f"{row.gflops:.3f}"
        yield [row.attention, f"{row.parameters:,}", gflops, f"{row.median_ms:.1f}", f"{row.p95_ms:.1f}"]


def latex(rows):
    """Both tables side by side, for `\\usepackage{booktabs}`."""
    head, *lines = [[*left, *right[1:]] for left, right in zip(scores(rows), costs(rows), strict=True)]
    lines = [[name.translate(LATEX), *(cell.translate(MATHS) for cell in cells)] for name, *cells in lines]
    body = [" & ".join(line) + r" \\" for line in lines]
    columns = "l" + "r" * (len(head) - 1)
    head = " & ".join(cell.translate(LATEX) for cell in head) + r" \\"
    begin, end = rf"\begin{{tabular}}{{{columns}}}", r"\end{tabular}"
    return "\n".join([begin, r"\toprule", head, r"\midrule", *body, r"\bottomrule", end, ""])


def write_csv(rows, path):
    """One line for each block, numbers unrounded; the AP of each seed apart by spaces."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(_record(rows[0])))
    writer.writeheader()
    writer.writerows(map(_record, rows))
    atomic_write(path, text.getvalue())


def _record(row):
    record = {"attention": row.attention}
    for name, values, change in (("ap50", row.ap50, row.ap50_change), ("ap", row.ap, row.ap_change)):
        record |= {name: values.mean(), f"{name}_deviation": _deviation(values)}
        record |= {f"{name}_{key}": getattr(change, key, "") for key in ("value", "low", "high")}
        record[f"{name}_by_seed"] = " ".join(map(str, values))
    return record | {name: getattr(row, name) for name in ("verdict", "parameters", "gflops", "median_ms", "p95_ms")}


def _deviation(values):
    return values.std(ddof=1) if len(values) > 1 else math.nan


def _spread(values):
    return f"{values.mean():.3f}" + (f" ± {_deviation(values):.3f}" if len(values) > 1 else "")


def _interval(change):
    return f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]" if change else ""
