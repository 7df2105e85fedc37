"""The size of a JPEG from its first bytes."""

import io

import numpy as np
import pytest
from PIL import Image

from yolo.data.jpeg_head import jpeg_size
from yolo.data.picture_sizes import picture_head


def jpeg(mode="RGB", size=(40, 24), **options):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (*size[::-1], 3), np.uint8)).convert(mode).save(
        file, "JPEG", **options
    )
    return file.getvalue()


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"comment": b"seen"}, {"quality": 5}, {"optimize": True}]
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_size_of_every_ordinary_jpeg_is_read(tmp_path, mode, options):
    (tmp_path / "a.jpg").write_bytes(jpeg(mode, **options))
    assert jpeg_size(tmp_path / "a.jpg") == (24, 40)


def test_a_picture_with_exif_is_left_to_pillow_which_knows_its_turn(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "a.jpg").write_bytes(jpeg(exif=exif))
    assert jpeg_size(tmp_path / "a.jpg") is None
    assert picture_head(tmp_path / "a.jpg") == [40, 24, 6]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a\n",
        jpeg("CMYK"),
        jpeg()[:100],
        jpeg(icc_profile=bytes(70000)),  # the frame header lies beyond the bytes that are read
        jpeg().replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c"),  # 12 bits
        jpeg().replace(b"\xff\xc0\x00\x11\x08\x00\x18", b"\xff\xc0\x00\x11\x08\x00\x00"),  # the height follows later
        jpeg().replace(b"\xff\xdb", b"\xff\x00", 1),
    ],
)
def test_other_files_are_left_to_pillow(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    assert jpeg_size(tmp_path / "a.jpg") is None


def test_real_pictures_have_the_size_that_pillow_reads(real_data):
    sizes = {path: jpeg_size(path) for path in sorted((real_data / "bccd" / "JPEGImages").iterdir())}
    assert sum(size is not None for size in sizes.values()) > 300
    for path, size in sizes.items():
        assert size is None or size == Image.open(path).size[::-1]
