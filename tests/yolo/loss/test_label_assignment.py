"""Assignment against plain loops and against situations worked out by hand."""

import numpy as np
import pytest
from keras import ops

from tests.backends import array
from tests.reference import loss_numpy as twin
from yolo.anchors import DEFAULT, DEFAULTS
from yolo.loss.label_assignment import assign, scatter_max

MASKS = ((3, 4, 5), (0, 1, 2))
PUBLISHED = ((3, 4, 5), (1, 2, 3))
THREE = ((6, 7, 8), (3, 4, 5), (0, 1, 2))
SIZE = (320, 512)  # stride 32: 10 x 16 cells, candidates 0 to 479; stride 16: 20 x 32 cells, from 480 on


def owners(boxes, labels, size=SIZE, masks=MASKS, threshold=0.3, anchors=DEFAULT, assign=assign):
    """The assignment of every picture as {candidate: object}; no candidate may have two."""
    found = assign(ops.array(boxes), ops.array(labels), size, anchors, masks, threshold)
    candidate, chosen = array(found.candidate), array(found.chosen)
    objects = np.broadcast_to(array(found.object), candidate.shape)
    pictures = []
    for row in range(len(boxes)):
        pairs = list(zip(candidate[row][chosen[row]].tolist(), objects[row][chosen[row]].tolist(), strict=True))
        assert len(dict(pairs)) == len(pairs)
        pictures.append(dict(pairs))
    return pictures


def owners_of_one(*objects, **settings):
    return owners(*twin.padded([objects], len(objects) + 1), **settings)[0]


def box(x, y, width, height):
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def random_objects(pictures, most, size=SIZE, seed=0):
    rng = np.random.default_rng(seed)
    height, width = size
    return [
        [
            (
                box(rng.uniform(0, width), rng.uniform(0, height), *np.exp(rng.uniform(1.5, 5.5, 2))),
                int(rng.choice([twin.DIFFICULT, 0, 1])),
            )
            for _ in range(rng.integers(most + 1))
        ]
        for _ in range(pictures)
    ]


@pytest.mark.parametrize("masks", [MASKS, PUBLISHED], ids=["masks 0,1,2", "masks 1,2,3"])
@pytest.mark.parametrize("threshold", [0.3, 0.9])
def test_the_assignment_is_that_of_plain_loops(masks, threshold):
    boxes, labels = twin.padded(random_objects(4, 60), 60)
    expected = [twin.assign(*row, SIZE, DEFAULT, masks, threshold) for row in zip(boxes, labels, strict=True)]
    assert owners(boxes, labels, masks=masks, threshold=threshold) == expected


def test_the_assignment_over_three_levels_is_that_of_plain_loops():
    boxes, labels = twin.padded(random_objects(4, 60), 60)
    expected = [twin.assign(*row, SIZE, DEFAULTS[3], THREE) for row in zip(boxes, labels, strict=True)]
    assert owners(boxes, labels, masks=THREE, anchors=DEFAULTS[3]) == expected


def test_a_small_object_is_answered_for_at_the_finest_level():
    """12 x 16 is anchor 0. Its shape IoU with 19 x 36 is 192 / 684 = 0.28, with 40 x 28 192 / 1120 = 0.17: no other.

    Stride 32 has 10 x 16 cells and stride 16 has 20 x 32, so the cells of stride 8, 64 in a row, come after
    3 (160 + 640) candidates. The center (100, 50) is in row 6 and column 12 of them.
    """
    cell = 2400 + (6 * 64 + 12) * 3
    assert owners_of_one((box(100, 50, 12, 16), 0), masks=THREE, anchors=DEFAULTS[3]) == {cell: 0}
    # 14 x 24: 192 / 336 = 0.57 with anchor 0, 336 / 684 = 0.49 with anchor 1, 336 / 1120 = 0.30 with anchor 2
    found = owners_of_one((box(100, 50, 14, 24), 0), masks=THREE, anchors=DEFAULTS[3], threshold=0.35)
    assert found == {cell: 0, cell + 1: 0}


