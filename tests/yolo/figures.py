"""What a person can read of a Matplotlib figure: the texts that are really painted, and where they lie."""

from itertools import combinations
from unittest import mock

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend
from matplotlib.text import Text


def painted_texts(figure):
    """Return the Text artists that are painted: not those switched off, nor ticks beyond the limits."""
    painted = []
    with mock.patch.object(Text, "draw", autospec=True, side_effect=lambda text, *_: painted.append(text)):
        FigureCanvasAgg(figure).draw()
    return [text for text in painted if text.get_visible() and text.get_text().strip()]


def faults(figure):
    """Return what is wrong with the layout of a figure, in words: nothing clipped, nothing on top of a text.

    A legend may lie on no axes and on no text but its own.
    """
    texts = painted_texts(figure)
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    found = [f"{name!r} is clipped" for name, box in boxes if not _inside(box, figure.bbox)]
    found += [f"{a!r} lies on {b!r}" for (a, one), (b, other) in combinations(boxes, 2) if _overlap(one, other)]
    for legend in figure.findobj(Legend):
        own = {text.get_text() for text in legend.findobj(Text)}
        frame = legend.get_window_extent()
        if not _inside(frame, figure.bbox):
            found.append("a legend is clipped")
        found += [f"a legend lies on {name!r}" for name, box in boxes if name not in own and _overlap(frame, box)]
        lines = [line for axes in figure.axes if axes is legend.axes for line in axes.lines]
        points = [point for line in lines for point in line.get_transform().transform(line.get_xydata())]
        if any(frame.contains(*point) for point in points):
            found.append("a legend lies on a curve")
        if legend.axes is None and any(_overlap(frame, axes.get_window_extent()) for axes in figure.axes):
            found.append("a legend lies on axes")
    for axes in figure.axes:
        if min(axes.get_window_extent().size) < 20 and axes.get_label() != "<colorbar>":
            found.append("axes have no room")
    return found


def unnamed(figure):
    """Return the titles of axes of which one is painted without a name; pictures without axes need none."""
    painted = set(painted_texts(figure))
    return [
        axes.get_title() or axes.get_label()
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        if painted.intersection(axis.get_ticklabels()) and axis.label not in painted
    ]


def _inside(box, frame):
    return box.x0 >= frame.x0 - 1 and box.y0 >= frame.y0 - 1 and box.x1 <= frame.x1 + 1 and box.y1 <= frame.y1 + 1


def _overlap(one, other):
    """Whether two boxes share more than a pixel in both directions."""
    return min(one.x1, other.x1) - max(one.x0, other.x0) > 1 and min(one.y1, other.y1) - max(one.y0, other.y0) > 1
