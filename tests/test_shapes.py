"""The check of shapes finds arrays that are not what a signature promises."""

import inspect
from typing import Annotated

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shapes import ShapeError, checked
from yolo import boxes
from yolo.array_types import Boxes, Scores


def promise(found: Boxes, scores: Scores, limit: int = 0) -> tuple[Boxes, Scores | None]:
    """Keep what has a score above the limit; a limit of 9 breaks the promise."""
    kept = scores > limit
    return found[kept], scores if limit == 9 else scores[kept]


@pytest.mark.parametrize(
    ("found", "scores", "limit", "message"),
    [
        (np.zeros((3, 4), np.float32), np.ones(3, np.float32), 0, None),
        (np.zeros((0, 4)), np.zeros(0), 0, None),
        (np.zeros((3, 5), np.float32), np.ones(3, np.float32), 0, r"found\) is \(3, 5\), not \(n 4\)"),
        (np.zeros((3, 4), np.int64), np.ones(3, np.float32), 0, r"found\) is of int64, not floating"),
        (np.zeros((3, 4), np.float32), np.ones(2, np.float32), 0, r"is \(2,\), not \(n\) with n = 3"),
        (np.zeros(4, np.float32), np.ones(1, np.float32), 0, r"is \(4,\), not \(n 4\)"),
    ],
)
def test_arguments_are_held_against_the_signature(found, scores, limit, message):
    if message is None:
        assert len(checked(promise)(found, scores, limit)) == 2
    else:
        with pytest.raises(ShapeError, match=message):
            checked(promise)(found, scores, limit=limit)


def test_so_is_the_answer_within_a_tuple_and_beside_none():
    def answer(array: NDArray[np.float32], whole: bool) -> tuple[int, Annotated[NDArray[np.float32], "n 2"] | None]:
        return 1, array if whole else None

    assert checked(answer)(np.zeros((5, 3), np.float32), False) == (1, None)
    with pytest.raises(ShapeError, match="the answer of"):
        checked(answer)(np.zeros((5, 3), np.float32), True)


def test_any_number_of_axes_may_come_first():
    def area(sides: Annotated[NDArray[np.float64], "*any 2"]) -> None: ...

    for shape in ((2,), (3, 2), (4, 3, 2)):
        checked(area)(np.zeros(shape))
    with pytest.raises(ShapeError):
        checked(area)(np.zeros((2, 3)))


def test_a_checked_function_shows_its_arguments_to_keras():
    assert inspect.getfullargspec(checked(promise)).args == ["found", "scores", "limit"]


def test_the_functions_of_this_project_are_checked_in_all_tests():
    assert boxes.scale.__wrapped__
    with pytest.raises(ShapeError, match="boxes"):
        boxes.scale(np.zeros((3, 5), np.float32), 2, 2)
