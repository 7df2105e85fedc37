"""Read and write picture files as RGB images of 8 bits, whatever their color type, bit depth, orientation or name."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Image
from yolo.atomic_write import write_whole
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.opencv import cv2
from yolo.undecodable_names import refuse_undecodable_name
from yolo.wording import resolution, shorten

if TYPE_CHECKING:
    from cv2.typing import MatLike

PicturePath: TypeAlias = str | os.PathLike[str]
Content: TypeAlias = Annotated[NDArray[np.uint8], "bytes"]
"""The bytes of a picture file."""

DEPTHS = (8, 10, 12, 14, 16, 24, 32)  # bits per channel of cameras, scanners and microscopes
SUFFIXES = frozenset({".bmp", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
UNREAD = frozenset(  # formats of phones and cameras: HEIC, JPEG XL, and raw files, many of them TIFFs of a thumbnail
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr", ".heic", ".heif", ".hif",
        ".iiq", ".jxl", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl",
        ".sr2", ".srf", ".srw", ".x3f",
    }
)  # fmt: skip

REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
JPEG = b"\xff\xd8\xff"  # the first bytes of the format
FOLDERS = ("jpegimages", "images", "imgs", "img", "pictures")  # names of picture folders in datasets, in lower case


def is_picture(path: PicturePath) -> bool:
    """Return whether the file name ends like that of a picture, in upper or lower case."""
    return Path(path).suffix.lower() in SUFFIXES


def is_unread(path: PicturePath) -> bool:
    """Return whether a file is in a camera format that OpenCV does not read.

    The ending of the name tells. A JPEG with such a name is read: some programs convert the file but keep the name.
    """
    if Path(path).suffix.lower() not in UNREAD:
        return False
    try:
        with open(path, "rb") as file:
            return file.read(len(JPEG)) != JPEG
    except OSError:
        return True


class Unread(str):
    """The message about files for which `is_unread` is true.

    Attributes:
        paths: the files.
    """

    paths: tuple[Path, ...]


def unread_reason(paths: Iterable[PicturePath]) -> Unread:
    """Return the message about files for which `is_unread` is true."""
    files = tuple(dict.fromkeys(map(Path, paths)))
    kinds = sorted({path.suffix[1:].upper() for path in files})
    reason = Unread(f"OpenCV does not read {', '.join(kinds)}: save {shorten(list(map(str, files)))} as JPEG")
    reason.paths = files
    return reason


def begins_as_picture(path: PicturePath) -> bool:
    """Return whether the first bytes of a file are of a picture that OpenCV decodes; a GIF counts as a video."""
    try:
        with open(path, "rb") as file:
            if file.read(4).startswith(b"GIF8"):
                return False
        refuse_undecodable_name(path)
        return cv2.haveImageReader(str(path))
    except (OSError, cv2.error, UserError):  # OpenCV refuses some names
        return False


def read(path: PicturePath) -> Image:
    """Read a picture file, turned upright by its EXIF orientation.

    Gray, transparent and CMYK pictures become RGB. Pictures of more than 8 bits are reduced to 8, see `to_8_bits`.

    Raises:
        UserError: the file is missing, not a regular file, or not a picture.
    """
    return decode(read_content(path), path)


def pages(path: PicturePath) -> int:
    """Return the number of pages of a TIFF or of frames of a WebP or PNG; 1 if OpenCV cannot count them."""
    try:
        refuse_undecodable_name(path)
        return max(cv2.imcount(str(path)), 1)
    except (cv2.error, UserError):
        return 1


def check(path: PicturePath) -> None:
    """Raise the UserError that `read` would raise, if any; for a JPEG this takes a quarter of the time."""
    decode(read_content(path), path, reduction=8)


def read_content(path: PicturePath) -> Content:
    """Return the bytes of a picture file.

    Raises:
        UserError: the file is missing, not a regular file, or in a format that OpenCV does not read.
    """
    with os_errors_as_user_errors(f"cannot read the picture {path}"):
        refuse_irregular(path)
        if is_unread(path):
            raise UserError(f"{unread_reason([path])}.")
        return np.fromfile(path, np.uint8)  # cv2.imread cannot open every name on Windows


def decode(content: Content, path: PicturePath, reduction: Literal[1, 2, 4, 8] = 1) -> Image:
    """Return the image in the bytes of a picture file, as `read` does.

    Args:
        path: the file, for messages.
        reduction: a JPEG is decoded at this part of its size, which takes less time; others at their whole size.

    Raises:
        UserError: it is no picture, or damaged.
    """
    small = reduction > 1 and content[: len(JPEG)].tobytes() == JPEG
    try:
        image = None
        if content.size:
            image = _decode_reduced(content, reduction) if small else _decode(content)
    except cv2.error as error:
        raise UserError(f"cannot decode the picture {path}: {error.err}.") from error
    if image is None:
        raise UserError(f"cannot decode {path}: it is damaged, or not a picture in a format that OpenCV reads.")
    return np.asarray(image, np.uint8)


def refuse_irregular(path: PicturePath) -> None:
    """Raise OSError unless the path is a regular file: reading from a pipe would wait."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("it is no regular file")


