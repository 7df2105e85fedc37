"""The widths and heights that objects have in the network's input, found without decoding a picture."""

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from yolo import boxes
from yolo.errors import UserError
from yolo.letterbox import place

LYING = (5, 6, 7, 8)  # EXIF orientations that exchange width and height


def picture_size(path):
    """(height, width) of the upright picture, read from the file's head. Raises UserError."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            lying = picture.getexif().get(ExifTags.Base.Orientation) in LYING
    except UnidentifiedImageError as error:
        raise UserError(f"{path} is damaged, or no picture.") from error
    except OSError as error:
        raise UserError(f"cannot read the picture {path}: {error}.") from error
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
    found = [np.zeros((0, 2), np.float32)]
    for annotation in annotations:
        height, width = picture_size(annotation.path)
        shown = boxes.clip(annotation.boxes[~annotation.difficult], height, width)
        shown = place(height, width, input_size, mode).apply(shown[boxes.area(shown) > 0])
        found.append(shown[:, 2:] - shown[:, :2])
    return np.concatenate(found)
