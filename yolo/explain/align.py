"""Maps over the network's input, brought back onto the original picture."""

import math

import numpy as np

from yolo.opencv import cv2

NARROWEST = 0.01  # half the narrowest range of values that is spread over the colours


def onto_picture(cells, placement):
    """A map over the canvas -> one over the original picture, linear between cell centres: (h, w) -> (H, W) float32.

    The canvas holds the grey bars of a letterboxed picture too, so the map must not be stretched over the picture.
    """
    rows, columns = cells.shape
    down = _weights(rows, placement.height, placement.scale_y, placement.top, placement.size[0])
    across = _weights(columns, placement.width, placement.scale_x, placement.left, placement.size[1])
    return down @ cells.astype(np.float32) @ across.T


def _weights(cells, pixels, scale, offset, canvas):
    """How much each pixel of an axis takes from each cell: (pixels, cells) float32, rows of sum 1."""
    position = ((np.arange(pixels) + 0.5) * scale + offset) * cells / canvas - 0.5
    position = np.clip(position, 0, cells - 1)[:, None]
    return np.maximum(1 - np.abs(position - np.arange(cells)), 0).astype(np.float32)


def inside(rows, columns, placement):
    """The two slices of a map of that size whose cells lie at least partly on the picture, not in the bars."""
    height, width = placement.resized
    return (
        _touched(rows, placement.top, height, placement.size[0]),
        _touched(columns, placement.left, width, placement.size[1]),
    )


def _touched(cells, offset, extent, canvas):
    return slice(offset * cells // canvas, math.ceil((offset + extent) * cells / canvas))


def heat(image, values, low, high):
    """Values (H, W) as colours from `low` (blue) to `high` (red) over the grey of (H, W, 3) uint8 RGB: the same."""
    levels = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    colors = cv2.applyColorMap((levels * 255).round().astype(np.uint8), cv2.COLORMAP_TURBO)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.addWeighted(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), 0.5, cv2.cvtColor(colors, cv2.COLOR_BGR2RGB), 0.5, 0)


def spread(values):
    """The lowest and highest of the values, a little apart where they are nearly alike."""
    low, high = float(values.min()), float(values.max())
    middle, half = (low + high) / 2, max((high - low) / 2, NARROWEST)
    return middle - half, middle + half
