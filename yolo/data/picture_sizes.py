"""The sizes of pictures and of the objects in them, found without decoding a picture."""

import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from yolo import boxes, picture_files
from yolo.data.disk_cache import cached
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.letterbox import place
from yolo.progress import late_bar

LYING = (5, 6, 7, 8)  # EXIF orientations that exchange width and height


def picture_size(path):
    """Return (height, width) of the upright picture. Raises UserError where it cannot be read."""
    height, width, _ = picture_head(path)
    return height, width


def picture_head(path):
    """Return [height, width, EXIF orientation] of the upright picture, 1 where it has no orientation.

    Pillow reads them from the head of the file. Whatever it raises or warns of, a head that is damaged or huge for
    instance, the picture is decoded for its size: OpenCV, which decodes it later, has the last word.

    Raises:
        UserError: the picture cannot be read.
    """
    with os_errors_as_user_errors(f"cannot read the picture {path}"):
        picture_files.refuse_irregular(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(path) as picture:
                width, height = picture.size
                orientation = _orientation(picture)
                is_tiff = picture.format == "TIFF"
    except Exception:  # Pillow has no type of error of its own; a picture that OpenCV refuses too is a UserError
        return [*picture_files.read(path).shape[:2], 1]
    if orientation not in LYING:
        return [height, width, orientation]
    if is_tiff:  # which some versions of Pillow have turned already
        return [*picture_files.read(path).shape[:2], orientation]
    return [width, height, orientation]


def picture_heads(paths):
    """path -> `picture_head`, or the `UserError`; known from an earlier start where the file has not changed."""
    return cached("sizes", paths, _read_heads)


def object_sizes(annotations, input_size, mode="letterbox"):
    """Return the widths and heights of all objects that are not difficult, in the network's input.

    Args:
        annotations: `Dataset.annotations`.
        input_size: (height, width) of the network's input.
        mode: "letterbox" or "stretch", as the network is trained.

    Returns:
        (n, 2) float32 widths and heights in pixels of the input.

    Raises:
        UserError: a picture cannot be read.
    """
    heads = picture_heads([annotation.path for annotation in annotations])
    by_size = defaultdict(list)
    for annotation in annotations:
        height, width, _ = _or_raise(heads[annotation.path])
        by_size[height, width].append(annotation.boxes[~annotation.difficult])
    found = [np.zeros((0, 2), np.float32)]
    for (height, width), given in by_size.items():
        shown = boxes.clip(np.concatenate(given), height, width)
        shown = place(height, width, input_size, mode).apply(shown[boxes.area(shown) > 0])
        found.append(shown[:, 2:] - shown[:, :2])
    return np.concatenate(found)


def _or_raise(head):
    if isinstance(head, UserError):
        raise head
    return head


def _orientation(picture):
    """The EXIF orientation that OpenCV turns by: Pillow's own `getexif` also asks XMP, and decodes a whole PNG."""
    if picture.format == "TIFF":
        exif = picture.getexif()
    else:
        if picture.format == "PNG" and b"eXIf" in Path(picture.filename).read_bytes():
            picture.load()  # it may stand behind the pixels
        exif = Image.Exif()
        exif.load(picture.info.get("exif", b""))
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    return orientation if orientation in range(1, 9) else 1


def _read_heads(paths):
    return {path: _head_or_error(path) for path in late_bar(paths, len(paths), desc="measuring pictures")}


def _head_or_error(path):
    try:
        return picture_head(path)
    except UserError as error:
        return error
