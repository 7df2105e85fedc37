"""Boxes of objects in COCO JSON: worked out by hand, and as pycocotools computes them."""

import math

import numpy as np
import pytest
from pycocotools import mask

from yolo.data.formats.coco_boxes import BAD, PLAIN, POLYGON, TURNED, box_of


def box(**annotation):
    return box_of(annotation.get)


def test_the_edges_are_the_sums_in_double_precision():
    assert box(bbox=[10, 20, 5, 7]) == ((10, 20, 15, 27), PLAIN)
    assert box(bbox=[0.1, 0.25, 0.2, -3]) == ((0.1, 0.25, 0.1 + 0.2, -2.75), PLAIN)


@pytest.mark.parametrize("bbox", [None, [], ""])
def test_without_a_box_the_outline_is_enclosed(bbox):
    two = [[3, 9, 1, 4, 2, 2], [8.5, 5, 7, 6, 7, 7]]
    assert box(bbox=bbox, segmentation=two) == ((1, 2, 8.5, 9), POLYGON)
    assert box(segmentation=[3, 9, 1, 4, 2, 2]) == ((1, 2, 3, 9), POLYGON)  # one polygon that is not in a list
    assert box(segmentation=[[3, 9], [1, 4], [2, 2]]) == ((1, 2, 3, 9), POLYGON)  # points


@pytest.mark.parametrize(
    "annotation",
    [
        {},
        {"bbox": [1, 2, 3]},
        {"bbox": [1, 2, 3, 4, 5, 6]},
        {"bbox": [1, 2, 3, "4"]},
        {"bbox": ["1", "2", "3", "4"]},
        {"bbox": "1 2 3 4"},
        {"bbox": "1234"},
        {"bbox": {"x": 1, "y": 2, "w": 3, "h": 4}},
        {"bbox": [1, 2, 3, None]},
        {"bbox": [1, 2, math.nan, 4]},
        {"bbox": [1, 2, math.inf, 4]},
        {"bbox": [1, 2, 1e9, 4]},
        {"bbox": [1.5, 2, 10**400, 4]},
        {"bbox": [[1, 2], [3, 4], 5, 6]},
        {"bbox": 7},
        {"bbox": [1, 2, 3, 4, "x"]},
        {"bbox": [1, 2, 3, 4, math.nan]},
        {"segmentation": []},
        {"segmentation": [[]]},
        {"segmentation": [[1, 2, 3]]},
        {"segmentation": [[1, math.nan, 3, 4]]},
        {"segmentation": [[1, "2", 3, 4]]},
        {"segmentation": "x"},
        {"segmentation": {"counts": [3, 2], "size": [5, 1], "more": 1} | {"size": [0, 5]}},
        {"segmentation": {"counts": [4], "size": [2, 2]}},  # no pixel
        {"segmentation": {"counts": [1, 2], "size": [2, 2]}},  # too short
        {"segmentation": {"counts": [-1, 5], "size": [2, 2]}},
        {"segmentation": {"counts": "", "size": [2, 2]}},
        {"segmentation": {"counts": "o" * 50, "size": [2, 2]}},
        {"segmentation": {"counts": "ä", "size": [2, 2]}},
        {"segmentation": {"counts": [1, 2]}},
    ],
)
def test_what_is_no_box_is_bad(annotation):
    assert box(**annotation)[1] == BAD


@pytest.mark.parametrize("degrees", [0.0001, 30, -45, 90, 180, 765])
def test_a_turned_box_is_enclosed_as_its_turned_corners_are(degrees):
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corners = np.array([[-10, -4], [10, -4], [10, 4], [-10, 4]]) @ turn.T + [50, 40]
    expected = pytest.approx([*corners.min(0), *corners.max(0)])
    written = [
        {"bbox": [50, 40, 20, 8, degrees]},  # Detectron2: the center first
        {"bbox": [40, 36, 20, 8], "attributes": {"rotation": degrees}},  # CVAT: the corner before the turn
        {"bbox": [40, 36, 20, 8], "rotation": degrees},
    ]
    for annotation in written:
        edges, kind = box(**annotation)
        assert kind == TURNED
        assert list(edges) == expected


@pytest.mark.parametrize("attributes", [{"rotation": 0.0}, {"rotation": "left"}, {"occluded": True}, None, [1]])
def test_a_box_that_is_not_turned_stays_as_it_is(attributes):
    assert box(bbox=[40, 36, 20, 8], attributes=attributes) == ((40, 36, 60, 44), PLAIN)


@pytest.mark.parametrize("seed", range(40))
def test_a_mask_is_enclosed_as_pycocotools_does(seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 30, 2)
    picture = (rng.random((height, width)) < rng.choice([0.02, 0.3, 0.97])).astype(np.uint8)
    picture[rng.integers(height), rng.integers(width)] = 1
    encoded = mask.encode(np.asfortranarray(picture))
    left, top, across, down = mask.toBbox(encoded)
    expected = ((left, top, left + across, top + down), POLYGON)
    flat = picture.ravel(order="F")
    changes = np.flatnonzero(np.diff(np.concatenate([[0], flat]))).tolist()
    counts = np.diff([0, *changes, flat.size]).tolist()
    size = [int(height), int(width)]
    assert box(segmentation={"counts": encoded["counts"].decode(), "size": size}) == expected
    assert box(segmentation={"counts": counts, "size": size}) == expected
