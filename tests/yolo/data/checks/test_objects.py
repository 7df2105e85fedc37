"""Pairs of overlapping objects against plain loops, and masks for single pictures."""

from pathlib import Path

import numpy as np

from yolo.boxes import area, clip, iou
from yolo.data.checks import boxes
from yolo.data.checks.objects import NEAR, Objects
from yolo.structures import Annotation


def known(*rows):
    """A picture with these objects: left, top, right, bottom, label."""
    values = np.array(rows, np.float32).reshape(-1, 5)
    labels = values[:, 4].astype(np.int32)
    return Annotation(Path("a.png"), values[:, :4], labels, np.zeros(len(labels), bool))


def random_pictures(rng, numbers):
    starts = [rng.uniform(0, 60, (number, 2)) for number in numbers]
    corners = [np.hstack([start, start + rng.uniform(5, 40, start.shape)]) for start in starts]
    return [known(*np.hstack([each, rng.integers(0, 3, (len(each), 1))])) for each in corners]


def test_the_pairs_are_those_of_plain_loops():
    rng = np.random.default_rng(0)
    pictures = random_pictures(rng, (0, 1, 30, 0, 2, 17, 1, 0))
    expected, offset = {}, 0
    for picture in pictures:
        for i, one in enumerate(picture.boxes):
            for j, other in enumerate(picture.boxes[:i]):
                shared = area(np.array([*np.maximum(one[:2], other[:2]), *np.minimum(one[2:], other[2:])]))
                smaller = min(area(one), area(other))
                if shared > NEAR * smaller:
                    expected[offset + j, offset + i] = (iou(one, other), shared / smaller)
        offset += len(picture.boxes)
    pairs = Objects.of(pictures).pairs
    found = {(i, j): values for i, j, *values in zip(*pairs[:4], strict=True)}
    assert found.keys() == expected.keys()
    assert len(found) > 20
    np.testing.assert_allclose([found[key] for key in expected], list(expected.values()), rtol=1e-5)


def test_no_pictures_and_pictures_without_objects_have_no_pairs():
    assert len(Objects.of([]).pairs.first) == 0
    assert len(Objects.of([known(), known()]).pairs.first) == 0


def test_the_objects_meant_are_told_for_each_picture():
    whole, part, other = (0, 0, 40, 40, 0), (5, 5, 20, 20, 0), (0, 0, 40, 39, 1)
    objects = Objects.of([known(), known(whole, part, whole), known(other), known(other, whole)])
    masks = {
        boxes.repeated: [[], [False, False, True], [False], [False, False]],
        boxes.nested: [[], [False, True, False], [False], [False, False]],
        boxes.of_another_class: [[], [False, False, False], [False], [False, True]],
    }
    for function, expected in masks.items():
        assert [mask.tolist() for mask in objects.of_pictures(function(objects))] == expected, function.__name__


def test_a_box_of_half_the_size_is_inside_and_one_that_sticks_out_by_a_tenth_is_not():
    half = Objects.of([known((0, 0, 40, 40, 0), (20, 0, 40, 40, 0))])
    out = Objects.of([known((0, 0, 40, 40, 0), (22, 0, 42, 40, 0))])
    assert boxes.nested(half).tolist() == [False, True]
    assert boxes.nested(out).tolist() == [False, False]
    assert clip(out.boxes, 40, 40)[1].tolist() == [22, 0, 40, 40], "a tenth of it is outside of the other"
