"""Pictures on disk <-> (H, W, 3) uint8 RGB, whatever their colour type, bit depth, orientation or name."""

from pathlib import Path

import numpy as np

from yolo.errors import UserError, told
from yolo.opencv import cv2

SUFFIXES = frozenset({".bmp", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})


def is_picture(path):
    """Whether the file's name ends as a picture's does, in upper or lower case."""
    return Path(path).suffix.lower() in SUFFIXES


def read(path):
    """A picture file -> (H, W, 3) uint8 RGB, upright as its EXIF orientation says.

    Grey, transparent, 16-bit and CMYK pictures are converted. Raises UserError when the file is absent or no picture.
    """
    with told(f"cannot read the picture {path}"):
        content = np.fromfile(path, np.uint8)  # cv2.imread cannot open every name on Windows
    try:
        image = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB) if content.size else None
    except cv2.error as error:
        raise UserError(f"cannot decode the picture {path}: {error.err}.") from error
    if image is None:
        raise UserError(f"cannot decode {path}: it is damaged, or not a picture in a format that OpenCV reads.")
    return image


def write(path, image):
    """Write (H, W, 3) uint8 RGB in the format that the suffix names. Raises UserError when that is not possible."""
    save(path, encode(path, image))


def encode(path, image):
    """(H, W, 3) uint8 RGB -> the bytes of a file called `path`, (n,) uint8. Raises UserError."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"cannot write {path}: the name must end in one of {', '.join(sorted(SUFFIXES))}.")
    try:
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        done, content = cv2.imencode(".jpg" if suffix == ".jfif" else suffix, bgr)
    except cv2.error:
        done = False
    if not done:
        raise UserError(f"OpenCV cannot write {image.shape[1]} x {image.shape[0]} pixels as {path}: choose .png.")
    return content


def save(path, content):
    """Write the bytes of a picture, as made by `encode`. Raises UserError."""
    with told(f"cannot write the picture {path}"):
        content.tofile(path)
