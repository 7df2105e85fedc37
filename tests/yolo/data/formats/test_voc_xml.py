"""One annotation file, well formed or not."""

import numpy as np
import pytest

from tests.yolo.data.folders import DOG, write_text, xml
from yolo.data.formats import voc_xml
from yolo.data.formats.corner_origin import half_open, origin_of
from yolo.errors import UserError


def read(folder, text):
    path = folder / "ä b.1.xml"
    path.write_bytes(text) if isinstance(text, bytes) else write_text(path, text)
    return voc_xml.read(path)


def boxes(written, origin=1):
    return half_open(np.reshape(written.numbers, (-1, 4)), origin).tolist()


def test_elements_in_any_order_floats_and_spaces_are_read(tmp_path):
    text = """<?xml version="1.0"?>
    <annotation><object><difficult> 1 </difficult>
      <bndbox><ymax>20.5</ymax><xmin> 2.5 </xmin><xmax>1e1</xmax><ymin>3</ymin></bndbox><name> traffic light </name>
    </object><size><height>480</height><width> 640.0 </width></size></annotation>"""
    written = read(tmp_path, text)
    assert written.names == ["traffic light"]
    assert written.numbers == [2.5, 3, 10, 20.5]
    assert written.difficult == [True]
    assert written.size == [640, 480]


@pytest.mark.parametrize(
    "size",
    ["", "<size/>", "<size><width>0</width><height>0</height></size>", "<size><width>640</width></size>",
     "<size><width>nan</width><height>480</height></size>", "<size><width/><height>480</height></size>"],
)  # fmt: skip
def test_a_size_that_is_not_said_is_none(tmp_path, size):
    assert read(tmp_path, f"<annotation>{size}</annotation>").size == [0, 0]


def test_parts_of_an_object_are_not_taken_for_objects(tmp_path):
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    written = read(tmp_path, xml(("person", 5, 6, 10, 20)).replace("<object>", f"<object>{part}"))
    assert written.names == ["person"]
    assert boxes(written) == [[4, 5, 10, 20]]


def test_a_picture_without_objects_says_nothing(tmp_path):
    assert read(tmp_path, "<annotation/>") == ([0, 0], [], [], [], {}, {}, [0, 0, 0])


def without(tag, text):
    begin, end = text.index(f"<{tag}>"), text.index(f"</{tag}>") + len(f"</{tag}>")
    return text[:begin] + text[end:]


POLYGON = "<object><name>dog</name><polygon><x1>3</x1></polygon></object>"
TURNED = "<object><name>dog</name><robndbox><cx>3</cx><cy>3</cy><w>2</w><angle>1</angle></robndbox></object>"


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (xml(("", 1, 1, 4, 4)), "without a name"),
        (without("name", xml(DOG)), "without a name"),
        (f"<annotation>{POLYGON}</annotation>", "without a <bndbox>"),
        (without("angle", f"<annotation>{TURNED}</annotation>"), "without a <bndbox>"),
        (xml(("dog", 1, "one", 4, 4)), "whose <bndbox> is not four numbers"),
        (xml(("dog", 1, "nan", 4, 4)), "whose <bndbox> is not four numbers"),
        (xml(("dog", 1, "", 4, 4)), "whose <bndbox> is not four numbers"),
        (xml(("dog", 1, 1, 4, "1e300")), "whose <bndbox> is not four numbers"),
        (without("ymax", xml(DOG)), "whose <bndbox> is not four numbers"),
    ],
)
def test_an_object_that_cannot_be_used_is_counted_and_the_others_are_kept(tmp_path, spoilt, reason):
    two = spoilt.replace("</annotation>", xml(("cat", 1, 2, 3, 4)).removeprefix("<annotation>"))
    written = read(tmp_path, two)
    assert written.names == ["cat"]
    assert written.numbers == [1, 2, 3, 4]
    assert written.counts == {reason: 1}


