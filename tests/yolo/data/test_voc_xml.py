"""One annotation file, well formed or not."""

import numpy as np
import pytest

from tests.yolo.data.folders import write_text, xml
from yolo.data import voc_xml
from yolo.errors import UserError


def read(folder, text):
    path = folder / "ä b.1.xml"
    write_text(path, text)
    return voc_xml.read(path)


def test_corners_counted_from_one_and_inclusive_become_half_open(tmp_path):
    objects = read(tmp_path, xml(("dog", 1, 3, 10, 20)))
    assert objects.boxes.tolist() == [[0, 2, 10, 20]]
    assert objects.boxes.dtype == np.float32


def test_a_corner_left_of_the_picture_is_cut_off_at_zero(tmp_path):
    assert read(tmp_path, xml(("dog", 0, -4, 10, 20))).boxes.tolist() == [[0, 0, 10, 20]]


def test_elements_in_any_order_floats_and_spaces_are_read(tmp_path):
    text = """<?xml version="1.0"?>
    <annotation><object><difficult> 1 </difficult>
      <bndbox><ymax>20.5</ymax><xmin> 2.5 </xmin><xmax>1e1</xmax><ymin>3</ymin></bndbox><name> traffic light </name>
    </object><size><width>0</width><height>0</height></size></annotation>"""
    objects = read(tmp_path, text)
    assert objects.names == ("traffic light",)
    assert objects.boxes.tolist() == [[1.5, 2, 10, 20.5]]
    assert objects.difficult.tolist() == [True]


def test_parts_of_an_object_are_not_taken_for_objects(tmp_path):
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    objects = read(tmp_path, xml(("person", 5, 6, 10, 20)).replace("<object>", f"<object>{part}"))
    assert objects.names == ("person",)
    assert objects.boxes.tolist() == [[4, 5, 10, 20]]


def test_a_picture_without_objects_has_empty_arrays_of_the_right_shapes(tmp_path):
    objects = read(tmp_path, "<annotation/>")
    assert objects.names == ()
    assert objects.boxes.shape == (0, 4)
    assert objects.difficult.shape == (0,)


@pytest.mark.parametrize(
    "corners", [(5, 5, 5, 9), (5, 5, 9, 5), (9, 5, 5, 9), (5, 9, 9, 5), (-9, -9, -1, -1), (0, 0, 0, 0)]
)
def test_a_box_without_area_is_left_out_and_counted(tmp_path, corners):
    objects = read(tmp_path, xml(("dog", *corners), ("cat", 1, 1, 4, 4)))
    assert objects.names == ("cat",)
    assert objects.without_area == 1


def test_a_one_pixel_wide_box_is_kept_when_written_with_floats(tmp_path):
    assert read(tmp_path, xml(("dog", 4.5, 4, 5, 9))).boxes.tolist() == [[3.5, 3, 5, 9]]


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><annotation>&y;</annotation>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation>&x;</annotation>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        ("<annotation><object></annotation>", "line 1, column"),
        ("", "not readable XML"),
        ("\0\1\2", "not readable XML"),
        ('<?xml version="1.0" encoding="klingon"?><annotation/>', "not readable XML"),
        ("<annotations/>", "<annotations>"),
        (xml(("", 1, 1, 4, 4)), "without a name"),
        (xml(("dog", 1, "one", 4, 4)), "'one'"),
        (xml(("dog", 1, "nan", 4, 4)), "'nan'"),
        (xml(("dog", 1, "", 4, 4)), "four numbers"),
        ("<annotation><object><name>dog</name></object></annotation>", "four numbers"),
    ],
)
def test_an_unusable_file_is_refused_in_one_line_that_names_it(tmp_path, text, message):
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert "ä b.1.xml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_annotation_that_is_a_folder_is_a_users_mistake(tmp_path):
    (tmp_path / "a.xml").mkdir()
    with pytest.raises(UserError, match="cannot read"):
        voc_xml.read(tmp_path / "a.xml")
