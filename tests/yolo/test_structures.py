"""Detections one by one and chosen from."""

import numpy as np
import pytest

from yolo.structures import Detection, Detections


@pytest.fixture
def found():
    boxes = np.float32([[1, 2, 3, 4], [5, 6, 7.5, 8], [0, 0, 1, 1]])
    return Detections(boxes, np.float32([0.75, 0.5, 0.25]), np.int32([1, 0, 1]), ("Äpfel", "dog"))


def test_each_detection_says_what_and_where_in_plain_values(found):
    assert list(found) == [
        Detection(name="dog", score=0.75, box=(1, 2, 3, 4), label=1),
        Detection(name="Äpfel", score=0.5, box=(5, 6, 7.5, 8), label=0),
        Detection(name="dog", score=0.25, box=(0, 0, 1, 1), label=1),
    ]
    assert {type(value) for detection in found for value in (*detection.box, detection.score)} == {float}
    assert type(found[0].label) is int


def test_one_is_chosen_by_its_index_and_several_by_slice_mask_and_indices(found):
    assert found[0] == next(iter(found))
    assert found[np.int64(-1)].score == 0.25
    assert found[:2].names == ["dog", "Äpfel"]
    assert found[found.scores > 0.3].scores.tolist() == [0.75, 0.5]
    assert found[[name == "dog" for name in found.names]].scores.tolist() == [0.75, 0.25]
    assert found[np.array([2, 0])].scores.tolist() == [0.25, 0.75]
    with pytest.raises(IndexError):
        _ = found[3]


def test_nothing_found_is_empty_and_false(found):
    nothing = found[:0]
    assert (list(nothing), len(nothing), bool(nothing)) == ([], 0, False)
