"""Plot how often detections are right at each score, before and after scaling by a temperature."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from yolo.evaluation.reliability import BINS, Reliability
from yolo.evaluation.temperature_fit import LOWEST, JudgedScores
from yolo.wording import counted

BEFORE, AFTER = "tab:orange", "tab:blue"


def reliability_plot(judged: JudgedScores, temperature: float, path: str | Path) -> None:
    """Write the reliability of scores, and the number of detections in each bin, as a PNG.

    Args:
        temperature: by which the detector scales scores; 1 if it does not.
        path: the file to write; its folder is made.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    reliability_figure(judged, temperature).savefig(path)


def reliability_figure(judged: JudgedScores, temperature: float) -> Figure:
    """Return the figure that `reliability_plot` writes."""
    lines = {"as the network gives them": (1.0, BEFORE)}
    if temperature != 1:
        lines[f"scaled by the temperature {temperature:.2f}"] = (temperature, AFTER)
    figure = Figure(figsize=(6, 7), dpi=120, layout="constrained")
    shares, numbers = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    shares.plot([0, 1], [0, 1], color="0.6", linestyle=":", linewidth=1.5, label="right as often as the score says")
    for row, (name, (scale, color)) in enumerate(lines.items()):
        reliability = Reliability.of(judged, scale)
        error = f", off by {reliability.error():.3f} on average" if len(judged.scores) else ""
        shares.plot(reliability.score, reliability.right, color=color, marker="o", label=f"{name}{error}")
        style: dict[str, Any] = {"width": 0.8 / BINS / len(lines), "color": color}
        places = (reliability.score * BINS).astype(int) / BINS + (row + 0.5) * 0.8 / BINS / len(lines) + 0.1 / BINS
        bars = numbers.bar(places, reliability.count, **style)
        numbers.bar_label(bars, fontsize=6, rotation=90, padding=2)
    shares.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="share of right detections")
    detections = counted(len(judged.scores), "detection")
    shares.set_title(f"{detections} of the validation pictures with a score of {LOWEST:g} or more", fontsize=10)
    if not len(judged.scores):
        shares.text(0.5, 0.4, "nothing was found in these pictures", ha="center", color="0.4")
    numbers.set(xlabel="score", ylabel="detections")
    numbers.margins(y=0.5)  # room for the labels
    for axes in (shares, numbers):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*shares.get_legend_handles_labels(), loc="outside lower center", frameon=False, fontsize=9)
    return figure
