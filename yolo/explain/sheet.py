"""Draw an explanation as one picture."""

import textwrap

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure

from yolo.array_types import Image
from yolo.explain.align import heat, onto_picture, spread
from yolo.explain.explainer import Explanation
from yolo.explain.gate_report import ends
from yolo.explain.gates import RATIOS, Gates, bounds, by_cell, by_channel
from yolo.inference.draw import draw
from yolo.wording import shown_from

WIDTH = 12  # inches
BARS = 2.4  # height in inches of a row without a map
TITLE = 55  # letters in a line


def sheet(explanation: Explanation) -> Image:
    """Return a drawing of the detections and the activation map, and below them the gates of each place."""
    canvas = FigureCanvasAgg(sheet_figure(explanation))
    canvas.draw()  # type: ignore[no-untyped-call]  # Matplotlib annotates only some of its functions
    return np.asarray(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]  # as above


def sheet_figure(explanation: Explanation) -> Figure:
    """Return the figure that `sheet` draws."""
    height, width = explanation.frame.image.shape[:2]
    tall = float(np.clip(WIDTH / 2 * height / width, BARS, WIDTH * 0.75))
    maps = {place: by_cell(gates) for place, gates in explanation.gates.items()}
    heights = [tall, *(BARS if cells is None else tall for cells in maps.values())]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.4 * len(heights)), dpi=100, layout="constrained")
    rows = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _detections(rows[0], explanation)
    for row, (place, cells) in zip(rows[1:], maps.items(), strict=True):
        gates, block = explanation.gates[place], explanation.explainer.gates.blocks[place]
        panels = row.subplots(1, 1 if cells is None else 2, squeeze=False)[0]
        _bars(panels[-1], gates, block, _title(place, block, gates, "channel"))
        if cells is not None:
            values = onto_picture(cells, explanation.placement)
            limits = spread(values)
            _picture(panels[0], heat(explanation.frame.image, values, *limits), _title(place, block, gates, "spatial"))
            _color_bar(panels[0], limits, _quantity(gates))
    return figure


def _detections(row: SubFigure, explanation: Explanation) -> None:
    everything, reason = row.subplots(1, 2)
    found, explainer = explanation.detections, explanation.explainer
    shown = shown_from(explainer.detector.score_thresholds)
    _picture(everything, draw(explanation.frame.image, found), f"{len(found)} found {shown}")
    title = f"there is no detection {explainer.index + 1} to explain"
    if len(explanation.explained):
        title = f"{explainer.method} at {explainer.activation.layer}: what speaks for detection {explainer.index + 1}"
    _picture(reason, draw(heat(explanation.frame.image, explanation.activation, 0, 1), explanation.explained), title)
    _color_bar(reason, (0, 1), "share of the strongest")


def _picture(axes: Axes, image: Image, title: str) -> None:
    axes.imshow(image)
    axes.set_title(textwrap.fill(title, TITLE), fontsize=11)
    axes.set_axis_off()


def _color_bar(axes: Axes, limits: tuple[float, float], label: str) -> None:
    colors = ScalarMappable(Normalize(*limits), "turbo")
    axes.figure.colorbar(colors, ax=axes, fraction=0.04, pad=0.02, panchor=False, label=label)


def _bars(axes: Axes, gates: Gates, block: keras.layers.Layer, title: str) -> None:
    """Draw the mean of each channel's gates; the color shows which are near an end of the range."""
    values = by_channel(gates)
    if values is None:
        axes.text(0.5, 0.5, "one gate for all channels", ha="center", transform=axes.transAxes, color="0.5")
        axes.set_axis_off()
        return
    lower, upper = np.prod([bounds(block, kind) for kind, gate in gates.items() if gate.shape[-1] > 1], axis=0)
    low, high = ends(lower, upper)
    shown = {
        "near the lower end": (values <= low, "tab:red"),
        "between": ((values > low) & (values < high), "tab:blue"),
        "near the upper end": (values >= high, "tab:orange"),
    }
    for name, (chosen, color) in shown.items():
        if chosen.any():
            numbers = np.flatnonzero(chosen)
            axes.bar(numbers, values[chosen], width=1.0, color=color, label=f"{name}: {len(numbers)}")
    axes.axhline(values.mean(), color="0.2", linewidth=1, linestyle="--", label=f"mean {values.mean():.3f}")
    top = min(upper, values.max() * 1.5 or 1)
    axes.set(xlim=(-0.5, len(values) - 0.5), ylim=(0, top), xlabel="channel", ylabel=_quantity(gates))
    axes.set_title(textwrap.fill(title, TITLE), fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.figure.legend(loc="outside lower right", ncol=4, fontsize=9, frameon=False)


def _quantity(gates: Gates) -> str:
    """Return the meaning of bars and colors in one word."""
    return "ratio" if set(gates) == set(RATIOS) else "gate"


def _title(place: str, block: keras.layers.Layer, gates: Gates, kind: str) -> str:
    """Return a title such as `p4: CBAM, spatial gate`; without a gate of that kind, it says which mean is shown."""
    name = f"{place}: {type(block).__name__}"
    if kind in gates:
        return f"{name}, {kind} gate"
    unit = "cell" if kind == "spatial" else "channel"
    if set(gates) == set(RATIOS):
        return f"{name}, mean |output| / mean |input| of each {unit}"
    return f"{name}, mean gate of each {unit} ({' x '.join(gates)})"
