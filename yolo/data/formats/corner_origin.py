"""Find out whether the corners of boxes are counted from 1 or from 0, and convert them to half-open boxes.

VOC counts pixels from 1, and the last pixel belongs to the box. Nearly all labeling tools write edges, counted from 0,
into the same four elements.
"""

from collections.abc import Collection
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Float
from yolo.data.formats.written_annotation import WrittenAnnotation
from yolo.wording import counted

Corners: TypeAlias = Annotated[NDArray[Float], "n 4"]
"""xmin, ymin, xmax, ymax of each object, as written in an annotation file."""


def origin_of(annotations: Collection[WrittenAnnotation], choice: str = "auto") -> tuple[int, str]:
    """Return from which number the corners of a whole dataset are counted, 0 or 1, and a sentence on the reason.

    Objects that are cut off by the left or upper border of their picture begin at 0 or at 1, so the more frequent
    number decides; 0 never occurs in files counted from 1. If both are equally frequent, fractions in most boxes mean
    0, because pixels counted from 1 are whole. Without any sign it is 1, as in VOC.

    Args:
        annotations: all annotations of the dataset.
        choice: the user's choice, "auto", "0" or "1".

    Returns:
        0 or 1, and the sentence, which may be empty.
    """
    zeros, ones, fractions = (sum(written.signs[i] for written in annotations) for i in (0, 1, 2))
    total = sum(len(written.names) for written in annotations)
    sides = f"of the left and upper sides of {counted(total, 'box')}"
    seen = f"{sides} {zeros} {'is' if zeros == 1 else 'are'} at 0 and {ones} at 1"
    if choice != "auto":
        return int(choice), "corners are read as counted from 0, because of --corners 0" if choice == "0" else ""
    if zeros > ones:
        return 0, f"corners are read as counted from 0 ({seen}); --corners 1 reads them as VOC counts them"
    if zeros == ones and 2 * fractions > total:
        why = f"{fractions} of {counted(total, 'box')} {'has' if fractions == 1 else 'have'} fractions"
        return 0, f"corners are read as counted from 0 ({why}); --corners 1 reads them as VOC counts them"
    if zeros:
        return 1, f"corners are read as counted from 1, as in VOC ({seen}); if your tool counts from 0: --corners 0"
    return 1, ""


def half_open(corners: Corners, origin: int) -> Annotated[NDArray[np.float32], "n 4"]:
    """Return the half-open boxes of these corners, not cut to the picture.

    Args:
        origin: 1 if pixels are counted from 1 and the last one belongs to the box, so that a box with the same pixel as
            both corners is a pixel wide; 0 if corners are edges.
    """
    return (corners - (origin, origin, 0, 0)).astype(np.float32)
