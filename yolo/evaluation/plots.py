"""Plot the result of an evaluation and the course of a training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from matplotlib.figure import Figure

from yolo.evaluation.report import EvaluationReport
from yolo.evaluation.voc_metrics import Curve
from yolo.wording import counted

Style: TypeAlias = dict[str, Any]
"""Arguments of Matplotlib for the look of a line."""

NAMED = 10  # classes in the legend; Matplotlib has as many colors
LONGEST = 30  # letters of a class name in the legend; longer ones lose their middle
LOSS, SCORES = "loss", "scores on the validation pictures"
AXES = {LOSS: "loss", SCORES: "AP"}  # names of the vertical axes
PANELS: dict[str, dict[str, Style]] = {
    LOSS: {name: {"label": name} for name in ("loss", "box", "objectness", "class")},
    SCORES: {  # AP is a thin line on top of AP50, so that both are visible where they are equal
        "val_ap50": {"label": "AP50 (VOC, IoU 0.5)", "linewidth": 3.5, "color": "tab:blue"},
        "val_ap": {"label": "AP (COCO, IoU 0.5 to 0.95)", "linewidth": 1.5, "color": "tab:orange"},
    },
}


def precision_recall(report: EvaluationReport, path: str | Path) -> None:
    """Write the precision-recall curve of each class at IoU 0.5 as a PNG; the area below a curve is its AP50.

    With many classes only the best and the worst are named; the others are drawn in gray.

    Args:
        path: the file to write; its folder is made.
    """
    _save(precision_recall_figure(report), path)


def precision_recall_figure(report: EvaluationReport) -> Figure:
    """Return the figure that `precision_recall` writes."""
    figure = Figure(figsize=(9, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    scored = [(row["ap50"], row["name"], curve) for row, curve in zip(report.per_class, report.curves, strict=True)]
    scored = sorted((entry for entry in scored if entry[2].objects), key=lambda entry: -entry[0])
    half = NAMED // 2 if len(scored) > NAMED else len(scored)
    named = {*range(half), *range(len(scored) - half, len(scored))}
    for i, (ap, name, curve) in enumerate(scored):
        recall, precision = curve.envelope()
        style: Style = {"linewidth": 0.7, "color": "0.8", "zorder": 1}
        if i in named:
            style = {"linewidth": 1.8, "label": f"{ap:.3f}  {_short(name)}"}
        axes.step(recall, precision, where="pre", **style)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    scores = report.headline().replace("), ", "),\n")  # short lines: a wide legend leaves little room
    axes.set_title(f"precision and recall at IoU 0.5\n{scores},\n{counted(report.images, 'picture')}", fontsize=10)
    if reason := _why_empty(scored):
        axes.text(0.5, 0.5, reason, ha="center", va="center", transform=axes.transAxes, color="0.4")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if scored:
        legend = figure.legend(loc="outside right upper", frameon=False, fontsize=9, title="AP50")
        for text in legend.get_texts():
            text.set_parse_math(False)  # a class may be called "$5"
    return figure


def _short(name: str) -> str:
    """Return a name in one line, a long one without its middle."""
    name = " ".join(name.split())
    half = LONGEST // 2
    return name if len(name) <= LONGEST else f"{name[: half - 1]}…{name[-half:]}"


def _why_empty(scored: Sequence[tuple[float, str, Curve]]) -> str:
    """Return why a plot of (AP, name, curve) rows shows nothing; "" if a curve rises above 0."""
    curves = [curve for _, _, curve in scored]
    if not curves:
        return "there are no objects to find in these pictures"
    if not any(len(curve.scores) for curve in curves):
        return "nothing was found in these pictures, so recall is 0"
    if not any(curve.recall[-1] for curve in curves if len(curve.recall)):
        return "no detection overlaps an object of its class by half,\nso precision and recall are 0"
    return ""


def training_curves(
    history: Sequence[Mapping[str, float]], path: str | Path, changes: Mapping[int, str] | None = None
) -> None:
    """Write the losses and the validation scores of a run over its epochs as a PNG.

    Args:
        history: one row per epoch: "epoch", "loss", "box", "objectness", "class"; with validation "val_ap50", "val_ap".
        path: the file to write; its folder is made.
        changes: a text for each epoch before which something changed, such as {13: "416 x 416"}; marked by lines.
    """
    _save(training_figure(history, changes), path)


def training_figure(history: Sequence[Mapping[str, float]], changes: Mapping[int, str] | None = None) -> Figure:
    """Return the figure that `training_curves` writes."""
    figure = Figure(figsize=(9, 4), dpi=120, layout="constrained")
    epochs = [row["epoch"] for row in history]
    for panel, (title, names) in zip(figure.subfigures(1, 2, squeeze=False)[0], PANELS.items(), strict=True):
        axes = panel.subplots()
        shown = {name: style for name, style in names.items() if name in history[0]}
        for name, style in shown.items():
            axes.plot(epochs, [row[name] for row in history], **{"linewidth": 1.8, "marker": "."} | style)
        for epoch, change in (changes or {}).items():
            axes.axvline(epoch - 0.5, color="0.6", linewidth=1, linestyle=":")
            label = {"rotation": 90, "ha": "right", "va": "center", "fontsize": 8, "color": "0.4"}
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}  # there may be a curve behind it
            axes.text(epoch - 0.5, 0.45, change, transform=axes.get_xaxis_transform(), bbox=box, **label)
        margin = max(0.05 * (epochs[-1] - epochs[0]), 0.6)
        limits = (epochs[0] - margin, epochs[-1] + margin)  # also if there is nothing to draw
        axes.set(title=title, xlabel="epoch", ylabel=AXES[title], xlim=limits, ylim=(0, None))
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        if shown:
            panel.legend(loc="outside lower center", ncols=len(shown), frameon=False, fontsize=8)
        else:
            axes.text(0.5, 0.5, "no validation set", ha="center", transform=axes.transAxes, color="0.5")
    return figure


def _save(figure: Figure, path: str | Path) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