def test_turned_boxes_of_rolabelimg_and_polygons_are_enclosed(tmp_path):
    turned = "<robndbox><cx>50.5</cx><cy>40</cy><w>20</w><h>10</h><angle>1.570796</angle></robndbox>"
    polygon = "<polygon><x1>5</x1><y1>9</y1><x2>15</x2><y2>1</y2><x3>8</x3><y3>20</y3></polygon>"
    objects = (
        f"<object><type>robndbox</type><name>ship</name>{turned}</object><object><name>dog</name>{polygon}</object>"
    )
    written = read(tmp_path, f"<annotation>{objects}</annotation>")
    assert written.names == ["ship", "dog"]
    assert written.numbers == pytest.approx([45.5, 30, 55.5, 50, 5, 1, 15, 20], abs=1e-5)
    assert written.counts == {"turned box": 1, "polygon": 1}
    assert written.signs == [0, 1, 1]


def test_a_box_outdoes_the_polygon_beside_it(tmp_path):
    polygon = "<polygon><x1>5</x1><y1>9</y1><x2>15</x2><y2>1</y2><x3>8</x3><y3>20</y3></polygon>"
    written = read(tmp_path, xml(DOG).replace("<bndbox>", f"{polygon}<bndbox>"))
    assert (written.numbers, written.counts) == ([1, 1, 10, 20], {})


@pytest.mark.parametrize(("number", "angle"), [("nan", "1"), ("1e9", "1"), ("7", "inf"), ("", "0"), ("a", "0")])
def test_a_turned_box_of_wrong_numbers_is_lost(tmp_path, number, angle):
    turned = f"<robndbox><cx>{number}</cx><cy>3</cy><w>2</w><h>2</h><angle>{angle}</angle></robndbox>"
    written = read(tmp_path, f"<annotation><object><name>dog</name>{turned}</object></annotation>")
    assert (written.names, written.counts) == ([], {"without a <bndbox>": 1})


def test_turned_boxes_alone_are_counted_from_0(tmp_path):
    turned = "<robndbox><cx>50.25</cx><cy>40</cy><w>20</w><h>10</h><angle>0</angle></robndbox>"
    written = read(tmp_path, f"<annotation><object><name>dog</name>{turned}</object></annotation>")
    assert origin_of([written])[0] == 0
    assert boxes(written, 0) == [[40.25, 35, 60.25, 45]]


def test_a_box_that_is_there_a_second_time_is_counted(tmp_path):
    assert read(tmp_path, xml(DOG, DOG, ("cat", *DOG[1:]), ("dog", 1, 1, 10, 21))).counts == {"twice": 2}


def test_signs_of_where_corners_are_counted_from_are_counted(tmp_path):
    written = read(tmp_path, xml(("a", 0, 0, 9, 9), ("b", 0.5, 1, 9, 9), ("c", 1, 1.5, 9, 9.25), ("d", 2, -1, 9, 9)))
    assert written.signs == [3, 2, 2]
    assert read(tmp_path, xml(("a", 0.9999999, 5.0000001, 9, 10.399999618530273))).signs == [0, 1, 1]


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><annotation>&y;</annotation>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation>&x;</annotation>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        ("<annotation><object></annotation>", "line 1, column"),
        ("", "no readable XML"),
        ("\0\1\2", "no readable XML"),
        ('<?xml version="1.0" encoding="klingon"?><annotation/>', "no readable XML"),
        (f'<?xml version="1.0" encoding="utf-7"?>{BOMB}'.encode("utf-7"), "entities"),
        (f'<?xml version="1.0" encoding="gbk"?>{BOMB}', "entities"),
        ("<annotations/>", "<annotations>"),
    ],
)
def test_an_unusable_file_is_refused_in_one_line_that_names_it(tmp_path, text, message):
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert "ä b.1.xml" in str(caught.value)
    assert "\n" not in str(caught.value)


