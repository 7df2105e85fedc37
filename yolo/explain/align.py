"""Bring maps over the network's input back onto the original picture, and color them."""

import math
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Float, Image
from yolo.letterbox import Placement
from yolo.opencv import cv2

NARROWEST = 0.01  # half the narrowest range of values that is spread over the colors

Cells: TypeAlias = Annotated[NDArray[np.number[Any]], "rows columns"]
"""A value for each cell of a feature map, which covers the network's input."""

Pixels: TypeAlias = Annotated[NDArray[Float], "height width"]
"""A value for each pixel of a picture."""


def onto_picture(cells: Cells, placement: Placement) -> Pixels:
    """Return a map over the canvas as one over the original picture, float32, linear between the centers of cells.

    The canvas includes the gray bars of a letterboxed picture, so the map must not be stretched over the picture.
    """
    rows, columns = cells.shape
    down = _weights(rows, placement.height, placement.scale_y, placement.top, placement.size[0])
    across = _weights(columns, placement.width, placement.scale_x, placement.left, placement.size[1])
    return down @ cells.astype(np.float32) @ across.T


def _weights(
    cells: int, pixels: int, scale: float, offset: int, canvas: int
) -> Annotated[NDArray[np.float32], "pixels cells"]:
    """Return the share that each pixel of an axis takes from each cell; each row adds up to 1."""
    position = ((np.arange(pixels) + 0.5) * scale + offset) * cells / canvas - 0.5
    position = np.clip(position, 0, cells - 1)[:, None]
    return np.maximum(1 - np.abs(position - np.arange(cells)), 0).astype(np.float32)


def inside(rows: int, columns: int, placement: Placement) -> tuple[slice, slice]:
    """Return the rows and columns of a map of that size whose cells lie at least partly on the picture."""
    height, width = placement.resized
    return (
        _touched(rows, placement.top, height, placement.size[0]),
        _touched(columns, placement.left, width, placement.size[1]),
    )


def _touched(cells: int, offset: int, extent: int, canvas: int) -> slice:
    return slice(offset * cells // canvas, math.ceil((offset + extent) * cells / canvas))


def heat(image: Image, values: Pixels, low: float, high: float) -> Image:
    """Return a gray copy of an image under colors for the values, from `low` (blue) to `high` (red)."""
    levels = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    colors = cv2.applyColorMap((levels * 255).round().astype(np.uint8), cv2.COLORMAP_TURBO)
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    mixed = cv2.addWeighted(
        cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), 0.5, cv2.cvtColor(colors, cv2.COLOR_BGR2RGB), 0.5, 0
    )
    return np.asarray(mixed, np.uint8)


def spread(values: NDArray[Float]) -> tuple[float, float]:
    """Return the lowest and the highest value, moved apart if they are nearly equal."""
    low, high = float(values.min()), float(values.max())
    middle, half = (low + high) / 2, max((high - low) / 2, NARROWEST)
    return middle - half, middle + half
