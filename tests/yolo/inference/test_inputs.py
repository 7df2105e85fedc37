"""Paths, PIL pictures and arrays of many kinds become the same picture."""

import numpy as np
import pytest
from PIL import Image

from tests.yolo.inference.fake import color_detector, scene
from yolo import picture_files
from yolo.errors import UserError
from yolo.inference.inputs import as_image

RED = [20, 10, 120, 90]


def test_an_array_of_rgb_is_not_copied():
    image = scene(red=RED)
    assert as_image(image) is image or as_image(image).base is image


@pytest.mark.parametrize("kind", [str, lambda path: path, Image.open, picture_files.read])
def test_a_path_a_pil_picture_and_an_array_are_one_picture(kind, tmp_path):
    path = tmp_path / "größe 1.png"
    picture_files.write(path, scene(red=RED))
    detector = color_detector()
    found = detector(kind(path))
    assert found.names == ["red"]
    np.testing.assert_array_equal(found.boxes, detector(scene(red=RED)).boxes)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I"])
def test_a_pil_picture_of_any_mode_is_what_its_file_is(mode, tmp_path):
    ramp = np.linspace(0, 65535, 12 * 20).reshape(12, 20)
    if mode.startswith("I"):
        picture = Image.fromarray(ramp.astype(np.uint16 if mode == "I;16" else np.int32))
        assert picture.mode == mode
    else:
        bytes_ = (ramp / 257).astype(np.uint8)
        picture = Image.fromarray(np.stack([bytes_, 255 - bytes_, bytes_ // 2], axis=2)).convert(mode)
    path = tmp_path / "a.png"
    found = as_image(picture)
    assert (found.dtype, found.shape) == (np.uint8, (12, 20, 3))
    if mode == "YCbCr":
        expected = np.asarray(picture.convert("RGB"))
    elif mode == "CMYK":  # libraries differ in how they mix inks
        expected = 255 - np.minimum(np.asarray(picture)[..., :3].astype(int) + np.asarray(picture)[..., 3:], 255)
    else:
        (Image.fromarray(ramp.astype(np.uint16)) if mode == "I" else picture).save(path)
        expected = picture_files.read(path)
    assert np.abs(found.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("brightest", [200, 1000, 4000, 60_000])
@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_a_pil_picture_of_more_than_8_bits_is_as_bright_as_its_file(kind, brightest, tmp_path):
    array = np.linspace(0, brightest, 12 * 20).reshape(12, 20).astype(np.uint16)
    Image.fromarray(array).save(tmp_path / "a.png")
    found = as_image(Image.fromarray(array.astype(kind)))
    np.testing.assert_array_equal(found, picture_files.read(tmp_path / "a.png"))
    assert found.max() >= 200  # 1000 of 1023, 4000 of 4095, 60000 of 65535


def test_a_pil_picture_is_turned_upright():
    upright = scene(60, 100, red=RED)
    lying = Image.fromarray(np.rot90(upright).copy())
    exif = lying.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    np.testing.assert_array_equal(as_image(lying), upright)


def test_grey_is_repeated_and_transparency_left_out():
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    for array in (grey, grey[..., None]):
        np.testing.assert_array_equal(as_image(array), np.stack([grey] * 3, axis=2))
    image = scene(red=RED)
    np.testing.assert_array_equal(as_image(np.dstack([image, image[..., 0]])), image)


def test_channels_of_opencv_are_put_right():
    image = scene(red=RED)
    np.testing.assert_array_equal(as_image(image[..., ::-1], "bgr"), image)
    four = np.dstack([image[..., ::-1], image[..., 0]])
    np.testing.assert_array_equal(as_image(four, "bgr"), image)
    assert color_detector()(image[..., ::-1]).names == ["blue"]
    assert color_detector()(image[..., ::-1], channels="bgr").names == ["red"]
    with pytest.raises(ValueError, match=r"'rgb' or, from OpenCV, 'bgr'; got 'gbr'"):
        as_image(image, "gbr")


class Tensor:
    """As those of PyTorch and TensorFlow are."""

    def numpy(self):
        raise AssertionError


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (np.zeros((4, 5, 3), np.float32), r"float32 \(4, 5, 3\): give \(255 \* array\)\.round\(\)\.astype"),
        (np.full((4, 5, 3), 200.0), r"float64 \(4, 5, 3\), not 0 to 255 in uint8"),
        (np.zeros((4, 5), np.uint16), r"uint16 \(4, 5\), not 0 to 255 in uint8"),
        (np.zeros((3, 40, 50), np.uint8), r"channels come last, array\.transpose\(1, 2, 0\)"),
        (np.zeros((2, 4, 5, 3), np.uint8), r"several pictures as a list, such as list\(array\)"),
        (np.zeros((0, 5, 3), np.uint8), "at least one pixel"),
        (np.array(["a"]), r"got <U1 \(1,\)\."),
        (Tensor(), r"got a tests\.Tensor: give its NumPy array, such as tensor\.cpu\(\)\.numpy\(\)"),
        (None, "got a NoneType: give one of these"),
        (iter([]), "got a list_iterator"),
        (Image.new("F", (4, 4)), "mode F has no known white"),
    ],
)
def test_what_is_no_picture_is_answered_with_what_to_do(picture, words):
    with pytest.raises(ValueError, match=words):
        as_image(picture)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cannot read the picture .*gone\.png"):
        color_detector()(tmp_path / "gone.png")
