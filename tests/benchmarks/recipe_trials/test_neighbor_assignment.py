"""Label assignment with neighbors against plain loops and by hand."""

import pytest

from benchmarks.recipe_trials.neighbor_assignment import assign_with_neighbors
from tests.reference import loss_numpy as twin
from tests.yolo.loss.test_label_assignment import MASKS, SIZE, THREE, box, owners, owners_of_one, random_objects
from yolo.anchors import DEFAULT, DEFAULTS


@pytest.mark.parametrize(("masks", "anchors"), [(MASKS, DEFAULT), (THREE, DEFAULTS[3])], ids=["2 levels", "3 levels"])
def test_the_assignment_with_neighbors_is_that_of_plain_loops(masks, anchors):
    boxes, labels = twin.padded(random_objects(4, 60), 60)
    expected = [twin.assign(*row, SIZE, anchors, masks, neighbors=True) for row in zip(boxes, labels, strict=True)]
    assert owners(boxes, labels, masks=masks, anchors=anchors, assign=assign_with_neighbors) == expected


def test_the_nearest_cells_answer_for_an_object_too():
    """The center (100, 52) is at 6.25 and 3.25 cells of stride 16: the nearest ones are on the left and above."""
    found = owners_of_one((box(100, 52, 10, 14), 0), threshold=0.9, assign=assign_with_neighbors)
    assert found == {480 + (3 * 32 + 6) * 3: 0, 480 + (3 * 32 + 5) * 3: 0, 480 + (2 * 32 + 6) * 3: 0}
    # from the middle on, at 6.5 and 3.5, those on the right and below
    found = owners_of_one((box(104, 56, 10, 14), 0), threshold=0.9, assign=assign_with_neighbors)
    assert found == {480 + (3 * 32 + 6) * 3: 0, 480 + (3 * 32 + 7) * 3: 0, 480 + (4 * 32 + 6) * 3: 0}


@pytest.mark.parametrize(
    ("x", "y", "cells"),
    [(2, 2, [0]), (510, 2, [31]), (2, 24, [32, 64]), (24, 318, [19 * 32 + 1, 19 * 32 + 2])],
    ids=["top left", "top right", "left", "bottom"],
)
def test_no_cell_answers_beyond_the_border(x, y, cells):
    found = owners_of_one((box(x, y, 10, 14), 0), threshold=0.9, assign=assign_with_neighbors)
    assert found == {480 + cell * 3: 0 for cell in cells}


def test_a_neighbor_yields_to_the_object_whose_center_the_cell_contains():
    exact, rough = (box(95, 56, 10, 14), 0), (box(97, 56, 13, 17), 1)  # in columns 5 and 6 of stride 16
    found = owners_of_one(exact, rough, threshold=0.9, assign=assign_with_neighbors)
    assert found[480 + (3 * 32 + 5) * 3] == 0
    assert found[480 + (3 * 32 + 6) * 3] == 1, "although the shape of the first one is closer to the anchor"
