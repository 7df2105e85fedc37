"""Hold the size that an annotation states against the size its picture has.

Two differences can be undone: tools that do not know EXIF annotate a photo as it lies in the file, and pictures are
made smaller after they were annotated. Everything else is told, and boxes stay as they are.
"""

import numpy as np

from yolo.boxes import scale
from yolo.data.sizes import LYING

SAME, TURNED, SCALED, UNLIKE = "same", "turned", "scaled", "unlike"


def relation(stated, head):
    """Return how the size that an annotation states and that of its picture go together.

    SAME also where none is stated, or a side is one pixel off; TURNED where it is the size of the picture before its
    EXIF orientation exchanges the sides; SCALED where one factor makes the one of the other; else UNLIKE.

    Args:
        stated: (width, height) of the annotation, (0, 0) where it has none.
        head: `sizes.picture_head`.
    """
    height, width, orientation = head
    if not stated[0] or (abs(stated[0] - width) <= 1 and abs(stated[1] - height) <= 1):
        return SAME
    lying = orientation in LYING
    if lying and abs(stated[0] - height) <= 1 and abs(stated[1] - width) <= 1:
        return TURNED
    if _one_factor(stated, (width, height)):
        return SCALED
    return TURNED if lying and _one_factor(stated, (height, width)) else UNLIKE


def believable(cases):
    """Return whether differences of one kind may be undone in a data set: its boxes must lie in the stated frames.

    Some tools state one size and draw in another. Then there are boxes that leave the stated frame, but not the
    picture; a tenth of the files may have such by mistake.

    Args:
        cases: (boxes, stated, head) of every picture of that kind.
    """
    against = in_favour = 0
    for known, stated, (height, width, _) in cases:
        ends = known[:, 2:].max(axis=0, initial=0) - 1
        leaves_stated, leaves_picture = (ends > stated).any(), (ends > (width, height)).any()
        against += bool(leaves_stated and not leaves_picture)
        in_favour += bool(leaves_picture and not leaves_stated)
    return against <= max(in_favour, len(cases) / 10)


def to_picture(known, kind, stated, head):
    """Return boxes of the stated frame as boxes of the upright picture: (n, 4) -> (n, 4) float32."""
    height, width, orientation = head
    if kind not in (TURNED, SCALED):
        return known
    if kind == TURNED:
        return turned(scale(known, height / stated[0], width / stated[1]), orientation, height, width)
    return scale(known, width / stated[0], height / stated[1])


def turned(known, orientation, width, height):
    """Return the boxes of a stored picture of `width` x `height` in the picture turned upright: (n, 4) -> (n, 4).

    Args:
        orientation: EXIF tag 0x0112, one of 5 to 8.
    """
    left, top, right, bottom = known.T
    if orientation == 5:
        sides = top, left, bottom, right
    elif orientation == 6:
        sides = height - bottom, left, height - top, right
    elif orientation == 7:
        sides = height - bottom, width - right, height - top, width - left
    else:
        sides = top, width - right, bottom, width - left
    return np.stack(sides, axis=1).astype(np.float32)


def _one_factor(stated, size):
    """Return whether one factor makes `size` of `stated`, each side rounded up or down to whole pixels."""
    low = max((side - 1) / one for one, side in zip(stated, size, strict=True))
    return low <= min((side + 1) / one for one, side in zip(stated, size, strict=True))
