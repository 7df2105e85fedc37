"""The outlines that the demo set is drawn from: five classes of shapes, and things that belong to none.

Every outline is (n, 2) float64, the x and y of its corners in radii around the origin, unrotated.
"""

import math

import numpy as np


def _polar(radii, angles):
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def circle(rng):
    return _polar(1.0, np.linspace(0, 2 * math.pi, 72, endpoint=False))


def cross(rng):
    """A plus sign with arms of random width."""
    arm = rng.uniform(0.26, 0.36)
    corner = np.array([[1, -arm], [1, arm], [arm, arm]])
    turns = [[[1, 0], [0, 1]], [[0, -1], [1, 0]], [[-1, 0], [0, -1]], [[0, 1], [-1, 0]]]
    return np.concatenate([corner @ np.array(turn).T for turn in turns])


def square(rng):
    return _polar(1.0, math.pi / 4 + np.arange(4) * math.pi / 2)


def star(rng):
    """Five points, their depth at random."""
    return _polar(np.tile([1.0, rng.uniform(0.4, 0.52)], 5), np.arange(10) * math.pi / 5)


def triangle(rng):
    return _polar(1.0, np.arange(3) * 2 * math.pi / 3)


def bar(rng):
    """A rectangle too long for a square."""
    thin = rng.uniform(0.05, 0.14)
    return np.array([[1, thin], [-1, thin], [-1, -thin], [1, -thin]])


def crescent(rng):
    """A disc with a bite taken out of it."""
    angles = np.linspace(-math.pi / 2, math.pi / 2, 30)
    outer, inner = _polar(1.0, angles), _polar(1.0, angles[::-1]) * (rng.uniform(0.35, 0.65), 1)
    return np.concatenate([outer, inner[1:-1]])


def blob(rng):
    """A smooth closed curve with two or three lobes."""
    angles = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    lobes, depth, phase = rng.integers(2, 4), rng.uniform(0.25, 0.4), rng.uniform(0, 2 * math.pi)
    wobble = depth * np.cos(lobes * angles) + 0.15 * np.cos(2 * angles + phase)
    return _polar((1 + wobble) / 1.4, angles)


def wave(rng):
    """A thin band that swings up and down."""
    x = np.linspace(-1, 1, 60)
    y = rng.uniform(0.1, 0.25) * np.sin(x * rng.uniform(4, 9) + rng.uniform(0, 2 * math.pi))
    thickness = rng.uniform(0.02, 0.05)
    return np.concatenate([np.stack([x, y + thickness], axis=1), np.stack([x, y - thickness], axis=1)[::-1]])


CLASSES = {shape.__name__: shape for shape in (circle, cross, square, star, triangle)}
OTHERS = (bar, crescent, blob, wave)
