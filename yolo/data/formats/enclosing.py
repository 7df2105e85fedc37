"""Compute the upright box that encloses a polygon, a turned box or an ellipse."""

import math
from collections.abc import Sequence
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

    Example:
        >>> enclose_turned_box(50, 40, 20, 10, 0)
        (40.0, 35.0, 60.0, 45.0)
    """
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


def _around(x: float, y: float, half_width: float, half_height: float) -> Edges:
    return x - half_width, y - half_height, x + half_width, y + half_height
