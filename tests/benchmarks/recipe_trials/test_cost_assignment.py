"""SimOTA and task-aligned assignment on a small case worked out by hand."""

import numpy as np
import pytest
from keras import ops

from benchmarks.recipe_trials.cost_assignment import MOST, CostAssignment, simota_counts
from tests.backends import array
from yolo.nets.decode import Candidates
from yolo.structures import DIFFICULT, NO_OBJECT

# 64 x 64 pixels: 2 x 2 cells of stride 32 with an anchor of 48 x 48, then 4 x 4 cells of stride 16 with one of 16 x 16
ANCHORS, MASKS = ((16, 16), (48, 48)), ((1,), (0,))
OBJECT = (18.0, 14.0, 34.0, 30.0)  # its center (26, 22) is in column 1 and row 1, and less than a cell from 2 and 0
IOUS = {5: 0.9, 6: 0.8, 9: 0.5, 10: 0.2, 0: 1.0, 4: 1.0, 13: 1.0}  # of the candidates; the last three cannot reach it
SCORES = {5: 0.01, 6: 0.5, 9: 0.9, 10: 0.9, 0: 0.9, 4: 0.9, 13: 0.9}


def candidates(ious, scores, count):
    """One picture: boxes at the left of the object with these IoUs, and scores for class 1 of two."""
    boxes, classes = np.zeros((1, count, 4), np.float32), np.full((1, count, 2), -9, np.float32)
    for candidate, share in ious.items():
        left, top, right, bottom = OBJECT
        boxes[0, candidate] = left, top, left + share * (right - left), bottom
        classes[0, candidate, 1] = np.log(scores[candidate] / (1 - scores[candidate]))
    return Candidates(*map(ops.convert_to_tensor, (boxes, np.full((1, count), 30, np.float32), classes)))


def assign(kind, labels, ious=IOUS, scores=SCORES, masks=MASKS, anchors=ANCHORS, scale=2.0):
    """{candidate: (object, weight)} for objects at the same place."""
    count = 4 * len(masks[0]) + 16 * len(masks[1])
    boxes, labels = np.array([[OBJECT] * len(labels)], np.float32), np.array([labels], np.int32)
    assignment = CostAssignment(kind, anchors, masks, scale, 0.3)
    pairs, weight = assignment(candidates(ious, scores, count), ops.array(boxes), ops.array(labels), (64, 64))
    candidate, chosen, weight, objects = map(array, (pairs.candidate, pairs.chosen, weight, pairs.object))
    found = [(int(candidate[0, i]), (int(objects[i]), float(weight[0, i]))) for i in np.flatnonzero(chosen[0])]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_simota_takes_as_many_as_the_sum_of_the_ious_those_of_the_lowest_cost():
    # 0.9 + 0.8 + 0.5 + 0.2 = 2.4, so two; -3 log IoU - log sqrt(score) is 2.6, 1.0, 2.1 and 4.9
    assert assign("simota", [1]) == {6: (0, 1.0), 9: (0, 1.0)}


def test_the_dynamic_k_is_the_whole_part_of_the_sum_of_the_ten_highest_and_at_least_1():
    ious = np.zeros((1, 3, 14), np.float32)
    ious[0, 0, :3] = 0.2, 0.3, 0.4
    ious[0, 1] = 0.5  # fourteen times, of which ten count
    ious[0, 2, :4] = 0.9
    assert array(simota_counts(ops.array(ious))).tolist() == [[1, 5, 3]]


def test_with_a_small_scale_only_the_cell_of_the_center_comes_into_question():
    assert set(assign("simota", [1], scale=1.05)) == {9}
    assert set(assign("tal", [1], scale=1.05)) == {9}


def test_tal_takes_all_up_to_ten_and_weighs_them_by_their_alignment():
    alignment = {c: SCORES[c] * IOUS[c] ** 6 for c in (5, 6, 9, 10)}
    expected = {c: value / alignment[6] * 0.9 for c, value in alignment.items()}  # 6 is the most aligned
    found = assign("tal", [1])
    assert set(found) == set(expected)
    for candidate, weight in expected.items():
        assert found[candidate] == (0, pytest.approx(weight, rel=1e-3))


def test_tal_takes_the_ten_best_aligned_of_more():
    # three equal anchors for each of the four cells: candidates 15 to 20 and 27 to 32 behind the 12 of stride 32
    masks, anchors = ((3, 4, 5), (0, 1, 2)), ((16, 16),) * 3 + ((48, 48),) * 3
    allowed = [*range(15, 21), *range(27, 33)]
    ious = {candidate: 0.4 + 0.04 * place for place, candidate in enumerate(allowed)}
    found = assign("tal", [1], ious, dict.fromkeys(allowed, 0.5), masks, anchors)
    assert set(found) == set(allowed[2:])
    assert len(found) == MOST


@pytest.mark.parametrize("kind", ["simota", "tal"])
def test_a_candidate_goes_to_a_taught_object_before_a_difficult_one_and_then_to_the_first(kind):
    # a difficult object has no class: its scores are those of class 0, equal everywhere, so in SimOTA it wants 5 and 6
    assert {c: owner for c, (owner, _) in assign(kind, [DIFFICULT, 1]).items() if c in (6, 9)} == {6: 1, 9: 1}
    assert {owner for owner, _ in assign(kind, [1, 1]).values()} == {0}
    assert {owner for owner, _ in assign(kind, [NO_OBJECT, 1]).values()} == {1}
    assert assign(kind, [NO_OBJECT]) == {}
