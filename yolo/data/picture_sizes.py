"""Find the sizes of pictures and of the objects in them without decoding the pictures."""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from yolo import picture_files
from yolo.array_types import Sizes
from yolo.data.exif_turn import PREFIX, exif_turn
from yolo.data.jpeg_head import jpeg_size
from yolo.data.metadata_cache import cached
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.letterbox import place
from yolo.progress import late_bar
from yolo.structures import Annotation

WITH_EXIF = ("JPEG", "MPO", "PNG", "WEBP")  # formats of Pillow in which OpenCV looks for EXIF data
LYING = (5, 6, 7, 8)  # EXIF orientations that exchange width and height

Head: TypeAlias = list[int]
"""[height, width, EXIF orientation] of an upright picture; orientation 1 if the file states none."""


def picture_size(path: Path) -> tuple[int, int]:
    """Return (height, width) of the upright picture.

    Raises:
        UserError: the picture cannot be read.
    """
    height, width, _ = picture_head(path)
    return height, width


def picture_head(path: Path) -> Head:
    """Return the height, width and EXIF orientation of the upright picture.

    `jpeg_size` or Pillow reads them from the head of the file, `exif_turn` from its EXIF data. If Pillow raises or
    warns, for example about a damaged or huge head, the picture is decoded by OpenCV for its size, because OpenCV
    decodes it later as well.

    Raises:
        UserError: the picture cannot be read.
    """
    with os_errors_as_user_errors(f"cannot read the picture {path}"):
        picture_files.refuse_irregular(path)
        if size := jpeg_size(path):
            return [*size, 1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(path) as picture:
                width, height = picture.size
                tag = picture.getexif().get(ExifTags.Base.Orientation, 1) if picture.format == "TIFF" else 1
                block = _exif_block(picture, path)
    except Exception:  # Pillow raises errors of any type; if OpenCV refuses the picture too, that is a UserError
        return [*picture_files.read(path).shape[:2], 1]
    if tag != 1:  # of a TIFF, which some versions of Pillow have turned already
        return [*picture_files.read(path).shape[:2], tag if tag in range(1, 9) else 1]
    orientation = exif_turn(block)
    return [width, height, orientation] if orientation in LYING else [height, width, orientation]


def picture_heads(paths: Iterable[Path]) -> dict[Path, Head | UserError]:
    """Return `picture_head`, or its error, for each path; heads of unchanged files come from the cache."""
    return cached("sizes", paths, _read_heads)


def object_sizes(
    annotations: Iterable[Annotation], input_size: tuple[int, int], mode: str = "letterbox"
) -> Annotated[NDArray[np.float32], "n 2"]:
    """Return the widths and heights of all objects that are not difficult, in pixels of the network's input.

    Args:
        input_size: (height, width) of the network's input.
        mode: "letterbox" or "stretch", as in training.

    Raises:
        UserError: a picture cannot be read.
    """
    heads = picture_heads([annotation.path for annotation in annotations])
    by_size = defaultdict(list)
    for annotation in annotations:
        height, width, _ = _or_raise(heads[annotation.path])
        by_size[height, width].append(annotation.boxes[~annotation.difficult])
    found: list[Sizes] = [np.zeros((0, 2), np.float32)]
    for (height, width), given in by_size.items():
        shown = place(height, width, input_size, mode).apply(np.concatenate(given))
        found.append(shown[:, 2:] - shown[:, :2])
    return np.concatenate(found)


def _or_raise(head: Head | UserError) -> Head:
    if isinstance(head, UserError):
        raise head
    return head


def _exif_block(picture: Image.Image, path: Path) -> bytes:
    """Return the EXIF data by which OpenCV may turn a picture, as `exif_turn` takes them.

    Pillow's `getexif` would also read XMP, which OpenCV does not, and decode a whole PNG.
    """
    if picture.format == "PNG" and b"eXIf" in path.read_bytes():
        picture.load()  # the block may follow the pixels
    block: bytes = picture.info.get("exif", b"") if picture.format in WITH_EXIF else b""
    return block if picture.format == "WEBP" else block.removeprefix(PREFIX)


def _read_heads(paths: Sequence[Path]) -> dict[Path, Head | UserError]:
    return {path: _head_or_error(path) for path in late_bar(paths, len(paths), desc="measuring pictures")}


def _head_or_error(path: Path) -> Head | UserError:
    try:
        return picture_head(path)
    except UserError as error:
        return error
