"""Plot how much each block of an ablation changes AP50 and AP, with intervals."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from yolo.ablation.table import BlockResult

WIDEST = 30  # letters of a block's name in one line
LINE = 0.17  # inches from one line of text to the next


def plot(rows: Sequence[BlockResult], path: Path) -> None:
    """Write a PNG of the differences to no attention: their mean with its interval, and a ring for each seed.

    Args:
        rows: the results of all blocks, that of no attention first.
    """
    plot_figure(rows).savefig(path)


def plot_figure(rows: Sequence[BlockResult]) -> Figure:
    """Return the figure that `plot` writes."""
    none, *blocks = rows
    names = [textwrap.fill(row.attention, WIDEST) for row in blocks]
    lines = max((name.count("\n") + 1 for name in names), default=1)
    tall = max(0.45, LINE * (lines + 1))  # inches of a block
    figure = Figure(figsize=(9, 1.7 + tall * len(blocks)), dpi=120, layout="constrained")
    panels = (("AP50", "ap50"), ("AP", "ap"))
    for axes, (title, name) in zip(figure.subplots(1, 2, sharey=True), panels, strict=True):
        for y, row in enumerate(blocks):
            change = getattr(row, f"{name}_change")
            seeds = getattr(row, name) - getattr(none, name)
            ring: dict[str, Any] = {"markersize": 4, "markerfacecolor": "none", "color": "0.6", "label": "each seed"}
            axes.plot(seeds, [y + 0.22] * len(seeds), "o", **ring)
            margins = [[change.value - change.low], [change.high - change.value]]
            mean: dict[str, Any] = {
                "markersize": 6,
                "capsize": 4,
                "color": "tab:blue",
                "label": "mean of the seeds, 95 % interval",
            }
            axes.errorbar(change.value, y, xerr=margins, fmt="o", **mean)
        axes.axvline(0, color="0.3", linewidth=1, label="no attention")
        axes.set_yticks(range(len(blocks)), names, parse_math=False)
        axes.set(ylim=(len(blocks) - 0.5, -0.5), xlabel=f"change of {title}", axisbelow=True)
        axes.locator_params(axis="x", nbins=5)
        axes.grid(axis="x", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel("attention")
    handles, labels = axes.get_legend_handles_labels()
    key = dict(zip(labels, handles, strict=True))
    figure.legend(key.values(), key.keys(), loc="outside lower center", ncol=3, frameon=False, fontsize=9)
    figure.suptitle(f"against no attention, AP50 {none.ap50.mean():.3f}, AP {none.ap.mean():.3f}", fontsize=11)
    return figure
