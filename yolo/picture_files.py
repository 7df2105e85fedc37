"""Pictures on disk <-> (H, W, 3) uint8 RGB, whatever their colour type, bit depth, orientation or name."""

import os
import stat
from pathlib import Path

import numpy as np

from yolo.atomic_write import write_whole
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.file_names import refuse_undecodable_name
from yolo.opencv import cv2
from yolo.wording import resolution, shorten

DEPTHS = (8, 10, 12, 14, 16, 24, 32)  # bits of cameras, scanners and microscopes
SUFFIXES = frozenset({".bmp", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
UNREAD = frozenset(  # of phones and cameras: HEIC, JPEG XL, and raw files, many of them TIFFs of a thumbnail
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr", ".heic", ".heif", ".hif",
        ".iiq", ".jxl", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl",
        ".sr2", ".srf", ".srw", ".x3f",
    }
)  # fmt: skip

JPEG = b"\xff\xd8\xff"  # its first bytes
FOLDERS = ("jpegimages", "images", "imgs", "img", "pictures")  # that data sets keep pictures in, in lower case


def is_picture(path):
    """Return whether the file's name ends as a picture's does, in upper or lower case."""
    return Path(path).suffix.lower() in SUFFIXES


def is_unread(path):
    """Return whether the file's name ends as those do that cameras write and OpenCV does not read.

    Programs that make a JPEG of such a file leave it its name at times: that is read.
    """
    if Path(path).suffix.lower() not in UNREAD:
        return False
    try:
        with open(path, "rb") as file:
            return file.read(len(JPEG)) != JPEG
    except OSError:
        return True


def unread_reason(paths):
    """Return the sentence on files that `is_unread` is true of."""
    kinds = sorted({Path(path).suffix[1:].upper() for path in paths})
    return f"OpenCV does not read {', '.join(kinds)}: save {shorten(list(map(str, paths)))} as JPEG"


def begins_as_picture(path):
    """Return whether a file begins as those do that OpenCV decodes as pictures, whatever its name; GIFs are videos."""
    try:
        with open(path, "rb") as file:
            if file.read(4).startswith(b"GIF8"):
                return False
        refuse_undecodable_name(path)
        return cv2.haveImageReader(str(path))
    except (OSError, cv2.error, UserError):  # also a name that OpenCV does not take
        return False


def read(path):
    """Read a picture file as (H, W, 3) uint8 RGB, upright as its EXIF orientation says.

    Grey, transparent and CMYK pictures are converted, those of more than 8 bits brought to 8, see `to_8_bits`.

    Raises:
        UserError: the file is absent, no regular file, or no picture.
    """
    return _decoded(path, _decode)


def pages(path):
    """Return how many pictures a file holds, pages of a TIFF or frames of a WebP or PNG; 1 where it cannot be told."""
    try:
        refuse_undecodable_name(path)
        return max(cv2.imcount(str(path)), 1)
    except (cv2.error, UserError):
        return 1


def check(path):
    """Raise the UserError that `read` would raise, if any; of a JPEG that is known in a quarter of the time."""
    _decoded(path, _decode_small)


def _decoded(path, decode):
    """Return what `decode` makes of the content of a file; raises UserError where that is None."""
    with os_errors_as_user_errors(f"cannot read the picture {path}"):
        refuse_irregular(path)
        if is_unread(path):
            raise UserError(f"{unread_reason([path])}.")
        content = np.fromfile(path, np.uint8)  # cv2.imread cannot open every name on Windows
    try:
        image = decode(content) if content.size else None
    except cv2.error as error:
        raise UserError(f"cannot decode the picture {path}: {error.err}.") from error
    if image is None:
        raise UserError(f"cannot decode {path}: it is damaged, or not a picture in a format that OpenCV reads.")
    return image


def refuse_irregular(path):
    """Raise OSError where there is no file, or a folder, or a pipe, which would be waited for."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("it is no regular file")


def to_8_bits(image):
    """Bring an array of any depth to uint8.

    White is the largest value of the smallest of `DEPTHS` that holds the brightest pixel, so that a picture of 12 bits
    in a file of 16 is not nearly black: a brightest value of 3000 makes 4095 white. In floats up to 1 white is 1; what
    is no number is black.
    """
    if image.dtype == np.uint8:
        return image
    brightest = float(np.max(image, where=np.isfinite(image), initial=0))
    if image.dtype == np.uint16:
        bits = next(bits for bits in DEPTHS if brightest < 2**bits)
        return (image >> (bits - 8)).astype(np.uint8)  # as OpenCV does with 16 bits
    white = (
        1
        if image.dtype.kind == "f" and brightest <= 1
        else next((2**bits - 1 for bits in DEPTHS if brightest < 2**bits), brightest)
    )
    return np.round(255 * np.clip(np.nan_to_num(image / white), 0, 1)).astype(np.uint8)


def _decode(content):
    """The content of a file -> (H, W, 3) uint8 RGB, or None where OpenCV cannot decode it."""
    image = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH)
    if image is None:  # OpenCV 4.13 gives grey pictures of 32 bits and more only as they are
        grey = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
        return None if grey is None or grey.ndim > 2 else cv2.merge([to_8_bits(grey)] * 3)
    if image.dtype == np.uint8:
        return image
    image = cv2.imdecode(content, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)  # asked for RGB, 4.13 leaves a TIFF unset
    return cv2.cvtColor(to_8_bits(image), cv2.COLOR_BGR2RGB)


def _decode_small(content):
    """As `_decode`, a JPEG at an eighth of its size: all of it is read, but few pixels are made."""
    try:
        image = cv2.imdecode(content, cv2.IMREAD_REDUCED_COLOR_8)
    except cv2.error:  # also where a side has less than eight pixels
        image = None
    return _decode(content) if image is None else image


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
        raise UserError(f"OpenCV cannot write {resolution(image.shape)} pixels as {path}: choose .png.")
    return content


def save(path: str | Path, content: np.ndarray) -> None:
    """Write the bytes of a picture, as made by `encode`. Raises UserError, and leaves no part of it then."""
    with os_errors_as_user_errors(f"cannot write the picture {path}"):
        write_whole(path, content.data)
