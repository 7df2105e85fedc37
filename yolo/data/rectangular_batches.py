"""Rectangular batches: pictures of similar shape share a batch, which is only as high and wide as they need.

Letterboxed into a square, a picture of 640 x 480 leaves a quarter of it gray. The network is fully convolutional, so it
learns as much without most of the bars, in less time.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from yolo.letterbox import FILL, fit, place
from yolo.structures import Sample

STRIDE = 32  # the height and width of a batch are multiples of it
WINDOW = 16  # batches among which pictures of similar shape are put together

Order = Annotated[NDArray[np.int64], "count"]


def canvas(height: int, width: int, input_size: tuple[int, int], mode: str) -> tuple[int, int]:
    """Return the height and width, multiples of 32 up to the input size, that a resized picture needs.

    Args:
        height, width: of the picture.
        mode: "letterbox" or "stretch", see `yolo.letterbox.place`.
    """
    rows, columns = place(height, width, input_size, mode).resized
    return -(-rows // STRIDE) * STRIDE, -(-columns // STRIDE) * STRIDE


def group(order: Order, canvases: Sequence[tuple[int, int]], batch_size: int, rng: np.random.Generator) -> Order:
    """Return the order of an epoch in which the pictures of a batch have similar shapes.

    In each WINDOW of batches, the pictures are sorted by shape; then its batches are shuffled.

    Args:
        order: indices of the pictures in random order.
        canvases: height and width that each picture needs.
    """
    slant = np.array([rows - columns for rows, columns in canvases])
    grouped = []
    for start in range(0, len(order), WINDOW * batch_size):
        window = order[start : start + WINDOW * batch_size]
        window = window[np.argsort(slant[window], kind="stable")]
        batches = [window[first : first + batch_size] for first in range(0, len(window), batch_size)]
        whole, rest = (batches, []) if len(window) % batch_size == 0 else (batches[:-1], batches[-1:])
        grouped += [whole[number] for number in rng.permutation(len(whole))] + rest
    return np.concatenate(grouped)


def enlarge(sample: Sample, size: tuple[int, int]) -> Sample:
    """Return the sample in the middle of a gray image of that size; both sizes are multiples of 32.

    This is where a letterbox of that size would have placed the picture. A larger sample is made smaller.
    """
    height, width = sample.image.shape[:2]
    if (height, width) == size:
        return sample
    if height > size[0] or width > size[1]:
        image, placement = fit(sample.image, size)
        return replace(sample, image=image, boxes=placement.apply(sample.boxes))
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    image = np.full((*size, 3), FILL, np.uint8)
    image[top : top + height, left : left + width] = sample.image
    return replace(sample, image=image, boxes=sample.boxes + np.array([left, top, left, top], np.float32))