def test_two_objects_that_share_a_cell_of_stride_16_have_cells_of_their_own_at_stride_8():
    left, right = (box(99, 51, 12, 16), 0), (box(107, 51, 12, 16), 1)  # both in column 6 of stride 16
    found = owners_of_one(left, right, masks=THREE, anchors=DEFAULTS[3])
    assert found == {2400 + (6 * 64 + 12) * 3: 0, 2400 + (6 * 64 + 13) * 3: 1}
    assert set(owners_of_one(left, right, threshold=0.9).values()) == {0}, "the second one is lost at two levels"


def test_an_object_is_answered_for_by_its_best_anchor_and_by_those_above_the_threshold():
    """37 x 58 is anchor 2; anchor 3 has a shape IoU of 2146 / 6642 = 0.32, anchor 1 one of 621 / 2146 = 0.29."""
    best = 480 + (3 * 32 + 6) * 3 + 2
    other = (1 * 16 + 3) * 3
    assert owners_of_one((box(100, 50, 37, 58), 0)) == {best: 0, other: 0}
    assert owners_of_one((box(100, 50, 37, 58), 0), threshold=0.33) == {best: 0}


def test_the_best_anchor_answers_however_little_it_is_like_the_object():
    assert owners_of_one((box(8, 8, 2, 3), 0)) == {480: 0}
    assert list(owners_of_one((box(256, 160, 500, 4), 0)).values()) == [0]


def test_an_object_whose_best_anchor_is_unused_goes_to_the_best_used_one():
    assert owners_of_one((box(8, 8, 10, 14), 0), masks=PUBLISHED) == {480: 0}  # slot 0 of stride 16 is now anchor 1


def test_an_anchor_of_both_maps_answers_in_both():
    found = owners_of_one((box(100, 50, 81, 82), 0), masks=PUBLISHED, threshold=0.9)
    assert found == {(1 * 16 + 3) * 3: 0, 480 + (3 * 32 + 6) * 3 + 2: 0}


def test_class_0_is_an_object_and_padding_is_none():
    boxes = np.array([[box(100, 50, 23, 27)]], np.float32)
    assert len(owners(boxes, np.array([[0]], np.int32))[0]) > 0
    assert owners(boxes, np.array([[-1]], np.int32)) == [{}]


def test_of_two_objects_in_one_cell_the_higher_shape_iou_wins_whatever_the_order():
    exact, rough = (box(101, 51, 23, 27), 0), (box(104, 55, 21, 25), 1)
    candidate = 480 + (3 * 32 + 6) * 3 + 1
    assert owners_of_one(exact, rough)[candidate] == 0
    assert owners_of_one(rough, exact)[candidate] == 1


def test_the_smallest_difference_of_shape_iou_decides_even_against_many_earlier_objects():
    exact, rough = (box(101, 51, 23, 27), 0), (box(101, 51, 23, 27.002), 1)
    elsewhere = [(box(300, 200, 23, 27), 0)] * 200
    assert owners_of_one(rough, *elsewhere, exact)[480 + (3 * 32 + 6) * 3 + 1] == 201


def test_the_first_of_two_equals_wins():
    twice = [(box(101, 51, 23, 27), label) for label in (1, 0)]
    assert set(owners_of_one(*twice).values()) == {0}


def test_a_difficult_object_takes_no_candidate_from_one_that_is_taught():
    difficult, taught = (box(101, 51, 23, 27), twin.DIFFICULT), (box(104, 55, 21, 25), 0)
    assert set(owners_of_one(difficult, taught).values()) == {1}


@pytest.mark.parametrize(
    ("x", "y", "cell"),
    [(0, 0, 0), (512, 0, 31), (0, 320, 19 * 32), (512, 320, 20 * 32 - 1), (-9, 400, 19 * 32)],
    ids=["top left", "top right", "bottom left", "bottom right", "outside"],
)
def test_a_center_on_the_border_falls_into_the_nearest_cell(x, y, cell):
    assert owners_of_one((box(x, y, 10, 14), 0), threshold=0.9) == {480 + cell * 3: 0}


def test_scatter_max_keeps_the_largest_and_gives_0_elsewhere():
    values, candidate = ops.array([[1.0, 3.0, 2.0], [0.5, 0.0, 4.0]]), ops.array([[2, 2, 0], [1, 3, 1]])
    np.testing.assert_array_equal(array(scatter_max(values, candidate, 4)), [[2, 0, 3, 0], [0, 4, 0, 0]])
