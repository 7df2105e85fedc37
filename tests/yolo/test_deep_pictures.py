"""Pictures of more than 8 bits keep their contrast."""

import numpy as np
import pytest
from PIL import Image

from yolo import picture_files
from yolo.errors import UserError
from yolo.opencv import cv2
from yolo.picture_files import to_8_bits


def save(path, image):
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


@pytest.mark.parametrize("suffix", [".png", ".tif", ".ppm"])
@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([0, 2048, 4095], [0, 128, 255]),  # 12 bits
        ([0, 511, 1023], [0, 127, 255]),  # 10 bits
        ([0, 12800, 65535], [0, 50, 255]),
        ([0, 100, 255], [0, 100, 255]),
        ([0, 1500, 3000], [0, 93, 187]),  # 12 bits, none of them white
    ],
)
def test_16_bit_files_are_stretched_by_the_bits_that_are_used(tmp_path, suffix, values, seen):
    blue_to_red = np.array([[(value // 4, value // 2, value) for value in values]], np.uint16)
    found = picture_files.read(save(tmp_path / f"a{suffix}", blue_to_red))
    assert found.dtype == np.uint8
    np.testing.assert_allclose(found[0, :, 0], seen, atol=1)
    np.testing.assert_allclose(found[0, :, 2], np.array(seen) / 4, atol=1)


@pytest.mark.parametrize("white", [1.0, 255.0, 4095.0])
@pytest.mark.parametrize("channels", [1, 3])
def test_float_tiffs_are_read(tmp_path, white, channels):
    image = np.tile(np.array([0, 0.5, 1], np.float32)[None, :, None] * np.float32(white), (1, 1, channels))
    found = picture_files.read(save(tmp_path / "a.tif", image))
    assert found.shape == (1, 3, 3)
    np.testing.assert_allclose(found[0, :, 1], [0, 128, 255], atol=1)


def test_what_is_no_number_is_black_and_what_is_infinite_white():
    assert to_8_bits(np.array([np.nan, -1, 0.5, 1, np.inf], np.float32)).tolist() == [0, 0, 128, 255, 255]


def test_eight_bits_stay_as_they_are():
    image = np.array([0, 1, 17], np.uint8)
    assert to_8_bits(image) is image


def test_a_16_bit_photo_is_turned_upright(tmp_path):
    image = np.zeros((4, 6), np.uint16)
    image[:, 4:] = 4095
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(image).save(tmp_path / "a.png", exif=exif)
    found = picture_files.read(tmp_path / "a.png")
    assert found.shape == (6, 4, 3)
    assert found[:, 0, 0].tolist() == [0, 0, 0, 0, 255, 255]


def test_a_float_picture_passes_the_check_and_a_damaged_one_does_not(tmp_path):
    picture_files.check(save(tmp_path / "a.tif", np.zeros((3, 3), np.float32)))
    for suffix in (".ppm", ".png", ".jpg", ".bmp"):
        picture_files.check(save(tmp_path / f"thin{suffix}", np.zeros((1, 40, 3), np.uint8)))
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"cannot decode .*b\.jpg"):
        picture_files.check(tmp_path / "b.jpg")
