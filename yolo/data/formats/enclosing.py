"""Compute the upright box that encloses a polygon, a turned box, an ellipse or a mask."""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeAlias

Edges: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom"""


def enclose_points(xs: Sequence[float], ys: Sequence[float]) -> Edges:
    """Return the edges of the smallest box that holds all points; there must be one at least."""
    return min(xs), min(ys), max(xs), max(ys)


def enclose_turned_box(x: float, y: float, width: float, height: float, angle: float) -> Edges:
    """Return the edges of the smallest upright box that holds a box turned around its center.

    Args:
        x, y: the center.
        width, height: the sides before the turn.
        angle: in radians; the direction of the turn makes no difference.

    Raises:
        ValueError: a side is negative.

    Example:
        >>> enclose_turned_box(50, 40, 20, 10, 0)
        (40.0, 35.0, 60.0, 45.0)
    """
    if width < 0 or height < 0:
        raise ValueError("a side is negative")
    cosine, sine = abs(math.cos(angle)), abs(math.sin(angle))
    return _around(x, y, (width * cosine + height * sine) / 2, (width * sine + height * cosine) / 2)


def enclose_ellipse(x: float, y: float, radius_x: float, radius_y: float, angle: float = 0.0) -> Edges:
    """Return the edges of the smallest upright box that holds an ellipse turned around its center.

    Args:
        x, y: the center.
        radius_x, radius_y: the half axes before the turn.
        angle: in radians; the direction of the turn makes no difference.
    """
    cosine, sine = math.cos(angle), math.sin(angle)
    return _around(x, y, math.hypot(radius_x * cosine, radius_y * sine), math.hypot(radius_x * sine, radius_y * cosine))


def enclose_runs(lengths: Sequence[int], width: int) -> Edges:
    """Return the edges of the smallest box that holds the pixels of a mask.

    Args:
        lengths: of the runs of pixels that are off, on, off, and so on, row by row.
        width: of a row.

    Raises:
        ValueError: no pixel is on, or a length is negative.
    """
    ends = list(accumulate(lengths))
    runs = [(begin, end - 1) for begin, end in zip(ends[::2], ends[1::2], strict=False) if begin < end]
    if not runs or min(lengths) < 0:
        raise ValueError("no mask")
    left, right = min(first % width for first, _ in runs), max(last % width for _, last in runs) + 1
    if any(first // width < last // width for first, last in runs):  # a run goes on in the next row
        left, right = 0, width
    return left, runs[0][0] // width, right, runs[-1][1] // width + 1


def _around(x: float, y: float, half_width: float, half_height: float) -> Edges:
    return x - half_width, y - half_height, x + half_width, y + half_height
