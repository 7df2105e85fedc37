"""Make the outlines of the demo set: five classes of shapes, and shapes that belong to no class."""

import math
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = Annotated[NDArray[np.float64], "corners"]
Outline: TypeAlias = Annotated[NDArray[np.float64], "corners 2"]
"""The x and y of the corners of a shape around the origin, unrotated; the unit is the radius of the shape."""


def _polar(radii: float | Numbers, angles: Numbers) -> Outline:
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def circle(rng: np.random.Generator) -> Outline:
    """Return a circle."""
    return _polar(1.0, np.linspace(0, 2 * math.pi, 72, endpoint=False))


def cross(rng: np.random.Generator) -> Outline:
    """Return a plus sign with arms of random width."""
    arm = rng.uniform(0.26, 0.36)
    corner = np.array([[1, -arm], [1, arm], [arm, arm]])
    turns = [[[1, 0], [0, 1]], [[0, -1], [1, 0]], [[-1, 0], [0, -1]], [[0, 1], [-1, 0]]]
    return np.concatenate([corner @ np.array(turn).T for turn in turns])


def square(rng: np.random.Generator) -> Outline:
    """Return a square."""
    return _polar(1.0, math.pi / 4 + np.arange(4) * math.pi / 2)


def star(rng: np.random.Generator) -> Outline:
    """Return a star with five points of random depth."""
    return _polar(np.tile([1.0, rng.uniform(0.4, 0.52)], 5), np.arange(10) * math.pi / 5)


def triangle(rng: np.random.Generator) -> Outline:
    """Return a triangle."""
    return _polar(1.0, np.arange(3) * 2 * math.pi / 3)


def bar(rng: np.random.Generator) -> Outline:
    """Return a rectangle that is too long for a square."""
    thin = rng.uniform(0.05, 0.14)
    return np.array([[1, thin], [-1, thin], [-1, -thin], [1, -thin]])


def crescent(rng: np.random.Generator) -> Outline:
    """Return a crescent of random width."""
    angles = np.linspace(-math.pi / 2, math.pi / 2, 30)
    outer, inner = _polar(1.0, angles), _polar(1.0, angles[::-1]) * (rng.uniform(0.35, 0.65), 1)
    return np.concatenate([outer, inner[1:-1]])


def blob(rng: np.random.Generator) -> Outline:
    """Return a smooth closed curve with two or three lobes."""
    angles = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    lobes, depth, phase = rng.integers(2, 4), rng.uniform(0.25, 0.4), rng.uniform(0, 2 * math.pi)
    wobble = depth * np.cos(lobes * angles) + 0.15 * np.cos(2 * angles + phase)
    return _polar((1 + wobble) / 1.4, angles)


def wave(rng: np.random.Generator) -> Outline:
    """Return a thin band that swings up and down."""
    x = np.linspace(-1, 1, 60)
    y = rng.uniform(0.1, 0.25) * np.sin(x * rng.uniform(4, 9) + rng.uniform(0, 2 * math.pi))
    thickness = rng.uniform(0.02, 0.05)
    return np.concatenate([np.stack([x, y + thickness], axis=1), np.stack([x, y - thickness], axis=1)[::-1]])


CLASSES = {shape.__name__: shape for shape in (circle, cross, square, star, triangle)}
OTHERS = (bar, crescent, blob, wave)
