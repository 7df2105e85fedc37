"""Anchors: widths and heights in pixels of the network's input, from which the network scales its boxes.

Each level of the network has three, so there are six, or nine with a third level. They are found by k-means with IoU as
the distance, Redmon and Farhadi 2017, https://arxiv.org/abs/1612.08242.
"""

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo import option_limits
from yolo.array_types import AnchorMasks, Float, Sizes
from yolo.atomic_write import write_whole
from yolo.boxes import shape_iou
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.text_files import read_text

OF_A_LEVEL = 3
DEFAULT = ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
DEFAULTS = {  # for each number of levels those of Darknet: of yolov4-tiny.cfg and of yolov4-tiny-3l.cfg
    2: DEFAULT,
    3: ((12, 16), (19, 36), (40, 28), (36, 75), (76, 55), (72, 146), (142, 110), (192, 243), (459, 401)),
}
LEVELS = tuple(DEFAULTS)  # the numbers of levels that a network may have
MOST = 50_000  # objects that k-means uses, drawn at random when there are more
SPREAD = 1.5  # factor between the anchors that complete a set with too few shapes

AnchorSizes: TypeAlias = Annotated[NDArray[Float], "k 2"]
"""The width and height of each anchor in pixels of the network's input."""


def best_iou(sizes: ArrayLike, anchors: ArrayLike) -> Annotated[NDArray[np.float64], "n"]:
    """Return the IoU of each width and height with its best anchor: (n, 2) and (k, 2) -> (n,)."""
    return shape_iou(np.asarray(sizes, np.float64), np.asarray(anchors, np.float64)).max(axis=1)


def average_best_iou(sizes: ArrayLike, anchors: ArrayLike) -> float:
    """Return the mean of `best_iou`, which `kmeans` makes large."""
    return float(best_iou(sizes, anchors).mean())


def masks(levels: int) -> AnchorMasks:
    """Return the indices of the anchors of each level, the coarse level with the largest anchors first.

    Example:
        >>> masks(3)
        ((6, 7, 8), (3, 4, 5), (0, 1, 2))
    """
    return tuple(tuple(range(OF_A_LEVEL * i, OF_A_LEVEL * (i + 1))) for i in reversed(range(levels)))


def kmeans(sizes: ArrayLike, k: int = len(DEFAULT), seed: int = 0, restarts: int = 10) -> AnchorSizes:
    """Return the k anchors that fit the given objects best.

    Args:
        sizes: (n, 2) widths and heights of objects in pixels of the network's input.
        restarts: number of starts by k-means++, of which the best result is taken.

    Returns:
        The anchors in float32, sorted by area and rounded to hundredths of a pixel. Fewer than k distinct shapes are
        kept as they are; the other anchors are larger and smaller ones in turn, by factors of 1.5.

    Raises:
        ValueError: there are no objects, or a width or height is not above 0.
    """
    sizes = np.asarray(sizes, np.float64).reshape(-1, 2)
    if not len(sizes) or not np.all(np.isfinite(sizes) & (sizes > 0)):
        raise ValueError("anchors need at least one object, and widths and heights above 0")
    distinct = np.unique(sizes, axis=0)
    if len(distinct) <= k:
        return _sorted(_filled(distinct, k))
    rng = np.random.default_rng(seed)
    if len(sizes) > MOST:
        sizes = rng.choice(sizes, MOST, replace=False)
    tries = [_refine(sizes, _spread_start(sizes, k, rng)) for _ in range(restarts)]
    return _sorted(max(tries, key=lambda anchors: average_best_iou(sizes, anchors)))


