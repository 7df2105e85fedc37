"""Plot AP over the minutes of training: a panel for each dataset, a line for each detector and start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from benchmarks.ap_per_minute.results import Result

# of Okabe and Ito, which the color-blind can tell apart, https://jfly.uni-koeln.de/color/
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vPX"
APART = 1.03  # times the minutes, from one line to the next, so that no bar covers another
MARGIN = 1.3  # times the minutes, beside the first and the last


def plot(results: Sequence[Result], path: Path) -> None:
    """Write the plot as a PNG."""
    plot_figure(results).savefig(path)


def plot_figure(results: Sequence[Result]) -> Figure:
    """Return the figure that `plot` writes."""
    data_sets = list(dict.fromkeys(result.data for result in results))
    lines = list(dict.fromkeys(result.line for result in results))
    figure = Figure(figsize=(1 + 4 * len(data_sets), 4.5), dpi=120, layout="constrained")
    for axes, data in zip(figure.subplots(1, len(data_sets), squeeze=False)[0], data_sets, strict=True):
        shown = [result for result in results if result.data == data]
        for i, line in enumerate(lines):
            own = [result for result in shown if result.line == line]
            if not own:
                continue
            minutes = [result.minutes * APART ** (i - (len(lines) - 1) / 2) for result in own]
            below = [max(result.ap - result.interval.low, 0) for result in own]  # such intervals need not hold the AP
            above = [max(result.interval.high - result.ap, 0) for result in own]
            look: dict[str, Any] = {"color": COLORS[i % len(COLORS)], "marker": MARKERS[i % len(MARKERS)]}
            look |= {"markersize": 5, "capsize": 3, "label": line}
            axes.errorbar(minutes, [result.ap for result in own], yerr=(below, above), **look)
        budgets = sorted({result.minutes for result in shown})
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(budgets))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticklabels([f"{each:g}" for each in budgets])
        limits = (budgets[0] / MARGIN, budgets[-1] * MARGIN)
        axes.set(title=data, xlabel="minutes of training on one core", ylabel="AP", xlim=limits, ylim=(0, None))
        axes.set_axisbelow(True)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    legends = [axes.get_legend_handles_labels() for axes in figure.axes]
    named = {label: handle for legend in legends for handle, label in zip(*legend, strict=True)}
    look = {"title": "means of the seeds, with 95 % intervals over test pictures", "ncol": 2, "frameon": False}
    figure.legend(named.values(), named.keys(), loc="outside lower center", **look)
    return figure