CAT = '<?xml version="1.0" encoding="{}"?>\n' + xml(("猫", 1, 2, 3, 4))


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "shift_jis", "euc_kr", "big5", "utf-16", "utf-8-sig", "utf-8"])
def test_every_encoding_that_python_knows_is_read_where_it_is_declared(tmp_path, encoding):
    text = CAT.replace("猫", "日").format(encoding.removesuffix("-sig"))
    assert read(tmp_path, text.encode(encoding)).names == ["日"]


def test_an_encoding_of_windows_is_read(tmp_path):
    assert read(tmp_path, CAT.replace("猫", "Bär €").format("windows-1252").encode("cp1252")).names == ["Bär €"]


def test_utf16_that_is_declared_but_was_saved_as_utf8_is_read_as_that(tmp_path):
    assert read(tmp_path, CAT.format("utf-16").encode()).names == ["猫"]


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "utf-16", "utf-8", "gbk", "us-ascii", "klingon"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_outdoes_the_encoding_that_is_declared(tmp_path, encoding, declared):
    assert read(tmp_path, CAT.format(declared).encode(encoding)).names == ["猫"]


@pytest.mark.parametrize("declaration", ['<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>', ""])
@pytest.mark.parametrize("before", ["\n", "\r\n \t", "\ufeff\n", "\ufeff\ufeff", "\n\ufeff"])
def test_white_space_and_marks_before_the_declaration_are_passed_over(tmp_path, declaration, before):
    assert read(tmp_path, before + declaration + xml(("猫", 1, 2, 3, 4))).names == ["猫"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("attack", [BOMB, OUTSIDE])
def test_entities_are_refused_behind_a_byte_order_mark_too(tmp_path, attack, encoding):
    for before in ("", "\n", '<?xml version="1.0" encoding="utf-7"?>'):
        with pytest.raises(UserError, match="entities"):
            read(tmp_path, (before + attack).encode(encoding))
    with pytest.raises(UserError, match="entities"):
        read(tmp_path, f'\n<?xml version="1.0"?>{attack}')


def test_bytes_that_contradict_their_mark_are_no_readable_xml(tmp_path):
    with pytest.raises(UserError, match="no readable XML, 'utf-8' codec"):
        read(tmp_path, b"\xef\xbb\xbf" + xml(("Bär", 1, 2, 3, 4)).encode("cp1252"))


def test_an_annotation_that_is_a_folder_is_a_users_mistake(tmp_path):
    (tmp_path / "a.xml").mkdir()
    with pytest.raises(UserError, match="cannot read"):
        voc_xml.read(tmp_path / "a.xml")


@pytest.mark.parametrize(
    ("corners", "origin", "box"),
    [
        ((1, 3, 10, 20), 1, [0, 2, 10, 20]),
        ((1, 3, 10, 20), 0, [1, 3, 10, 20]),
        ((0, -4, 10, 20), 1, [-1, -5, 10, 20]),  # cut to the picture later, as at the other sides
        ((5, 5, 5, 9), 1, [4, 4, 5, 9]),  # a pixel wide
        ((4.5, 4, 5, 9), 1, [3.5, 3, 5, 9]),
        ((5.5, 5, 5, 9), 1, [4.5, 4, 5, 9]),  # half a pixel wide
    ],
)
def test_corners_become_half_open_boxes(corners, origin, box):
    given = np.array([corners], float)
    assert half_open(given, origin).tolist() == [box]
    assert half_open(given, origin).dtype == np.float32


@pytest.mark.parametrize(
    ("text", "difficult"), [("1", True), ("Yes", True), ("1.0", True), ("TRUE", True), ("0", False), ("no", False)]
)
def test_an_object_is_difficult_however_a_tool_says_yes(tmp_path, text, difficult):
    content = xml(DOG).replace("</name>", f"</name><difficult>{text}</difficult>")
    write_text(tmp_path / "a.xml", content)
    assert voc_xml.read(tmp_path / "a.xml").difficult == [difficult]