def read(path: str | os.PathLike[str], ordered: bool = True, levels: int | None = 2) -> AnchorSizes:
    """Read the anchors of a text file, three for each level: `10,14, 23,27, ...`.

    Args:
        ordered: whether they must go from small to large, as training needs them; weights from other projects may have
            been trained with another order.
        levels: the number of levels that they are for, or None for any.

    Raises:
        UserError: the file cannot be read, or holds no such anchors.
    """
    possible = [levels] if levels else LEVELS
    numbers = [OF_A_LEVEL * each for each in possible]
    expected = (
        f"expected {' or '.join(map(str, numbers))} pairs w,h of positive numbers up to {option_limits.ANCHOR}, from "
        f"small to large, for {' or '.join(map(str, possible))} levels"
    )
    text = read_text(path, "the anchors file")
    try:
        with np.errstate(over="ignore"):  # infinity is refused below
            anchors = np.array([float(number) for number in text.replace(",", " ").split()], np.float32)
    except ValueError as error:
        raise UserError(f"{path} holds no anchors ({_short(str(error))}): {expected}.") from error
    in_range = np.all((anchors > 0) & (anchors <= option_limits.ANCHOR))
    if anchors.size not in [2 * number for number in numbers] or not in_range:
        raise UserError(f"{path} holds '{_short(text.strip())}' for anchors: {expected}.")
    anchors = anchors.reshape(-1, 2)
    areas = anchors.prod(axis=1)
    if ordered and np.any(areas[1:] < areas[:-1] * (1 - 1e-6)):
        raise UserError(f"the anchors in {path} are not ordered by area: {expected}, as the strides are shared out so.")
    return anchors


def holds_anchors(path: str | Path) -> bool:
    """Return True for a file that holds anchors in any order, for any number of levels.

    Raises:
        UserError: it does not.
    """
    return len(read(path, ordered=False, levels=None)) > 0


def text(anchors: ArrayLike) -> str:
    """Return (k, 2) anchors as the text of a file: `10,14, 23,27, ...`."""
    return ", ".join(f"{width:g},{height:g}" for width, height in np.asarray(anchors, np.float64))


def write(path: str | Path, anchors: ArrayLike) -> None:
    """Write (k, 2) anchors to a file for `read`.

    Raises:
        UserError: the file cannot be written.
    """
    with os_errors_as_user_errors(f"cannot write the anchors to {path}"):
        write_whole(path, text(anchors) + "\n")


def _short(text: str) -> str:
    """Return the beginning of a text in one line."""
    return " ".join(text[:80].split())


def _sorted(anchors: Sizes) -> Sizes:
    """Return the anchors sorted by area, then by width, as float32; rounded first, so that a file is in order too."""
    anchors = np.maximum(anchors.round(2), 0.01)
    return anchors[np.lexsort((anchors[:, 0], anchors.prod(axis=1)))].astype(np.float32)


def _filled(shapes: Sizes, k: int) -> AnchorSizes:
    """Return a few distinct shapes, completed to k distinct ones."""
    by_area = shapes[np.argsort(shapes.prod(axis=1))]
    steps = np.arange(1, k + 1)[:, None]
    larger, smaller = by_area[-1] * SPREAD**steps, by_area[0] / SPREAD**steps
    return np.concatenate([shapes, np.stack([larger, smaller], axis=1).reshape(-1, 2)])[:k]


def _spread_start(sizes: Sizes, k: int, rng: np.random.Generator) -> AnchorSizes:
    """Return k starts by k-means++: each next one is drawn with a probability proportional to (1 - IoU) squared."""
    start = sizes[rng.integers(len(sizes))][None]
    while len(start) < k:
        weight = (1 - best_iou(sizes, start)) ** 2
        start = np.concatenate([start, sizes[rng.choice(len(sizes), p=weight / weight.sum())][None]])
    return start


def _refine(sizes: Sizes, anchors: AnchorSizes, iterations: int = 100) -> AnchorSizes:
    """Return the anchors after Lloyd's iterations; one that lost all its shapes moves to the shape that fits worst.

    An anchor is the median of its group, which fits better than the mean: by 0.004 to 0.008 of average IoU on three
    data sets.
    """
    previous = np.empty(0, np.int64)
    for _ in range(iterations):
        overlap = shape_iou(sizes, anchors)
        nearest = overlap.argmax(axis=1)
        if np.array_equal(nearest, previous):
            break
        previous = nearest
        worst = sizes[overlap.max(axis=1).argmin()]
        groups = [sizes[nearest == i] for i in range(len(anchors))]
        anchors = np.array([np.median(group, axis=0) if len(group) else worst for group in groups])
    return anchors
