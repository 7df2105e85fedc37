"""Write the numbers of boxes as short decimals from which the same boxes are read again."""

import numpy as np

from yolo.array_types import Boxes

PIXEL_DECIMALS = 5  # as many as are kept when data are read
SHARE_DECIMALS = 12  # at 20,000 pixels an error of 1e-8, far below a half of the last decimal of a pixel


def exact(boxes: Boxes) -> Boxes:
    """Return float32 boxes in float64 as a person would write them: 10.4, not 10.399999618530273."""
    shortest = boxes.astype("U32")  # as NumPy prints a float32
    return np.round(shortest.astype(np.float64), PIXEL_DECIMALS)


def decimal(number: float, decimals: int = PIXEL_DECIMALS) -> str:
    """Return a number without an exponent and without zeros at the end: `12`, `10.4`, `0.00001`."""
    text = f"{number:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
