"""Take over the outputs of a head one by one: those of boxes and objectness, and those of classes of the same name.

A raw map has 5 + C outputs for each anchor: four of its box, its objectness, and one for each class.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yolo.anchors import OF_A_LEVEL

FIRST_CLASS = 5  # the outputs before it are those of the box and of objectness


def take_outputs(
    mine: NDArray[np.float32], theirs: NDArray[np.float32], classes: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """Return the kernel or the bias of a head, with the outputs of boxes, objectness and some classes from another.

    Args:
        mine: (..., A * (5 + C)), from which the other classes are.
        theirs: (..., A * (5 + D)), for D classes.
        classes: pairs of the label of a class in `mine` and in `theirs`.
    """
    result, source = (x.reshape(*x.shape[:-1], OF_A_LEVEL, -1) for x in (mine.copy(), theirs))
    result[..., :FIRST_CLASS] = source[..., :FIRST_CLASS]
    for label, other in classes:
        result[..., FIRST_CLASS + label] = source[..., FIRST_CLASS + other]
    return result.reshape(mine.shape)


def count_outputs(classes: int) -> int:
    """Return how many outputs a head has for boxes, objectness and a number of classes."""
    return OF_A_LEVEL * (FIRST_CLASS + classes)