def to_8_bits(image: Annotated[NDArray[np.number[Any]], "*shape"]) -> Annotated[NDArray[np.uint8], "*shape"]:
    """Return an image of any bit depth as uint8.

    White is the largest value of the smallest of `DEPTHS` that can hold the brightest pixel: if that is 3000, 4095 is
    white. So a picture of 12 bits in a file of 16 does not become nearly black. In floats up to 1, white is 1. Values
    that are not numbers become black.
    """
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    brightest = float(np.max(image, where=np.isfinite(image), initial=0))
    if image.dtype == np.uint16:
        bits = next(bits for bits in DEPTHS if brightest < 2**bits)
        return np.right_shift(image, bits - 8).astype(np.uint8)  # as OpenCV does with 16 bits
    white = (
        1
        if image.dtype.kind == "f" and brightest <= 1
        else next((2**bits - 1 for bits in DEPTHS if brightest < 2**bits), brightest)
    )
    return np.round(255 * np.clip(np.nan_to_num(image / white), 0, 1)).astype(np.uint8)


def _decode(content: Content) -> "MatLike | None":
    """Return the image in the content of a file, or None if OpenCV cannot decode it."""
    image = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH)
    if image is None:  # OpenCV 4.13 decodes gray pictures of 32 bits and more only without conversion
        gray = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
        return None if gray is None or gray.ndim > 2 else cv2.merge([to_8_bits(gray)] * 3)
    if image.dtype == np.uint8:
        return image
    bgr = cv2.imdecode(content, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)  # 4.13 leaves the pixels of a TIFF in RGB unset
    return None if bgr is None else cv2.cvtColor(to_8_bits(bgr), cv2.COLOR_BGR2RGB)


def _decode_reduced(content: Content, reduction: int) -> "MatLike | None":
    """Decode a JPEG like `_decode`, but at a part of its size: the whole file is read, but few pixels are made."""
    try:
        bgr = cv2.imdecode(content, REDUCED[reduction])
    except cv2.error:  # such as for a side of less than eight pixels
        bgr = None
    return _decode(content) if bgr is None else cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def write(path: str | Path, image: Image) -> None:
    """Write an image in the format that the suffix names.

    Raises:
        UserError: the format is unknown, or the file cannot be written.
    """
    save(path, encode(path, image))


def encode(path: PicturePath, image: Image, gray: bool = False) -> Content:
    """Return the bytes of an image as a file with the name `path`, with one channel if it is to be gray.

    Raises:
        UserError: the suffix is not that of a picture, or OpenCV cannot encode an image of this size.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"cannot write {path}: the name must end in one of {', '.join(sorted(SUFFIXES))}.")
    try:
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY if gray else cv2.COLOR_RGB2BGR)
        done, content = cv2.imencode(".jpg" if suffix == ".jfif" else suffix, bgr)
    except cv2.error:
        done = False
    if not done:
        raise UserError(f"OpenCV cannot write {resolution(image.shape)} pixels as {path}: choose .png.")
    return content


def save(path: str | Path, content: Content) -> None:
    """Write the bytes of a picture, as returned by `encode`.

    Raises:
        UserError: the file cannot be written; no part of it is left.
    """
    with os_errors_as_user_errors(f"cannot write the picture {path}"):
        write_whole(path, content.data)
