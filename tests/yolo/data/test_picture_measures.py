"""What is measured in pictures, against numbers worked out by hand and against other copies of the same picture."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.checks.clean_set import bytes_of, mosaic
from yolo import picture_files
from yolo.data.near_duplicates import picture_hash
from yolo.data.picture_measures import Measures, measure
from yolo.errors import UserError


def measured(tmp_path, content, name="a.png"):
    """The measures of one picture: an array, or the bytes of a file."""
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        picture_files.write(path, content)
    (found,) = measure([path]).values()
    return found


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block


PICTURE = Image.fromarray(mosaic(3))
FILES = {
    "jpeg": (bytes_of(PICTURE, "JPEG"), ("JPEG", "RGB", 8)),
    "gray jpeg": (bytes_of(PICTURE.convert("L"), "JPEG"), ("JPEG", "L", 8)),
    "jpeg with exif": (bytes_of(PICTURE, "JPEG", exif=exif(6)), ("JPEG", "RGB", 8)),
    "cmyk": (bytes_of(PICTURE.convert("CMYK"), "JPEG"), ("JPEG", "CMYK", 8)),
    "png": (bytes_of(PICTURE, "PNG"), ("PNG", "RGB", 8)),
    "palette": (bytes_of(PICTURE.convert("P"), "PNG"), ("PNG", "P", 8)),
    "alpha": (bytes_of(PICTURE.convert("RGBA"), "PNG"), ("PNG", "RGBA", 8)),
    "deep png": (cv2.imencode(".png", mosaic(3).astype(np.uint16) * 257)[1].tobytes(), ("PNG", "RGB", 16)),
    "deep gray tiff": (
        cv2.imencode(".tif", mosaic(3)[..., 0].astype(np.uint16) * 257)[1].tobytes(),
        ("TIFF", "I;16", 16),
    ),
    "webp": (bytes_of(PICTURE, "WEBP"), ("WEBP", "RGB", 8)),
    "bmp": (bytes_of(PICTURE, "BMP"), ("BMP", "RGB", 8)),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_format_is_told_by_the_content(tmp_path, kind):
    content, expected = FILES[kind]
    found = measured(tmp_path, content)
    assert (found.format, found.mode, found.bits) == expected
    assert Measures(*json.loads(json.dumps(found))) == found


def test_equal_files_have_one_content_and_others_another(tmp_path):
    one, other = (measured(tmp_path, FILES["jpeg"][0], name) for name in ("a.jpg", "b.jpg"))
    assert one == other
    assert measured(tmp_path, FILES["jpeg"][0] + b" ", "c.jpg").content != one.content


def test_a_photo_turned_by_exif_looks_as_it_is_shown(tmp_path):
    image = mosaic(5, 300, 400)
    lying = measured(tmp_path, bytes_of(np.rot90(image), "JPEG", quality=95, exif=exif(6)), "a.jpg")
    upright = measured(tmp_path, bytes_of(image, "JPEG", quality=95), "b.jpg")
    assert bin(lying.look ^ upright.look).count("1") <= 2


@pytest.mark.parametrize("side", [300, 700, 1500, 3000])
def test_a_large_photo_looks_the_same_though_it_is_decoded_small(tmp_path, side):
    image = mosaic(7, side * 3 // 4, side)
    found = measured(tmp_path, image, "a.jpg")
    assert bin(found.look ^ picture_hash(image)).count("1") <= 2
    assert found.sharpness > 500
    assert found.color > 100


def test_light_and_dark_parts_contrast_and_color_are_those_of_the_pixels(tmp_path):
    image = np.full((100, 200, 3), 40, np.uint8)
    image[:, 100:] = 200
    found = measured(tmp_path, image)
    assert (found.darkest, found.lightest, found.contrast, found.color) == (40, 200, 80, 0)
    image[50, 150] = (200, 180, 200)  # one pixel of many is not looked for
    assert measured(tmp_path, np.repeat(image, 4, axis=1)).darkest == 40
    image[:, :20] = (40, 90, 60)
    assert measured(tmp_path, image).color == 50


def test_blur_lowers_the_sharpness_and_a_plain_sky_does_not(tmp_path):
    picture = mosaic(1, 200, 200)
    blurred = cv2.GaussianBlur(picture, (0, 0), 3)
    with_sky = np.full((800, 200, 3), 180, np.uint8)
    with_sky[600:] = picture
    sharp, soft, sky = (measured(tmp_path, image) for image in (picture, blurred, cv2.resize(with_sky, (64, 256))))
    assert soft.sharpness < 0.1 * sharp.sharpness
    assert sky.sharpness > 0.5 * sharp.sharpness


def test_rows_of_one_gray_at_the_lower_end_are_measured(tmp_path):
    picture = mosaic(1, 80, 100)
    picture[60:] = 120
    assert measured(tmp_path, picture).flat_end == 0.25
    picture[60:] = 255
    assert measured(tmp_path, picture).flat_end == 0, "white paper"
    picture[60:], picture[:20] = 120, 120
    assert measured(tmp_path, picture).flat_end == 0, "bars above and below"
    assert measured(tmp_path, np.full((80, 100, 3), 120, np.uint8)).flat_end == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (7, 9), (2000, 3)])
def test_pictures_of_any_size_are_measured(tmp_path, size):
    for name in ("a.png", "a.jpg"):
        assert isinstance(measured(tmp_path, mosaic(2, *size), name), Measures)


def test_a_file_that_is_no_picture_is_an_error(tmp_path):
    for content in (b"", b"no picture", FILES["jpeg"][0][:300]):
        assert isinstance(measured(tmp_path, content, "a.jpg"), UserError)
    assert isinstance(measure([tmp_path / "gone.jpg"])[tmp_path / "gone.jpg"], UserError)
