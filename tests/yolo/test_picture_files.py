"""Pictures of every kind come in as upright 8-bit RGB, and errors name the file."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from yolo import picture_files
from yolo.errors import UserError

HALVES = np.zeros((24, 40, 3), np.uint8)  # red on the left, blue on the right
HALVES[:, :20, 0] = 200
HALVES[:, 20:, 2] = 200


def save(path, image=HALVES, mode="RGB", **options):
    Image.fromarray(image).convert(mode).save(path, **options)
    return path


def test_a_png_comes_back_exactly_in_rgb(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (7, 11, 3), np.uint8)
    np.testing.assert_array_equal(picture_files.read(save(tmp_path / "a.png", image)), image)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_exif_orientation_turns_the_picture_upright(tmp_path, orientation, suffix):
    # How the stored pixels become upright, from the definition of the EXIF tag 0x0112.
    upright = {
        1: lambda x: x,
        2: np.fliplr,
        3: lambda x: np.rot90(x, 2),
        4: np.flipud,
        5: lambda x: x.transpose(1, 0, 2),
        6: lambda x: np.rot90(x, -1),
        7: lambda x: np.rot90(x, 2).transpose(1, 0, 2),
        8: lambda x: np.rot90(x, 1),
    }
    stored = np.zeros((32, 48, 3), np.uint8)
    stored[:16, :24] = (255, 0, 0)
    stored[:16, 24:] = (0, 255, 0)
    stored[16:, :24] = (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / f"turned{suffix}", stored, exif=exif, **({"quality": 95} if suffix == ".jpg" else {}))
    expected = upright[orientation](stored)
    found = picture_files.read(path)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).mean() < 8


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_a_grey_picture_becomes_three_equal_channels(tmp_path, suffix):
    found = picture_files.read(save(tmp_path / f"grey{suffix}", mode="L"))
    assert found.shape == (24, 40, 3)
    assert found.dtype == np.uint8
    assert np.ptp(found.astype(int), axis=2).max() <= 2


def test_transparency_is_dropped_and_the_colour_kept(tmp_path):
    transparent = np.dstack([HALVES, np.full((24, 40), 90, np.uint8)])
    Image.fromarray(transparent).save(tmp_path / "rgba.png")
    np.testing.assert_array_equal(picture_files.read(tmp_path / "rgba.png"), HALVES)


def test_palette_pictures_are_expanded(tmp_path):
    assert np.abs(picture_files.read(save(tmp_path / "palette.png", mode="P")).astype(int) - HALVES).mean() < 8


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_pictures_keep_their_brightness(tmp_path, suffix):
    Image.fromarray(np.array([[0, 12800, 65535]], np.uint16)).save(tmp_path / f"deep{suffix}")
    found = picture_files.read(tmp_path / f"deep{suffix}")
    assert found.dtype == np.uint8
    np.testing.assert_allclose(found[0, :, 0], [0, 50, 255], atol=1)


def test_a_cmyk_jpeg_has_the_colours_that_pillow_sees(tmp_path):
    path = save(tmp_path / "print.jpg", mode="CMYK", quality=95)
    expected = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert np.abs(picture_files.read(path).astype(int) - expected).mean() < 8


@pytest.mark.parametrize("name", ["café 猫 собака.png", "two words.jpg", "100% #1.png"])
def test_any_name_is_written_and_read(tmp_path, name):
    path = tmp_path / "ordner ü" / name
    path.parent.mkdir()
    picture_files.write(path, HALVES)
    assert np.abs(picture_files.read(path).astype(int) - HALVES).mean() < 8


def test_a_missing_picture_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone\.jpg"):
        picture_files.read(tmp_path / "gone.jpg")


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(UserError, match="cannot read the picture"):
        picture_files.read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0damaged"])
def test_a_file_that_is_no_picture_is_named(tmp_path, content):
    path = tmp_path / "broken.jpg"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"broken\.jpg"):
        picture_files.read(path)


def test_writing_wants_a_picture_suffix_and_a_folder(tmp_path):
    with pytest.raises(UserError, match="must end in"):
        picture_files.write(tmp_path / "a.docx", HALVES)
    with pytest.raises(UserError, match="nowhere"):
        picture_files.write(tmp_path / "nowhere" / "a.png", HALVES)


def test_every_suffix_can_be_written(tmp_path):
    for suffix in picture_files.SUFFIXES:
        picture_files.write(tmp_path / f"a{suffix}", np.tile(HALVES, (4, 4, 1)))
        assert picture_files.read(tmp_path / f"a{suffix}").shape == (96, 160, 3)


def test_a_missing_system_library_is_explained_in_one_sentence(tmp_path):
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from yolo.errors import UserError\n"
        "try:\n    import yolo.picture_files\nexcept UserError as error:\n    print(error)"
    )
    message = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "libGL.so.1" in message
    assert "apt-get install libgl1 libglib2.0-0" in message
    assert message.count("\n") == 1
