"""The results of an ablation as the cells of a table, and written in CSV and LaTeX."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.ablation.interval import ScoreDifference
from yolo.atomic_write import atomic_write
from yolo.evaluation.bootstrap import Interval
from yolo.wording import with_interval

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

SeedScores: TypeAlias = Annotated[NDArray[np.float64], "seeds"]
"""The AP of each seed on the test pictures."""


@dataclass(frozen=True)
class BlockResult:
    """The results of one block.

    Attributes:
        attention: its specification.
        ap50, ap: VOC's and COCO's.
        ap50_interval, ap_interval: the 95 % intervals of their means over the seeds, over resampled test pictures.
        ap50_change, ap_change: the difference from no attention; None for no attention itself.
        verdict: on the change of AP, in words; empty for no attention itself.
        parameters, gflops, median_ms, p95_ms: see `yolo.ablation.speed.BlockCost`.
    """

    attention: str
    ap50: SeedScores
    ap: SeedScores
    ap50_interval: Interval
    ap_interval: Interval
    ap50_change: ScoreDifference | None
    ap_change: ScoreDifference | None
    verdict: str
    parameters: int
    gflops: float
    median_ms: float
    p95_ms: float


def scores(rows: Sequence[BlockResult]) -> Iterator[list[str]]:
    """Yield the cells of the first table: the headings, and one line for each result."""
    yield ["attention", "AP50", "AP", "AP50 vs none", "AP vs none"]
    for row in rows:
        precisions = (_spread(row.ap50, row.ap50_interval), _spread(row.ap, row.ap_interval))
        yield [row.attention, *precisions, *map(_interval, (row.ap50_change, row.ap_change))]


def costs(rows: Sequence[BlockResult]) -> Iterator[list[str]]:
    """Yield the cells of the second table: the headings, and one line for each result."""
    yield ["attention", "parameters", "GFLOPs", "median ms", "p95 ms"]
    for row in rows:
        gflops = "-" if math.isnan(row.gflops) else f"{row.gflops:.3f}"
        yield [row.attention, f"{row.parameters:,}", gflops, f"{row.median_ms:.1f}", f"{row.p95_ms:.1f}"]


def latex(rows: Sequence[BlockResult]) -> str:
    """Return both tables side by side, for `\\usepackage{booktabs}`."""
    headings, *lines = [[*left, *right[1:]] for left, right in zip(scores(rows), costs(rows), strict=True)]
    lines = [[name.translate(LATEX), *(cell.translate(MATHS) for cell in cells)] for name, *cells in lines]
    body = [" & ".join(line) + r" \\" for line in lines]
    columns = "l" + "r" * (len(headings) - 1)
    head = " & ".join(cell.translate(LATEX) for cell in headings) + r" \\"
    begin, end = rf"\begin{{tabular}}{{{columns}}}", r"\end{tabular}"
    return "\n".join([begin, r"\toprule", head, r"\midrule", *body, r"\bottomrule", end, ""])


def write_csv(rows: Sequence[BlockResult], path: Path) -> None:
    """Write one line for each block, with unrounded numbers; spaces separate the AP of the seeds.

    Raises:
        OSError: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, list(_record(rows[0])))
    writer.writeheader()
    writer.writerows(map(_record, rows))
    atomic_write(path, text.getvalue())


def _record(row: BlockResult) -> dict[str, str | float]:
    """Return the cells of one line of the CSV file by their headings."""
    record: dict[str, str | float] = {"attention": row.attention}
    for name, values, interval, change in (
        ("ap50", row.ap50, row.ap50_interval, row.ap50_change),
        ("ap", row.ap, row.ap_interval, row.ap_change),
    ):
        record |= {name: values.mean(), f"{name}_deviation": _deviation(values)}
        record |= {f"{name}_interval_low": interval.low, f"{name}_interval_high": interval.high}
        record |= {f"{name}_{key}": getattr(change, key, "") for key in ("value", "low", "high")}
        record[f"{name}_by_seed"] = " ".join(map(str, values))
    return record | {name: getattr(row, name) for name in ("verdict", "parameters", "gflops", "median_ms", "p95_ms")}


def _deviation(values: SeedScores) -> float:
    """Return the standard deviation over the seeds."""
    return values.std(ddof=1) if len(values) > 1 else math.nan


def _spread(values: SeedScores, interval: Interval) -> str:
    """Return a mean over seeds with its deviation and its interval: `0.502 ± 0.010 [0.471, 0.533]`."""
    mean, _, brackets = with_interval(float(values.mean()), interval).partition(" ")
    return " ".join(filter(None, [mean, f"± {_deviation(values):.3f}" if len(values) > 1 else "", brackets]))


def _interval(change: ScoreDifference | None) -> str:
    return f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]" if change else ""
