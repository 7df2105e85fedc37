"""Scale scores by a temperature, so that they mean what they say, Guo et al. 2017, https://arxiv.org/abs/1706.04599."""

from numbers import Real
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Float

LARGEST = 100  # its inverse is the smallest temperature
EXPECTED = f"a number from {1 / LARGEST} to {LARGEST}"


def is_temperature(value: Any) -> bool:
    """Return whether a value of any type is a temperature, which is EXPECTED."""
    is_number = not isinstance(value, bool) and isinstance(value, Real)
    return is_number and bool(1 / LARGEST <= value <= LARGEST)


def scaled(scores: Annotated[NDArray[Float], "*any"], temperature: float) -> Annotated[NDArray[np.float64], "*any"]:
    """Return scores whose logits are divided by a temperature; `scaled(scores, 1 / temperature)` is the way back.

    A temperature above 1 pulls scores towards 0.5, one below 1 pushes them to 0 and 1, and 1 returns exactly the
    scores: s + (1 - s) is 1 in floating point for every s from 0 to 1. No two scores change places.
    """
    scores = np.asarray(scores, np.float64)
    yes, no = scores ** (1 / temperature), (1 - scores) ** (1 / temperature)  # the odds yes / no, to the same power
    return yes / (yes + no)
