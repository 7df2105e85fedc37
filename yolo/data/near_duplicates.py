"""Find pictures that look the same, such as resized or recompressed copies, by perceptual hashes.

The hash has the 64 bits of `phash` in ImageHash (https://github.com/JohannesBuchner/imagehash) when that is given the
same thumbnail. A copy that was resized, recompressed or darkened differs in 0 to 6 bits, another picture in 14 and more
as a rule. Pages of text and empty skies come closer, so the thumbnails of a pair are compared as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from yolo import picture_files
from yolo.array_types import Flags
from yolo.data.metadata_cache import cached
from yolo.errors import UserError
from yolo.machine import threads
from yolo.opencv import cv2
from yolo.progress import late_bar

AnyImage: TypeAlias = Annotated[NDArray[np.uint8], "*shape"]
"""An image in memory, upright: RGB (H, W, 3) or gray (H, W)."""

Thumbnail: TypeAlias = Annotated[NDArray[np.uint8], "32 32"]
"""A gray image of 32 x 32 pixels."""

Thumbnails: TypeAlias = Annotated[NDArray[np.uint8], "n 32 32"]
"""The thumbnails of n pictures."""

Value = TypeVar("Value")

LIMIT = 6  # bits in which the hashes of two copies differ at most
ALIKE = 0.9  # correlation of the thumbnails of two copies; pages of text with equal hashes reach 0.87
FEWEST_BITS = 8  # set in a hash; a plain picture has fewer, others have 32
SIDE = 32
COSINES = np.cos(np.pi * np.outer(np.arange(8), 2 * np.arange(SIDE) + 1) / (2 * SIDE))  # the 8 lowest frequencies


def thumbnail(image: AnyImage) -> Thumbnail:
    """Return the image in gray, resized to 32 x 32 pixels."""
    gray = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def picture_hash(image: AnyImage) -> int:
    """Return the perceptual hash of an image: 64 bits that tell which of its low frequencies are above their median.

    Args:
        image: an upright image or its thumbnail, RGB or gray.
    """
    low = (COSINES @ thumbnail(image) @ COSINES.T).round(6)  # (8, 8); rounded, so that what should be 0 is 0
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")


def near_groups(
    hashes: Sequence[int] | Annotated[NDArray[np.uint64], "n"], limit: int = LIMIT, thumbnails: Thumbnails | None = None
) -> list[list[int]]:
    """Return the groups of near-duplicates: sorted indices of pictures that are connected by pairs of like pictures.

    A plain picture, whose hash has fewer than 8 bits set, is in no group. Each picture is compared with those that are
    in no group yet, so that many equal ones, such as frames of a fixed camera, take less time than different ones.

    Args:
        hashes: `picture_hash` of each picture.
        limit: the number of bits in which a pair may differ.
        thumbnails: `thumbnail` of each picture. If given, those of a pair must be alike as well.

    Example:
        >>> near_groups([0xFF00FF00FF, 0xF0F0F0F0F0F0F0F0, 0xFF00FF00FE])
        [[0, 2]]
    """
    codes = np.asarray(hashes, np.uint64)
    left = np.flatnonzero(np.bitwise_count(codes) >= FEWEST_BITS)  # the pictures that are in no group yet
    left_codes = codes[left]
    groups = []
    while len(left):
        group = [int(left[-1])]
        left, left_codes = left[:-1], left_codes[:-1]
        for member in group:  # which grows meanwhile
            near = np.bitwise_count(left_codes ^ codes[member]) <= limit
            if near.any() and thumbnails is not None:
                near[near] = _alike(thumbnails[member], thumbnails[left[near]])
            if near.any():
                group += left[near].tolist()
                left, left_codes = left[~near], left_codes[~near]
        if len(group) > 1:
            groups.append(sorted(group))
    return sorted(groups)


def picture_hashes(paths: Iterable[Path]) -> dict[Path, int | UserError]:
    """Return `picture_hash`, or why the picture cannot be read, for each path; unchanged files come from the cache."""
    return cached("hashes", paths, _read_hashes)


def near_pictures(hashes: Mapping[Path, int], limit: int = LIMIT) -> list[list[Path]]:
    """Return the groups of near-duplicates among pictures, in the order of their paths.

    Only pictures with hashes that are close to another one are read, to compare their thumbnails.

    Args:
        hashes: `picture_hash` of each picture. A picture that can no longer be read is in no group.
        limit: the number of bits in which a pair may differ.
    """
    paths = sorted(hashes)
    close = near_groups([hashes[path] for path in paths], limit)
    found = _of_each(_thumbnail_of, [paths[i] for group in close for i in group], "comparing pictures")
    thumbnails = {path: small for path, small in found.items() if not isinstance(small, UserError)}
    chosen = list(thumbnails)
    if not chosen:
        return []
    groups = near_groups([hashes[path] for path in chosen], limit, np.stack([thumbnails[path] for path in chosen]))
    return sorted(sorted(chosen[i] for i in group) for group in groups)


def _alike(one: Thumbnail, others: Thumbnails) -> Flags:
    """Return which of the other thumbnails correlate with one."""
    a = one.reshape(-1).astype(np.float32)
    b = others.reshape(len(others), -1).astype(np.float32)
    a, b = a - a.mean(), b - b.mean(axis=1, keepdims=True)
    return np.asarray(b @ a >= ALIKE * np.linalg.norm(a) * np.linalg.norm(b, axis=1), bool)


def _read_hashes(paths: Sequence[Path]) -> dict[Path, int | UserError]:
    return _of_each(_hash_of, paths, "hashing pictures")


def _of_each(
    measure: Callable[[Path], Value | UserError], paths: Sequence[Path], task: str
) -> dict[Path, Value | UserError]:
    """Return the measure, or an error, of each picture."""
    with ThreadPoolExecutor(threads()) as pool:
        return dict(zip(paths, late_bar(pool.map(measure, paths), len(paths), desc=task), strict=True))


def _hash_of(path: Path) -> int | UserError:
    found = _thumbnail_of(path)
    return found if isinstance(found, UserError) else picture_hash(found)


def _thumbnail_of(path: Path) -> Thumbnail | UserError:
    try:
        return thumbnail(picture_files.read(path))
    except UserError as error:
        return error
