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
from yolo.data.jpeg_head import jpeg_size
from yolo.data.metadata_cache import cached
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.letterbox import place
from yolo.progress import late_bar
from yolo.structures import Annotation

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

    `jpeg_size` or Pillow reads them from the head of the file. If Pillow raises or warns, for example about a damaged
    or huge head, the picture is decoded by OpenCV for its size, because OpenCV decodes it later as well.

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
                orientation = _orientation(picture, path)
                is_tiff = picture.format == "TIFF"
    except Exception:  # Pillow raises errors of any type; if OpenCV refuses the picture too, that is a UserError
        return [*picture_files.read(path).shape[:2], 1]
    if orientation not in LYING:
        return [height, width, orientation]
    if is_tiff:  # some versions of Pillow have turned it already
        return [*picture_files.read(path).shape[:2], orientation]
    return [width, height, orientation]


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


def _orientation(picture: Image.Image, path: Path) -> int:
    """Return the EXIF orientation that OpenCV uses; Pillow's `getexif` also reads XMP, and decodes a whole PNG."""
    if picture.format == "TIFF":
        exif = picture.getexif()
    else:
        if picture.format == "PNG" and b"eXIf" in path.read_bytes():
            picture.load()  # the orientation may follow the pixels
        exif = Image.Exif()
        exif.load(picture.info.get("exif", b""))
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    return orientation if orientation in range(1, 9) else 1


def _read_heads(paths: Sequence[Path]) -> dict[Path, Head | UserError]:
    return {path: _head_or_error(path) for path in late_bar(paths, len(paths), desc="measuring pictures")}


def _head_or_error(path: Path) -> Head | UserError:
    try:
        return picture_head(path)
    except UserError as error:
        return error
