"""How OpenCV turns pictures by EXIF data that other readers understand otherwise: heads must agree with it."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from yolo import picture_files
from yolo.data.exif_turn import exif_turn
from yolo.data.jpeg_head import jpeg_size
from yolo.data.picture_sizes import picture_head

FORMATS = {1: "B", 3: "H", 4: "I", 8: "h"}  # type of a TIFF tag -> its letter for struct


def block(orientation, kind=3, order="<", count=1, before=b"", entries=1):
    """EXIF data with an orientation of a type: 1 is BYTE, 3 SHORT, 4 LONG, 8 SSHORT; `before` are other entries."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + FORMATS[kind], orientation).ljust(4, b"\0")
    entry = struct.pack(order + "HHI", 0x0112, kind, count) + value
    return mark + struct.pack(order + "IH", 8, entries) + before + entry + bytes(4)


CANNOT_BE_READ = struct.pack("<HHII", 0x010F, 2, 99, 9999)  # the name of a camera that lies behind the end
BLOCKS = {
    "SHORT": block(6),
    "SHORT, other byte order": block(6, order=">"),
    "BYTE": block(6, 1),
    "BYTE, other byte order": block(6, 1, ">"),
    "LONG": block(6, 4),
    "LONG, other byte order": block(6, 4, ">"),
    "SSHORT": block(6, 8),
    "two numbers": block(6, count=2),
    "no such orientation": block(9),
    "behind a name that cannot be read": block(6, before=CANNOT_BE_READ, entries=2),
    "cut short": block(6)[:18],
    "prefix twice": b"Exif\0\0" + block(6),
    "no EXIF data at all": b"nonsense",
}


def picture():
    """An image of 40 x 24 pixels with a white corner."""
    image = np.zeros((24, 40, 3), np.uint8)
    image[:8, :16] = 255
    return image


def saved(kind):
    file = io.BytesIO()
    Image.fromarray(picture()).save(file, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return file.getvalue()


def jpeg(data, place=b"\xff\xdb"):
    """A JPEG with EXIF data before the first marker of a kind."""
    content = saved("JPEG")
    at = content.index(place)
    segment = b"\xff\xe1" + struct.pack(">H", 8 + len(data)) + b"Exif\0\0" + data
    return content[:at] + segment + content[at:]


def png(data):
    chunk = struct.pack(">I", len(data)) + b"eXIf" + data + struct.pack(">I", zlib.crc32(b"eXIf" + data))
    return saved("PNG").replace(b"\0\0\0\0IEND", chunk + b"\0\0\0\0IEND")


def webp(data):
    frame = saved("WEBP")[12:]
    size = struct.pack("<I", 39)[:3] + struct.pack("<I", 23)[:3]
    chunks = b"VP8X" + struct.pack("<II", 10, 8) + size + frame
    chunks += b"EXIF" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def turned(image, orientation):
    """The image turned as the EXIF standard has it."""
    return {
        1: image,
        2: np.fliplr(image),
        3: np.rot90(image, 2),
        4: np.flipud(image),
        5: np.rot90(np.fliplr(image)),
        6: np.rot90(image, 3),
        7: np.rot90(np.flipud(image)),
        8: np.rot90(image),
    }[orientation]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_turn_is_the_orientation_of_the_standard(tmp_path, orientation):
    assert exif_turn(block(orientation)) == orientation
    (tmp_path / "a.png").write_bytes(png(block(orientation)))
    np.testing.assert_array_equal(picture_files.read(tmp_path / "a.png"), turned(picture(), orientation))
    assert picture_head(tmp_path / "a.png")[2] == orientation


def test_data_without_an_orientation_do_not_turn():
    assert [exif_turn(data) for data in (b"", b"II", b"II*\0\x08\0\0\0\0\0", bytes(70_000))] == [1, 1, 1, 1]


@pytest.mark.parametrize("make", [jpeg, png, webp])
@pytest.mark.parametrize("name", BLOCKS)
def test_the_head_has_the_size_and_the_turn_of_the_decoded_picture(tmp_path, make, name):
    path = tmp_path / f"a.{make.__name__}"
    path.write_bytes(make(BLOCKS[name]))
    image = picture_files.read(path)
    height, width, orientation = picture_head(path)
    assert image.shape == (height, width, 3)
    wanted = turned(picture(), orientation)
    assert np.abs(image.astype(int) - wanted).max() < 100  # a JPEG differs a little


@pytest.mark.parametrize("place", [b"\xff\xe0", b"\xff\xdb", b"\xff\xc0", b"\xff\xc4", b"\xff\xda"])
def test_a_jpeg_is_turned_by_exif_data_at_any_place_before_the_pixels(tmp_path, place):
    (tmp_path / "a.jpg").write_bytes(jpeg(block(6), place))
    assert jpeg_size(tmp_path / "a.jpg") is None
    assert picture_head(tmp_path / "a.jpg") == [40, 24, 6]
    assert picture_files.read(tmp_path / "a.jpg").shape == (40, 24, 3)


@pytest.mark.parametrize("kind", [1, 3, 4])
def test_a_tiff_has_the_size_of_its_decoded_pixels_whatever_the_type_of_its_turn(tmp_path, kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(picture()).save(tmp_path / "a.tif", exif=exif)
    content = (tmp_path / "a.tif").read_bytes()
    entry = struct.pack("<HHIH", 0x0112, 3, 1, 6)
    assert content.count(entry) == 1
    (tmp_path / "a.tif").write_bytes(content.replace(entry, struct.pack("<HHIH", 0x0112, kind, 1, 6)))
    assert tuple(picture_head(tmp_path / "a.tif")[:2]) == picture_files.read(tmp_path / "a.tif").shape[:2]
