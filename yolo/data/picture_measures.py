"""Measure the pictures of a dataset in one pass: each file is read once and decoded once, by several threads."""

import io
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from yolo import picture_files
from yolo.array_types import Image
from yolo.data.equal_files import content_hash
from yolo.data.jpeg_head import FIRST, jpeg_frame
from yolo.data.metadata_cache import cached
from yolo.data.near_duplicates import Thumbnail, picture_hash, thumbnail
from yolo.errors import UserError
from yolo.machine import threads
from yolo.opencv import cv2, opencv_threads
from yolo.progress import late_bar

if TYPE_CHECKING:
    from cv2.typing import MatLike

SIDE = (
    160  # pixels of the longer side of measured pictures; with 256, weaker blur is seen, but it takes 1.3 times as long
)
TILE = 20  # pixels of the side of the tiles of which the sharpest one is taken
SAMPLED = 64  # pixels in a row and in a column that are looked at for color
EXTREME = 0.05  # of the pixels
BITS_PER_SAMPLE = 258  # a tag of TIFF
SEEN_FLAT = 32  # rows at the end that are looked at are one part of this many; most pictures need no second look
ENDS = (8, 247)  # gray values between which a flat end counts: drawings and scans end in white or black

Smaller: TypeAlias = Annotated[NDArray[np.uint8], "rows columns"]
"""An image in shades of gray, not larger than SIDE."""


class FileHead(NamedTuple):
    """The head of a picture file as Pillow reads it; empty texts if it cannot.

    Attributes:
        format: by the content, not by the name: "JPEG".
        mode: the channels in Pillow's letters: "RGB", "L", "CMYK", "P".
        bits: per channel.
        side: the longer side in pixels.
    """

    format: str = ""
    mode: str = ""
    bits: int = 8
    side: int = 0


class Measures(NamedTuple):
    """The measures of one picture. Everything in it can be kept as JSON, because it is kept in a cache.

    Attributes:
        content: a hash of the bytes of the file, equal for equal files.
        height, width: of the image as it was decoded, a JPEG perhaps at a half, a quarter or an eighth of its size.
        look: the perceptual `picture_hash`, close for pictures that look alike.
        format, mode, bits: see `FileHead`.
        darkest, lightest: the gray values that a twentieth of a thousand parts of the picture are below, and above.
        contrast: the standard deviation of the gray values.
        sharpness: the variance of the Laplacian, whose mean is 0, in the sharpest tile; so it does not matter how much
            of the picture is sky or out of focus.
        color: the largest difference between two channels of a pixel, of some thousand pixels; 0 if they are gray.
        flat_end: the share of rows at the lower border that are of one and the same gray, as a decoder fills in for
            lost data; 0 if they are few, if the upper border is so as well, or if that gray is black or white.
    """

    content: str
    height: int
    width: int
    look: int
    format: str
    mode: str
    bits: int
    darkest: int
    lightest: int
    contrast: float
    sharpness: float
    color: int
    flat_end: float


def measure(paths: Iterable[Path]) -> dict[Path, Measures | UserError]:
    """Return the measures, or why the picture cannot be read, for each path; unchanged files come from the cache."""
    return cached("measures", paths, _measure_all, lambda values: Measures(*values))


def _measure_all(paths: Sequence[Path]) -> dict[Path, Measures | UserError]:
    with warnings.catch_warnings(), opencv_threads(1), ThreadPoolExecutor(threads()) as pool:
        warnings.simplefilter("ignore")  # Pillow's, about damaged or huge heads: OpenCV decodes
        found = late_bar(pool.map(_measure_or_error, paths), len(paths), desc="checking pictures")
        return dict(zip(paths, found, strict=True))


def _measure_or_error(path: Path) -> Measures | UserError:
    try:
        return _measure(path)
    except UserError as error:
        return error


def _measure(path: Path) -> Measures:
    content = picture_files.read_content(path)
    head = _head(content)
    image = picture_files.decode(content, path, _reduction(head.side))
    gray = _small(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    small = thumbnail(gray)
    darkest, lightest = _extremes(small)
    return Measures(
        content_hash(content.data),
        image.shape[0],
        image.shape[1],
        picture_hash(small),
        head.format,
        head.mode,
        head.bits,
        darkest,
        lightest,
        round(float(cv2.meanStdDev(gray)[1][0, 0]), 2),
        round(_sharpness(gray), 2),
        _color(image),
        round(_flat_end(gray), 4),
    )


def _head(content: picture_files.Content) -> FileHead:
    """Return the head of a picture file."""
    if frame := jpeg_frame(content[:FIRST].tobytes()):
        return FileHead("JPEG", "RGB" if frame.channels > 1 else "L", side=max(frame.height, frame.width))
    try:
        with PillowImage.open(io.BytesIO(content.data)) as picture:
            form, mode, side = picture.format or "", picture.mode, max(picture.size)
            bits = 16 if mode.startswith("I;16") else 32 if mode in ("I", "F") else 8
            if form == "PNG":
                bits = int(content[24])  # Pillow shows a color picture of 16 bits as one of 8
            elif form == "TIFF":
                bits = max(picture.tag_v2.get(BITS_PER_SAMPLE, (bits,)))
            return FileHead(form, mode, bits, side)
    except Exception:  # Pillow raises errors of any type; whether the picture can be used is for OpenCV to say
        return FileHead()


def _reduction(side: int) -> Literal[1, 2, 4, 8]:
    """Return the largest reduction that leaves the longer side at SIDE or more."""
    return 8 if side >= 8 * SIDE else 4 if side >= 4 * SIDE else 2 if side >= 2 * SIDE else 1


def _small(gray: "MatLike") -> Smaller:
    """Return an image of at most SIDE x SIDE pixels."""
    height, width = gray.shape
    scale = SIDE / max(height, width)
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA)
    return np.asarray(gray, np.uint8)


def _extremes(small: Thumbnail) -> tuple[int, int]:
    """Return the gray values that a share of EXTREME of the pixels are below, and above."""
    rank = int(EXTREME * small.size)
    ordered = np.partition(small, (rank, -1 - rank), axis=None)
    return int(ordered[rank]), int(ordered[-1 - rank])


def _sharpness(gray: Smaller) -> float:
    """Return the largest mean square of the Laplacian in a tile of about TILE x TILE pixels."""
    laplacian = cv2.Laplacian(gray, cv2.CV_32F)
    height, width = gray.shape
    tiles = max(width // TILE, 1), max(height // TILE, 1)
    return float(cv2.resize(laplacian * laplacian, tiles, interpolation=cv2.INTER_AREA).max())


def _color(image: Image) -> int:
    """Return the largest difference between two channels among SAMPLED x SAMPLED pixels, or all of a smaller image."""
    rows, columns = (max(side // SAMPLED, 1) for side in image.shape[:2])
    pixels = image[::rows, ::columns]
    red, green, blue = (pixels[..., i] for i in range(3))  # channel by channel, which is ten times as fast
    largest, smallest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    return int((largest - smallest).max())


def _flat_end(gray: Smaller) -> float:
    """Return the share of the rows at the lower border that are of one gray, see `Measures`."""
    value = int(gray[-1, 0])
    if not ENDS[0] <= value <= ENDS[1]:
        return 0.0
    if (gray[-len(gray) // SEEN_FLAT :] != value).any():
        return 0.0
    uneven = np.flatnonzero((gray != value).any(axis=1))
    top_is_even = bool((gray[0] == gray[0, 0]).all())
    return 0.0 if top_is_even or not len(uneven) else 1 - (int(uneven[-1]) + 1) / len(gray)
