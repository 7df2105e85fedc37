"""Tell whether the corners of boxes are counted from 1 or from 0, and make half-open boxes of them.

VOC counts pixels from 1, and the last pixel belongs to the box. Nearly all labelling tools write edges, counted from 0,
into the same four elements.
"""

import numpy as np

from yolo import boxes
from yolo.wording import counted


def origin_of(files, asked="auto"):
    """Return 0 or 1, from which the corners of a whole data set are counted, and why, a sentence or nothing.

    Objects that are cut off by the left or upper border of their picture begin at 0 or at 1, so the more frequent one
    tells; 0 never occurs in files counted from 1. Where neither tells, fractions in most boxes do, as pixels that are
    counted from 1 are whole. Without any sign it is 1, as in VOC.

    Args:
        files: `Written` of every annotation.
        asked: "auto", "0" or "1".
    """
    zeros, ones = (sum(written.minima[i] for written in files) for i in (0, 1))
    total, broken = sum(len(written.names) for written in files), sum(written.fractions for written in files)
    sides = f"of the left and upper sides of {counted(total, 'box')}"
    seen = f"{sides} {zeros} {'is' if zeros == 1 else 'are'} at 0 and {ones} at 1"
    if asked != "auto":
        return int(asked), "corners are read as counted from 0, as asked for" if asked == "0" else ""
    if zeros > ones:
        return 0, f"corners are read as counted from 0 ({seen}); --corners 1 reads them as VOC counts them"
    if zeros == ones and 2 * broken > total:
        why = f"{broken} of {counted(total, 'box')} {'has' if broken == 1 else 'have'} fractions"
        return 0, f"corners are read as counted from 0 ({why}); --corners 1 reads them as VOC counts them"
    if zeros:
        return 1, f"corners are read as counted from 1, as in VOC ({seen}); if your tool counts from 0: --corners 0"
    return 1, ""


def half_open(corners, origin):
    """Return the boxes that corners mean, xyxy, half-open, cut at the left and the top only: (n, 4) -> (n, 4) float32.

    Args:
        origin: 1 where pixels are counted from 1 and the last one belongs to the box, so that a box of which both
            corners are the same pixel is a pixel wide; 0 where corners are edges.
    """
    return np.maximum(corners - (origin, origin, 0, 0), 0).astype(np.float32)


def enclosing(corners, origin):
    """Return (n,) bool, which corners enclose anything: they are not exchanged, nor left of or above the picture."""
    upright = (corners[:, 2:] >= corners[:, :2]).all(axis=1)
    return upright & (boxes.area(half_open(corners, origin)) > 0)
