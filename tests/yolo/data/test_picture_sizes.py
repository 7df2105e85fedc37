"""Object sizes in the network's input."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.folders import write_picture
from yolo import picture_files
from yolo.data import data_folder
from yolo.data.picture_sizes import object_sizes, picture_size
from yolo.errors import UserError
from yolo.structures import Annotation


def annotation(path, boxes, difficult=None):
    count = len(boxes)
    flags = np.zeros(count, bool) if difficult is None else np.array(difficult)
    return Annotation(path, np.array(boxes, np.float32).reshape(-1, 4), np.zeros(count, np.int32), flags)


def test_letterboxed_objects_shrink_alike_and_stretched_ones_do_not(tmp_path):
    write_picture(tmp_path / "a.png", height=100, width=200)
    given = [annotation(tmp_path / "a.png", [[0, 0, 50, 20]])]
    assert object_sizes(given, (416, 416)).tolist() == [[104, pytest.approx(41.6)]]
    np.testing.assert_allclose(object_sizes(given, (416, 416), "stretch"), [[104, 83.2]], rtol=1e-6)
    np.testing.assert_allclose(object_sizes(given, (320, 512), "stretch"), [[128, 64]], rtol=1e-6)


def test_difficult_objects_do_not_count(tmp_path):
    write_picture(tmp_path / "a.png", height=64, width=64)
    boxes = [[54, 0, 64, 20], [0, 0, 5, 5]]
    assert object_sizes([annotation(tmp_path / "a.png", boxes, [False, True])], (64, 64)).tolist() == [[10, 20]]


def test_no_object_gives_no_size(tmp_path):
    write_picture(tmp_path / "a.png")
    assert object_sizes([annotation(tmp_path / "a.png", [])], (64, 64)).shape == (0, 2)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_picture_as_it_is_read_upright(tmp_path, orientation, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (40, 24)).save(path, exif=exif)
    assert picture_size(path) == picture_files.read(path).shape[:2]


def test_real_pictures_have_the_size_of_their_decoded_pixels(real_data):
    for path in sorted((real_data / "fruit300" / "JPEGImages").iterdir())[:20]:
        assert picture_size(path) == picture_files.read(path).shape[:2]


def test_all_but_the_difficult_objects_of_real_data_are_measured(real_data):
    dataset = data_folder.load(real_data / "voc2012_100", "all")
    sizes = object_sizes(dataset.annotations, (416, 416))
    assert sizes.shape == (273 - 38, 2)
    assert sizes.min() > 0
    assert sizes.max() <= 416


def test_an_unreadable_picture_is_named(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"none")
    with pytest.raises(UserError, match=r"a\.jpg"):
        picture_size(tmp_path / "a.jpg")
    with pytest.raises(UserError, match=r"b\.jpg"):
        picture_size(tmp_path / "b.jpg")


def test_a_picture_too_large_for_pillow_is_measured_too(tmp_path, monkeypatch):
    write_picture(tmp_path / "a.png", height=30, width=70)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # 2100 pixels are more than twice as many
    with pytest.raises(Image.DecompressionBombError):
        Image.open(tmp_path / "a.png")
    assert picture_size(tmp_path / "a.png") == (30, 70)


@pytest.mark.parametrize("measure", [picture_size, picture_files.read])
@pytest.mark.parametrize("side", [15_000, 40_000])
def test_a_huge_picture_that_cannot_be_decoded_is_one_sentence(tmp_path, measure, side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(UserError, match=r"cannot decode .*bomb\.png"):
        measure(tmp_path / "bomb.png")


@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0II\x2b\0\x08\0\0\0\0\0\0\0"])
def test_damaged_exif_data_leave_the_size_as_it_is_decoded(tmp_path, exif):
    Image.new("RGB", (40, 24)).save(tmp_path / "a.jpg", exif=exif, dpi=(72, 72))
    assert picture_size(tmp_path / "a.jpg") == picture_files.read(tmp_path / "a.jpg").shape[:2] == (24, 40)
