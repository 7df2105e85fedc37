"""Samples whose objects can be found again in the pixels: coloured rectangles on grey."""

import numpy as np

from yolo.structures import Sample

GREY = 128
COLOURS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]], np.uint8)


def painted(*boxes, height=160, width=256, colours=COLOURS, labels=None):
    """A grey picture with one rectangle of whole pixels for each box, the nth in the nth colour."""
    image = np.full((height, width, 3), GREY, np.uint8)
    for (left, top, right, bottom), colour in zip(boxes, colours, strict=False):
        image[top:bottom, left:right] = colour
    labels = range(len(boxes)) if labels is None else labels
    return Sample(image, np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int32))


def rectangle(image, colour):
    """The box of the one rectangle of a colour, edges between pixels counted by the share of the colour in them."""
    direction = colour.astype(np.float64) - GREY
    share = (image.astype(np.float64) - GREY) @ direction / (direction @ direction)  # 0 grey, 1 the colour
    rows, columns = np.nonzero(share > 0.9)
    row, column = (rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2
    left, right = _edges(share[row], column)
    top, bottom = _edges(share[:, column], row)
    return np.array([left, top, right, bottom])


def _edges(share, middle):
    """Where a run of ones around `middle` begins and ends: a half covered pixel moves an edge by half a pixel."""
    before, after = share[:middle], share[middle:]
    begin = len(before) - np.argmax(before[::-1] < 0.02) if np.any(before < 0.02) else 0
    end = np.argmax(after < 0.02) if np.any(after < 0.02) else len(after)
    return middle - before[begin:].sum(), middle + after[:end].sum()
