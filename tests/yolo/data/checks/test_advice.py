"""Numbers in advice, and shares from which a note becomes a warning, against numbers worked out by hand."""

import numpy as np
import pytest

from tests.yolo.data.checks.clean_set import add, annotate, boxes, clean_set, draw, mosaic, stem
from tests.yolo.data.checks.faults import read
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.checks.summary import Summary
from yolo.data.data_folder import DataFolder


@pytest.fixture
def root(tmp_path):
    return clean_set(tmp_path / "set")


def finding(data, check):
    (found,) = table.findings(data, [check])
    return found


@pytest.mark.parametrize(
    ("side", "advice"),
    [
        (10, "take --input-size 512 512, or cut the pictures into parts"),  # 10 * 416 / 640 = 6.5; 416 * 8 / 6.5 = 512
        (7, "cut the pictures into parts, as these objects are small in the pictures themselves"),
    ],
)
def test_the_input_size_advised_for_small_objects_shows_them_at_8_pixels(root, side, advice):
    for i in range(40):
        draw(root, stem(i), mosaic(i, 480, 640))
        annotate(root, stem(i), ("dog", 100 + i, 50, 99 + i + side, 49 + side), ("cat", 200, 50 + i, 300, 150 + i))
    found = finding(read(root), "objects-small")
    assert found.count == 40
    assert found.text.startswith("40 objects smaller than 8 pixels (29%) at the input size 416 x 416")
    assert found.advice == advice


@pytest.mark.parametrize(("number", "levels", "expected"), [(23, 2, []), (24, 2, [48]), (70, 2, [140]), (70, 3, [])])
def test_more_than_a_third_of_the_objects_under_16_pixels_ask_for_a_third_level(root, number, levels, expected):
    for i in range(number):  # 13 x 13 pixels at 416
        draw(root, stem(i), mosaic(i, 480, 640))
        annotate(root, stem(i), ("dog", 1 + i, 50, 20 + i, 69), ("cat", 200 + i, 50, 219 + i, 69))
    data = CheckedData.of(DataFolder(root), (416, 416), levels=levels)
    found = list(table.findings(data, ["objects-under-a-cell"]))
    assert [each.count for each in found] == expected
    for each in found:
        assert f"({round(100 * each.count / 140)}%), at the input size 416 x 416" in each.text
        assert "--levels 3" in each.advice
    assert not list(table.findings(CheckedData.of(DataFolder(root), (544, 544)), ["objects-under-a-cell"]))  # 17


def test_three_levels_are_checked_with_nine_anchors(root):
    data = CheckedData.of(DataFolder(root), (416, 416), levels=3)
    assert (data.anchors.shape, data.candidates.shape) == ((9, 2), (140, 9))


def test_objects_that_are_never_taught_are_a_warning_when_they_are_more_than_one_in_a_hundred(root):
    _, left, top, right, bottom = boxes(0)[0]
    annotate(root, stem(0), *boxes(0), ("cat", left + 2, top, right + 2, bottom))
    found = finding(read(root), "object-without-candidate")
    assert (found.level, found.text.endswith("(0.7%), at the input size 416 x 416")) == ("note", True)  # 1 of 141
    annotate(root, stem(7), *boxes(0), ("cat", left + 2, top, right + 2, bottom))
    found = finding(read(root), "object-without-candidate")
    assert (found.count, found.level) == (2, "warning")


def test_the_sizes_of_objects_are_told_at_the_input_size(root):
    for i in range(70):  # 6.5 times as large: 13 and 52 pixels
        annotate(root, stem(i), ("dog", 3, 3, 4, 4), ("cat", 20, 20, 27, 27))
    summary = Summary.of(read(root))
    assert summary.median_side == 32.5
    assert summary.small_shares == {"8": 0, "16": 0.5, "32": 0.5}


def test_pictures_of_a_dark_set_are_not_all_dark(root):
    for i in range(70):
        draw(root, stem(i), mosaic(i) // 6)
    add(root, "x", image=mosaic(900) // 24)
    data = read(root)
    assert np.median([measures.lightest for measures in data.measures.values()]) < 50
    assert finding(data, "picture-dark").files == ("x.jpg",)


def test_a_box_of_two_classes_is_told_once_and_with_its_class_and_place(root):
    dog, cat = boxes(0)
    annotate(root, stem(0), dog, cat, ("cat", *dog[1:]), dog)
    found = {one.check: one for one in table.every_finding(read(root))}
    place = f"{dog[1] - 1} {dog[2] - 1} {dog[3]} {dog[4]}"
    assert found["duplicate-box"].names == (f"p00.jpg (dog at {place})",)
    assert set(found["object-of-two-classes"].names) == {f"p00.jpg (cat at {place})", f"p00.jpg (dog at {place})"}
    assert found["duplicate-box"].files == ("p00.jpg",)
    annotate(root, stem(0), dog, cat, ("cat", *dog[1:]))
    found = {one.check: one for one in table.every_finding(read(root))}
    assert "duplicate-box" not in found
    assert found["object-of-two-classes"].count == 1
