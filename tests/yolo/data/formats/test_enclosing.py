"""Boxes around polygons, turned boxes and ellipses, by hand and against their points."""

import math

import numpy as np
import pytest

from yolo.data.formats.enclosing import enclose_ellipse, enclose_points, enclose_runs, enclose_turned_box


def test_a_box_holds_all_points_of_a_polygon():
    assert enclose_points([5, 15, 8], [9, 1, 20]) == (5, 1, 15, 20)
    assert enclose_points([3], [4]) == (3, 4, 3, 4)


@pytest.mark.parametrize(
    ("angle", "edges"),
    [
        (0, (40, 35, 60, 45)),
        (90, (45, 30, 55, 50)),
        (180, (40, 35, 60, 45)),
        (-90, (45, 30, 55, 50)),
        (45, (50 - 15 / math.sqrt(2), 40 - 15 / math.sqrt(2), 50 + 15 / math.sqrt(2), 40 + 15 / math.sqrt(2))),
    ],
)
def test_a_box_of_20_by_10_around_50_40_is_enclosed(angle, edges):
    assert enclose_turned_box(50, 40, 20, 10, math.radians(angle)) == pytest.approx(edges, abs=1e-12)


def test_a_turned_box_has_no_negative_sides():
    with pytest.raises(ValueError, match="negative"):
        enclose_turned_box(50, 40, -20, 10, 0.1)


CENTER = np.array([100, 60])


def turned(points, angle):
    rows = [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
    return np.array(points) @ np.array(rows) + CENTER


@pytest.mark.parametrize("angle", [-3.0, -0.4, 0.1, 0.7, 1.5, 2.2, 7.0])
def test_turned_shapes_are_enclosed_as_their_points_are(angle):
    xs, ys = turned([(-15, -4), (15, -4), (15, 4), (-15, 4)], angle).T
    assert enclose_turned_box(*CENTER, 30, 8, angle) == pytest.approx(enclose_points(xs, ys))
    around = np.linspace(0, 2 * math.pi, 100_001)
    xs, ys = turned(np.stack((15 * np.cos(around), 4 * np.sin(around)), axis=1), angle).T
    assert enclose_ellipse(*CENTER, 15, 4, angle) == pytest.approx(enclose_points(xs, ys), abs=1e-6)


def test_a_circle_is_enclosed_by_a_square():
    assert enclose_ellipse(10, 20, 5, 5) == (5, 15, 15, 25)


@pytest.mark.parametrize("seed", range(40))
def test_a_mask_is_enclosed_as_its_pixels_are(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((rng.integers(1, 7), rng.integers(1, 7))) < rng.choice([0.05, 0.3, 0.9])
    mask[rng.integers(len(mask)), -1] = True
    changes = np.flatnonzero(np.diff(mask.ravel(), prepend=False)).tolist()
    lengths = np.diff([0, *changes, mask.size]).tolist()
    ys, xs = np.nonzero(mask)
    assert enclose_runs(lengths, mask.shape[1]) == (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


@pytest.mark.parametrize("lengths", [[], [24], [3, 0, 21], [8, -1, 3]])
def test_a_mask_without_pixels_has_no_box(lengths):
    with pytest.raises(ValueError, match="no mask"):
        enclose_runs(lengths, 6)
