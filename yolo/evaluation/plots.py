"""Pictures of an evaluation."""

from pathlib import Path

from matplotlib.figure import Figure

NAMED = 10  # as many as there are colours


def precision_recall(report, path):
    """Write the precision-recall curve of each class at IoU 0.5 as a PNG; the area below a curve is its AP50.

    With many classes only the best and the worst are named; the others are drawn in grey.

    Args:
        report: a Report with its curves.
        path: the file to write; its folder is made.
    """
    figure = Figure(figsize=(7.5, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    scored = [(row["ap50"], row["name"], curve) for row, curve in zip(report.per_class, report.curves, strict=True)]
    scored = sorted((entry for entry in scored if entry[2].objects), key=lambda entry: -entry[0])
    half = NAMED // 2 if len(scored) > NAMED else len(scored)
    named = {*range(half), *range(len(scored) - half, len(scored))}
    for i, (ap, name, curve) in enumerate(scored):
        recall, precision = curve.envelope()
        style = {"linewidth": 0.7, "color": "0.8", "zorder": 1}
        if i in named:
            style = {"linewidth": 1.8, "label": f"{ap:.3f}  {name}"}
        axes.step(recall, precision, where="pre", **style)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.set_title(f"precision and recall at IoU 0.5, {report.images} pictures: AP50 {report.ap50:.3f}", fontsize=11)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if scored:
        legend = figure.legend(loc="outside right upper", frameon=False, fontsize=9, title="AP50")
        for text in legend.get_texts():
            text.set_parse_math(False)  # a class may be called "$5"
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def training_curves(history, path):
    """Write the losses and the validation scores of a run over its epochs as a PNG.

    Args:
        history: one row per epoch, {"epoch", "loss", "box", "objectness", "class"}, and "val_ap50", "val_ap" if scored.
        path: the file to write; its folder is made.
    """
    figure = Figure(figsize=(9, 3.6), dpi=120, layout="constrained")
    panels = {"loss": ("loss", "box", "objectness", "class"), "validation": ("val_ap50", "val_ap")}
    epochs = [row["epoch"] for row in history]
    for axes, (title, names) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        for name in (name for name in names if name in history[0]):
            axes.plot(epochs, [row[name] for row in history], label=name, linewidth=1.8, marker=".")
        axes.set(title=title, xlabel="epoch")
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.lines:
            axes.legend(frameon=False, fontsize=9)
        else:
            axes.text(0.5, 0.5, "no validation set", ha="center", transform=axes.transAxes, color="0.5")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
