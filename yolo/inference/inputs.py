"""Convert the pictures that a detector accepts, namely files, PIL pictures and NumPy arrays, to RGB images."""

import os
import sys
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from yolo import picture_files
from yolo.array_types import Image

if TYPE_CHECKING:
    import PIL.Image

CHANNELS = ("rgb", "bgr")

Channels: TypeAlias = Literal["rgb", "bgr"]
"""The order of the channels of an array; "bgr" is that of OpenCV."""

PictureLike: TypeAlias = "str | os.PathLike[str] | PIL.Image.Image | NDArray[np.uint8]"
"""A picture as `as_image` accepts it."""


def as_image(picture: PictureLike, channels: Channels = "rgb") -> Image:
    """Return a picture as an image. An array that is an RGB image already is returned without a copy.

    Args:
        picture: the path of a file; a PIL picture of any mode, which is turned upright by its EXIF orientation; or a
            uint8 array of shape (H, W, 3), gray (H, W) or (H, W, 1), or (H, W, 4), whose transparency is dropped.
        channels: "rgb", or "bgr" for arrays from OpenCV (`cv2.imread`, `cv2.VideoCapture`).

    Raises:
        UserError: the file cannot be read.
        ValueError: it is anything else.

    Example:
        >>> as_image(np.array([[0, 255]], np.uint8))
        array([[[  0,   0,   0],
                [255, 255, 255]]], dtype=uint8)
    """
    if channels not in CHANNELS:
        raise ValueError(f"the channels of an array are 'rgb' or, from OpenCV, 'bgr'; got {channels!r}.")
    if isinstance(picture, np.ndarray):
        return _from_array(picture, channels)
    if isinstance(picture, (str, os.PathLike)):
        return picture_files.read(picture)
    if _is_pil(picture):
        return _from_pil(picture)
    remedy = "give its NumPy array, such as tensor.cpu().numpy()" if hasattr(picture, "numpy") else "give one of these"
    kind = f"{type(picture).__module__.partition('.')[0]}.{type(picture).__name__}".removeprefix("builtins.")
    raise ValueError(f"a picture is a path, a PIL picture or a NumPy array of uint8; got a {kind}: {remedy}.")


def _from_array(array: NDArray[Any], channels: Channels) -> Image:
    allowed = {2: (array.shape,), 3: tuple((*array.shape[:2], number) for number in (1, 3, 4))}
    if array.dtype != np.uint8 or array.shape not in allowed.get(array.ndim, ()):
        raise ValueError(
            f"a picture is a NumPy array of uint8, (height, width, 3), (height, width) or (height, width, 4); "
            f"got {array.dtype} {array.shape}{_remedy(array)}."
        )
    if not array.size:
        raise ValueError(f"a picture has at least one pixel; got shape {array.shape}.")
    if array.ndim == 2 or array.shape[2] == 1:
        return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    return array[..., 2::-1] if channels == "bgr" else array[..., :3]


def _remedy(array: NDArray[Any]) -> str:
    """Return the end of an error message, which says how to make a picture of the array."""
    if array.ndim == 4:
        return ": give several pictures as a list, such as list(array)"
    if array.ndim == 3 and array.shape[0] in (1, 3, 4) and array.shape[2] not in (1, 3, 4):
        return ": channels come last, array.transpose(1, 2, 0)"
    if array.dtype.kind == "f" and array.size and array.min() >= 0 and array.max() <= 1:
        return ": give (255 * array).round().astype(np.uint8)"
    if array.dtype.kind in "fiu":
        return ", not 0 to 255 in uint8: bring it there, such as (array / 257).astype(np.uint8) from 16 bits"
    return ""


def _is_pil(picture: PictureLike) -> TypeGuard["PIL.Image.Image"]:
    pil = sys.modules.get("PIL.Image")  # as long as nobody has imported Pillow, there are no such pictures
    return pil is not None and isinstance(picture, pil.Image)


def _from_pil(picture: "PIL.Image.Image") -> Image:
    from PIL import ImageOps

    try:
        upright = ImageOps.exif_transpose(picture)
    except OSError as error:
        raise ValueError(f"the PIL picture cannot be read: {error}.") from error
    if upright.mode.startswith("I"):  # gray of 16 bits, which Pillow may hold in 32
        array = np.asarray(upright)
        if array.max(initial=0) < 2**16:
            array = np.maximum(array, 0).astype(np.uint16)
        return _from_array(picture_files.to_8_bits(array), "rgb")
    if upright.mode == "F":
        raise ValueError("a PIL picture of mode F has no known white: convert it to one of mode L or RGB.")
    return _from_array(np.asarray(upright.convert("RGB")), "rgb")
