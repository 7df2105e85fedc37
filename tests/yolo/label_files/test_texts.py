"""The text of labels in each format, against numbers worked out by hand."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml

from yolo.label_files.coco_json import document, image_line, object_lines
from yolo.label_files.exact_numbers import decimal, exact
from yolo.label_files.plain_names import plain_name
from yolo.label_files.voc_xml import annotation_xml
from yolo.label_files.yolo_txt import data_yaml, label_lines
from yolo.structures import Annotation

SIZE = (100, 200)  # height unlike width
CLASSES = ("cat", "dog & <co>")


def annotation(*boxes, labels=None, difficult=None, path="JPEGImages/a b.jpg"):
    count = len(boxes)
    return Annotation(
        Path(path),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array([0] * count if labels is None else labels, np.int32),
        np.array([False] * count if difficult is None else difficult, bool),
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12.0, "12"),
        (10.4, "10.4"),
        (0.00001, "0.00001"),
        (0.0, "0"),
        (-0.0, "0"),
        (20000.0, "20000"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_decimal_has_no_exponent_and_no_zeros_at_the_end(number, text):
    assert decimal(number) == text


def test_a_float32_is_written_as_the_number_that_a_person_would_write():
    assert exact(np.array([[10.4, 0.00001, 123.456, 19999.75]], np.float32)).tolist() == [
        [10.4, 0.00001, 123.456, 19999.75]
    ]
    assert exact(np.zeros((0, 4), np.float32)).shape == (0, 4)


def test_every_float32_up_to_20000_pixels_with_five_decimals_is_read_as_itself_again():
    rng = np.random.default_rng(0)
    boxes = np.round(rng.random((20_000, 4)) * 10.0 ** rng.integers(-2, 5, (20_000, 1)) * 2, 5).astype(np.float32)
    again = np.array([[float(decimal(number)) for number in box] for box in exact(boxes).tolist()])
    np.testing.assert_array_equal(again.astype(np.float32), boxes)


def test_corners_of_voc_count_from_1_with_the_last_pixel_and_whole_numbers_are_whole():
    root = ElementTree.fromstring(annotation_xml(annotation((0, 9, 10, 100), (0.5, 9.25, 10.4, 99)), SIZE, CLASSES))
    corners = [[edge.text for edge in box] for box in root.iter("bndbox")]
    assert corners == [["1", "10", "10", "100"], ["1.5", "10.25", "10.4", "99"]]
    assert [edge.tag for edge in next(root.iter("bndbox"))] == ["xmin", "ymin", "xmax", "ymax"]
    assert [root.findtext(f"size/{side}") for side in ("width", "height", "depth")] == ["200", "100", "3"]
    assert (root.findtext("folder"), root.findtext("filename")) == ("JPEGImages", "a b.jpg")


def test_xml_keeps_classes_of_any_letters_difficult_marks_and_pictures_without_objects():
    text = annotation_xml(annotation((1, 2, 3, 4), (1, 2, 3, 5), labels=[1, 0], difficult=[True, False]), SIZE, CLASSES)
    root = ElementTree.fromstring(text)
    assert [name.text for name in root.iter("name")] == ["dog & <co>", "cat"]
    assert [mark.text for mark in root.iter("difficult")] == ["1", "0"]
    assert ElementTree.fromstring(annotation_xml(annotation(), SIZE, CLASSES)).find("object") is None


@pytest.mark.parametrize("letter", ["\0", "\x01", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_xml_of_a_class_whose_name_no_xml_can_hold_is_read_by_parsers(letter):
    text = annotation_xml(annotation((1, 2, 3, 4)), SIZE, (f"a{letter}b",))
    assert ElementTree.fromstring(text.encode()).findtext("object/name") == "a_b"


@pytest.mark.parametrize("letter", ["\t", "\x7f", "\ufffd", "\U0001fffe", "\U0010ffff", "\ue000"])
def test_xml_keeps_every_letter_that_it_can_hold(letter):
    text = annotation_xml(annotation((1, 2, 3, 4)), SIZE, (f"a{letter}b",))
    assert ElementTree.fromstring(text.encode()).findtext("object/name") == f"a{letter}b"


def test_lines_of_yolo_are_shares_of_the_sides():
    lines = label_lines(annotation((0, 0, 200, 100), (10, 20, 30, 60), labels=[0, 1]), SIZE)
    assert lines == "0 0.5 0.5 1 1\n1 0.1 0.4 0.1 0.4\n"
    assert label_lines(annotation(), SIZE) == ""


def test_a_score_is_the_sixth_number():
    line = label_lines(annotation((10, 20, 30, 60)), SIZE, np.array([0.875], np.float32))
    assert line == "0 0.1 0.4 0.1 0.4 0.87500\n"


@pytest.mark.parametrize("side", [7, 333, 640, 4001, 20_000])
def test_whole_pixels_come_back_from_the_shares_of_yolo_far_more_exactly_than_they_are_rounded(side):
    ends = np.sort(np.random.default_rng(side).integers(0, side + 1, (500, 2)))
    ends = ends[ends[:, 0] < ends[:, 1]]
    lines = label_lines(annotation(*([a, a, b, b] for a, b in ends.tolist())), (side, side)).splitlines()
    _, x, y, width, height = np.array([line.split() for line in lines], float).T
    for centers, sizes in ((x, width), (y, height)):
        np.testing.assert_allclose((centers - sizes / 2) * side, ends[:, 0], atol=1e-7, rtol=0)
        np.testing.assert_allclose((centers + sizes / 2) * side, ends[:, 1], atol=1e-7, rtol=0)
        assert sizes.max() <= 1


@pytest.mark.parametrize("names", [("yes", "1", "no: x", "日本", "a, b", "#", " "), ("cat",) * 1 + ("x" * 300,)])
def test_names_in_data_yaml_are_texts_whatever_they_look_like(names):
    text = data_yaml({"train": "train.txt", "val": "val.txt"}, names)
    content = yaml.safe_load(text)
    assert content == {"train": "train.txt", "val": "val.txt", "nc": len(names), "names": dict(enumerate(names))}
    assert text.count("\n") == 4 + len(names)


def test_the_json_of_coco_counts_from_1_and_says_left_top_width_and_height():
    found = annotation((10, 20, 30.5, 60), (0, 0, 0.0001, 100), labels=[1, 0], difficult=[False, True])
    lines = object_lines(found, 7, 41)
    content = json.loads("".join(document("by me", CLASSES, [image_line(7, 'a "ü".jpg', SIZE)], lines)))
    assert content["categories"] == [
        {"id": 1, "name": "cat", "supercategory": ""},
        {"id": 2, "name": "dog & <co>", "supercategory": ""},
    ]
    assert content["images"] == [{"id": 7, "file_name": 'a "ü".jpg', "width": 200, "height": 100}]
    first, second = content["annotations"]
    assert first == {
        "id": 41, "image_id": 7, "category_id": 2, "bbox": [10, 20, 20.5, 40], "area": 820, "iscrowd": 0,
        "segmentation": [],
    }  # fmt: skip
    assert (second["id"], second["iscrowd"], second["ignore"], second["category_id"]) == (42, 1, 1, 1)
    assert "[0, 0, 0.0001, 100]" in lines[1]


def test_json_is_ascii_so_that_tools_on_windows_read_it_and_may_be_empty():
    text = "".join(document("by me", ("日本",), [], []))
    assert text.isascii()
    assert json.loads(text)["images"] == json.loads(text)["annotations"] == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [("a b", "a b"), (".hidden", "_hidden"), (" a ", "_a_"), ("a\nb", "a_b"), ("a\\b", "a_b"), ("caf\udce9", "caf_"),
     ("ä&<", "ä&<"), ("...", "_"), ("", "_"), ("\u2028", "_"), ("a\ufffe", "a_"), ("\uffffb", "_b")],
)  # fmt: skip
def test_a_plain_name_holds_nothing_that_a_list_cannot(name, plain):
    assert plain_name(name) == plain


def test_a_split_that_is_called_like_a_field_of_data_yaml_spoils_none():
    text = data_yaml({"train": "train.txt", "path": "path.txt", "names": "names.txt"}, CLASSES)
    assert yaml.safe_load(text) == {"train": "train.txt", "nc": 2, "names": dict(enumerate(CLASSES))}
