"""Near-duplicates: hashes compared with ImageHash, groups with all pairs, and copies of real pictures."""

import cv2
import numpy as np
import pytest

from yolo import picture_files
from yolo.data.near_duplicates import near_groups, near_pictures, picture_hash, picture_hashes, thumbnail
from yolo.errors import UserError


def smooth(seed, height=120, width=160):
    """A picture with structure of all sizes, of which another seed shows another one."""
    noise = np.random.default_rng(seed).uniform(0, 255, (8, 8, 3)).astype(np.float32)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def recompressed(image, quality=20):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def page(seed):
    """A page of lines of text."""
    rng, image = np.random.default_rng(seed), np.full((1000, 700, 3), 255, np.uint8)
    for y in range(80, 950, 22):
        text = "".join(rng.choice(list("abcdefghij klmno"), rng.integers(30, 56)))
        cv2.putText(image, text, (60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("shape", [(120, 160), (333, 77), (32, 32), (20, 24)])
def test_the_hash_is_that_of_imagehash_for_the_same_thumbnail(shape):
    imagehash = pytest.importorskip("imagehash")
    from PIL import Image

    for seed in range(20):
        image = smooth(seed, *shape)
        theirs = imagehash.phash(Image.fromarray(thumbnail(image)))
        assert f"{picture_hash(image):016x}" == str(theirs)


def test_real_pictures_are_within_two_bits_of_imagehash_on_the_whole_picture(real_data):
    imagehash = pytest.importorskip("imagehash")
    from PIL import Image

    for path in sorted((real_data / "voc2012_100" / "JPEGImages").iterdir())[:40]:
        image = picture_files.read(path)
        theirs = int(str(imagehash.phash(Image.fromarray(image))), 16)
        assert (picture_hash(image) ^ theirs).bit_count() <= 2


def test_the_hash_of_a_horizontal_wave_has_the_bit_of_its_frequency():
    x = np.arange(32)
    wave = np.tile(128 + 100 * np.cos(np.pi * 3 * (2 * x + 1) / 64), (32, 1)).round().astype(np.uint8)
    bits = np.unpackbits(np.frombuffer(picture_hash(wave).to_bytes(8, "big"), np.uint8)).reshape(8, 8)
    assert bits[0, 0] == 1  # the mean
    assert bits[0, 3] == 1  # the wave
    assert not bits[1:].any()  # nothing varies downwards


def test_gray_and_rgb_of_the_same_picture_have_the_same_hash():
    image = smooth(3)
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    assert picture_hash(gray) == picture_hash(np.dstack([gray] * 3)) == picture_hash(image)


@pytest.mark.parametrize(
    "copy",
    [
        lambda image: cv2.resize(image, (80, 60)),
        lambda image: cv2.resize(image, (416, 416)),
        recompressed,
        lambda image: (image * 0.6).astype(np.uint8),
    ],
    ids=["half", "stretched", "recompressed", "darker"],
)
def test_a_copy_is_in_the_group_of_its_original(copy):
    images = [smooth(seed) for seed in range(30)]
    images.append(copy(images[7]))
    assert near_groups([picture_hash(image) for image in images]) == [[7, 30]]


def test_pictures_are_connected_through_others_but_not_beyond_the_limit():
    start = 0x0F0F0F0F0F0F0F0F
    codes = [start, start ^ 0b111111, start ^ 0b111111 ^ (0b111111 << 20), start ^ (0b1111111 << 40)]
    assert near_groups(codes) == [[0, 1, 2]]


def test_plain_pictures_are_in_no_group():
    plain = [np.full((50, 60, 3), value, np.uint8) for value in (0, 0, 128, 255)]
    assert near_groups([picture_hash(image) for image in plain]) == []


def test_no_pictures_make_no_groups():
    assert near_groups([]) == []
    assert near_pictures({}) == []


def test_pages_of_text_with_like_hashes_are_told_apart_by_their_thumbnails():
    pages = [page(seed) for seed in range(60)]
    pages.append(recompressed(cv2.resize(pages[5], None, fx=0.5, fy=0.5)))
    hashes = [picture_hash(image) for image in pages]
    assert len(near_groups(hashes, limit=8)) >= 2  # the hash alone takes some for copies
    assert near_groups(hashes, 8, np.stack([thumbnail(image) for image in pages])) == [[5, 60]]


def test_copies_are_found_among_files_and_an_unreadable_one_is_named(tmp_path):
    for seed in range(6):
        picture_files.write(tmp_path / f"{seed} a.png", smooth(seed))
    picture_files.write(tmp_path / "copy.JPG", cv2.resize(smooth(4), (80, 60)))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    found = picture_hashes(sorted(tmp_path.iterdir()))
    errors = {path.name for path, code in found.items() if isinstance(code, UserError)}
    assert errors == {"broken.jpg"}
    hashes = {path: code for path, code in found.items() if not isinstance(code, UserError)}
    assert near_pictures(hashes) == [[tmp_path / "4 a.png", tmp_path / "copy.JPG"]]


def test_the_turn_by_exif_does_not_hide_a_copy(tmp_path):
    from PIL import Image

    image = smooth(1)
    picture_files.write(tmp_path / "upright.png", image)
    exif = Image.Exif()
    exif[274] = 6  # to be turned to the right
    Image.fromarray(np.rot90(image).copy()).save(tmp_path / "turned.jpg", exif=exif, quality=90)
    hashes = picture_hashes([tmp_path / "upright.png", tmp_path / "turned.jpg"])
    assert near_pictures(hashes) == [[tmp_path / "turned.jpg", tmp_path / "upright.png"]]


def test_two_photos_of_one_field_are_the_only_near_duplicates_of_bccd(real_data):
    hashes = picture_hashes((real_data / "bccd" / "JPEGImages").iterdir())
    groups = [[path.stem for path in group] for group in near_pictures(hashes)]
    assert groups == [["BloodImage_00037", "BloodImage_00038"]]  # at another focus


@pytest.mark.parametrize("name", ["voc2012_100", "fruit300"])
def test_there_are_no_near_duplicates_in_other_real_sets_until_copies_are_added(real_data, name, tmp_path):
    paths = sorted((real_data / name / "JPEGImages").iterdir())[:100]
    for path in paths[::10]:
        picture_files.write(tmp_path / f"{path.stem}.jpg", cv2.resize(picture_files.read(path), (240, 200)))
    hashes = picture_hashes([*paths, *tmp_path.iterdir()])
    assert sorted(sorted(path.stem for path in group) for group in near_pictures(hashes)) == [
        [path.stem] * 2 for path in paths[::10]
    ]
