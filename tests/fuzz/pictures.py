"""Damaged pictures: the size in the head is that of the decoded picture, and no warning gets through."""

import functools
import io
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image

from tests.fuzz.damage import damage
from tests.fuzz.report import main
from yolo import picture_files
from yolo.data.picture_sizes import picture_head
from yolo.errors import UserError

FORMATS = {"jpg": "JPEG", "png": "PNG", "bmp": "BMP", "tif": "TIFF", "webp": "WEBP", "ppm": "PPM", "jp2": "JPEG2000"}


@functools.lru_cache
def whole(ending, orientation):
    """The bytes of a small picture."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    settings = {"exif": exif} if ending in ("jpg", "png", "tif", "webp") else {}
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, FORMATS[ending], **settings)
    return stream.getvalue()


def case(rng):
    """One damaged file: what became of it; raises AssertionError where size and pixels differ."""
    ending = str(rng.choice(list(FORMATS)))
    content = damage(whole(ending, int(rng.choice((1, 6, 8)))), rng, tokens=rb"[A-Za-z]{4}")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")  # none may get through
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content)
        shape, head = (
            _answer(lambda: picture_files.read(path).shape[:2]),
            _answer(lambda: tuple(picture_head(path)[:2])),
        )
        small = _answer(lambda: picture_files.check(path) or ())
    assert (small is None) == (shape is None), (ending, content)
    if shape is None:
        return "refused" if head is None else "refused, but with a size in its head"
    assert head is not None, (ending, content)
    return "read" if head == shape else f"read, with another size in the head of the {ending}"


def _answer(call):
    try:
        return call()
    except UserError as error:
        if "\n" in str(error):
            raise AssertionError(f"not one line: {error}") from error
        return None


if __name__ == "__main__":
    main(__doc__, case)
