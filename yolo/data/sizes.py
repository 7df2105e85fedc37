"""The widths and heights that objects have in the network's input, found without decoding a picture."""

import struct
from collections import defaultdict

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from yolo import boxes, images
from yolo.data.index import recall
from yolo.errors import UserError
from yolo.letterbox import place
from yolo.progress import bar

LYING = (5, 6, 7, 8)  # EXIF orientations that exchange width and height


def picture_size(path):
    """(height, width) of the upright picture, read from the head of the file unless that is huge. Raises UserError."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            lying = picture.getexif().get(ExifTags.Base.Orientation) in LYING
            is_tiff = picture.format == "TIFF"
    except (
        Image.DecompressionBombError,  # over 179 megapixels; OpenCV reads up to 1074
        UnidentifiedImageError,
        SyntaxError,  # EXIF data that is damaged, as the next
        struct.error,
    ):
        return images.read(path).shape[:2]
    except OSError as error:
        raise UserError(f"cannot read the picture {path}: {error}.") from error
    if lying and is_tiff:  # which some versions of Pillow have turned already
        return images.read(path).shape[:2]
    return (width, height) if lying else (height, width)


def object_sizes(annotations, input_size, mode="letterbox"):
    """Widths and heights of all objects that are not difficult, after the picture is brought to `input_size`.

    Args:
        annotations: `Dataset.annotations`.
        input_size: (height, width) of the network's input.
        mode: "letterbox" or "stretch", as the network is trained.

    Returns:
        (n, 2) float32 widths and heights in pixels of the input.
    """
    sizes = recall("sizes", [annotation.path for annotation in annotations], _picture_sizes)
    by_size = defaultdict(list)
    for annotation in annotations:
        by_size[tuple(sizes[annotation.path])].append(annotation.boxes[~annotation.difficult])
    found = [np.zeros((0, 2), np.float32)]
    for (height, width), given in by_size.items():
        shown = boxes.clip(np.concatenate(given), height, width)
        shown = place(height, width, input_size, mode).apply(shown[boxes.area(shown) > 0])
        found.append(shown[:, 2:] - shown[:, :2])
    return np.concatenate(found)


def _picture_sizes(paths):
    """path -> `picture_size`."""
    return {path: picture_size(path) for path in bar(paths, desc="measuring pictures", delay=2)}
