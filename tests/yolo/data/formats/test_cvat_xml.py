"""The XML of CVAT for images, with numbers worked out by hand."""

import math

import pytest

from tests.yolo.data.folders import write_picture, write_text
from yolo.data.formats import cvat_xml
from yolo.errors import UserError

META = """<meta><task><id>1</id><labels>
  <label><name>dog</name><attributes><attribute><name>difficult</name></attribute></attributes></label>
  <label><name> traffic
 light </name></label>
  <label><name>person</name><type>skeleton</type></label><label><name>nose</name><parent>person</parent></label>
</labels></task><dumped>2026</dumped></meta>"""
BOX = (
    '<box label="dog" source="manual" occluded="0" xtl="10.00" ytl="20.00" xbr="40.00" ybr="35.50" z_order="0">{}</box>'
)
DOG = BOX.format("")


def document(*images, meta=META):
    body = f"<version>1.1</version>{meta}{''.join(images)}"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>{body}</annotations>'


def image(*shapes, name="a.jpg", more='width="100" height="80"'):
    return f'<image id="0" name="{name}" {more}>{"".join(shapes)}</image>'


def read(folder, text):
    path = folder / "ä b.1.xml"
    path.write_bytes(text) if isinstance(text, bytes) else write_text(path, text)
    return cvat_xml.read(path)


def only(folder, *shapes, **more):
    """What is written about the only picture."""
    (listed,) = read(folder, document(image(*shapes, **more))).pictures
    return listed.written


HALF = 15 / math.sqrt(2)  # of the box around one of 20 by 10 that is turned by 45 degrees
CUBOID = "".join(
    f'xtl{i}="{10 + 5 * i}" ytl{i}="{9 - i}" xbl{i}="{10 + 5 * i}" ybl{i}="{30 - i}" xtr{i}="{40 + 5 * i}" '
    f'ytr{i}="{9 - i}" xbr{i}="{40 + 5 * i}" ybr{i}="{30 - i}" '
    for i in (1, 2)
)


@pytest.mark.parametrize(
    ("shape", "box", "kind"),
    [
        ('<box xtl="10" ytl="20" xbr="40" ybr="35.50"/>', [10, 20, 40, 35.5], ""),
        ('<box xtl="10" ytl="20" xbr="40" ybr="35" rotation="0.00"/>', [10, 20, 40, 35], ""),
        ('<box xtl="40" ytl="35" xbr="60" ybr="45" rotation="90.00"/>', [45, 30, 55, 50], "turned box"),
        (
            '<box xtl="40" ytl="35" xbr="60" ybr="45" rotation="315"/>',
            [50 - HALF, 40 - HALF, 50 + HALF, 40 + HALF],
            "turned box",
        ),
        ('<polygon points="5.00,5.00;25.00,10.00;15.00,40.00"/>', [5, 5, 25, 40], "polygon"),
        ('<ellipse cx="50" cy="40" rx="10" ry="5"/>', [40, 35, 60, 45], "circle"),
        ('<ellipse cx="50" cy="40" rx="10" ry="5" rotation="90.0"/>', [45, 30, 55, 50], "circle"),
        ('<mask rle="0, 6" left="10" top="20" width="3" height="2"/>', [10, 20, 13, 22], "mask"),
        ('<mask rle="12, 2, 3, 2, 6" left="0" top="0" width="5" height="5"/>', [2, 2, 4, 4], "mask"),  # as of datumaro
        (f"<cuboid {CUBOID}/>", [15, 7, 50, 29], "polygon"),
    ],
)
def test_a_shape_becomes_the_box_that_encloses_it(tmp_path, shape, box, kind):
    written = only(tmp_path, shape.replace(" ", ' label="traffic  light" occluded="1" ', 1))
    assert written.names == ["traffic light"]
    assert written.numbers.tolist() == pytest.approx(box, abs=1e-9)
    assert written.counts == ({kind: 1} if kind else {})
    assert written.difficult == [False]
    assert written.size == [100, 80]


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (DOG.replace("dog", " "), "without a name"),
        (DOG.replace('label="dog"', ""), "without a name"),
        (DOG.replace("10.00", "ten"), "bad object"),
        (DOG.replace("10.00", "nan"), "bad object"),
        (DOG.replace("10.00", "1e9"), "bad object"),
        (DOG.replace("xtl", "left"), "bad object"),
        (DOG.replace("10.00", "50").replace("<box ", '<box rotation="30" '), "bad object"),
        (DOG.replace("z_order", "rotation").replace('"0">', '"inf">'), "bad object"),
        ('<polyline label="dog" points="1,1;9,9"/>', "bad object"),
        ('<points label="dog" points="1,1"/>', "bad object"),
        ('<skeleton label="person"><points label="nose" points="1,1" outside="0"/></skeleton>', "bad object"),
        ('<polygon label="dog" points=""/>', "bad object"),
        ('<polygon label="dog" points="1,2;3"/>', "bad object"),
        ('<polygon label="dog" points="1,2;nan,3;4,5"/>', "bad object"),
        ('<mask label="dog" rle="" left="0" top="0" width="3" height="2"/>', "bad object"),
        ('<mask label="dog" rle="0, 6" left="0" top="0" width="0" height="2"/>', "bad object"),
        ('<mask label="dog" rle="0, 60" left="0" top="0" width="3" height="2"/>', "bad object"),
    ],
)
def test_a_shape_that_cannot_be_used_is_counted_and_the_others_are_kept(tmp_path, spoilt, reason):
    written = only(tmp_path, spoilt, DOG.replace("dog", "cat"))
    assert (written.names, written.numbers.tolist()) == (["cat"], [10, 20, 40, 35.5])
    assert written.counts == {reason: 1}


def test_tags_and_shapes_that_have_left_the_picture_are_no_objects(tmp_path):
    written = only(tmp_path, '<tag label="dog" source="manual"/>', DOG.replace("<box ", '<box outside="1" '))
    assert (written.names, written.counts) == ([], {})


@pytest.mark.parametrize(
    ("name", "value", "difficult"),
    [("difficult", "true", True), ("Difficult", "1", True), ("ignore", "True", True), ("difficult", "false", False),
     ("difficult", "", False), ("color", "true", False)],
)  # fmt: skip
def test_a_shape_is_difficult_if_an_attribute_says_so(tmp_path, name, value, difficult):
    shape = BOX.format(f'<attribute name="{name}">{value}</attribute>')
    assert only(tmp_path, shape).difficult == [difficult]


def test_a_shape_that_is_there_a_second_time_is_counted(tmp_path):
    assert only(tmp_path, DOG, DOG).counts == {"twice": 1}


@pytest.mark.parametrize("more", ["", 'width="100"', 'width="0" height="80"', 'width="x" height="80"'])
def test_a_size_that_is_not_said_is_none(tmp_path, more):
    assert only(tmp_path, DOG, more=more).size == [0, 0]


@pytest.mark.parametrize("of", ["task", "job", "project"])
def test_classes_have_the_order_of_the_labels_without_the_parts_of_skeletons(tmp_path, of):
    contents = read(tmp_path, document(image(DOG), meta=META.replace("task>", f"{of}>")))
    assert contents.class_names == ("dog", "traffic light", "person")


def test_pictures_come_with_their_subsets_also_without_objects(tmp_path):
    pictures = read(tmp_path, document(image(DOG, more='subset="Train"'), image(name="day 1/b.jpg"))).pictures
    assert [(one.name, one.split, one.written.names) for one in pictures] == [
        ("a.jpg", "Train", ["dog"]),
        ("day 1/b.jpg", "", []),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_and_line_ends_of_windows_are_read(tmp_path, encoding):
    text = document(image(DOG.replace("dog", "猫"))).replace("\n", "\r\n").replace("utf-8", encoding[:6].rstrip("-"))
    assert read(tmp_path, text.encode(encoding)).pictures[0].written.names == ["猫"]


TRACK = '<track id="0" label="dog"><box frame="0" xtl="1" ytl="2" xbr="3" ybr="4" outside="0"/></track>'
BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (document(TRACK), "export the task as 'CVAT for images 1.1'"),
        (document(image(DOG), image(DOG))[:-60], "no readable XML"),
        (document(image(DOG, name=" ")), "none of its images has a name"),
        (document(image(DOG)).replace("<annotations>", f"{BOMB}<annotations>"), "entities"),
        ("", "no readable XML"),
    ],
)
def test_an_unusable_file_is_refused_in_one_line_that_names_it(tmp_path, text, message):
    with pytest.raises(UserError, match=message) as caught:
        read(tmp_path, text)
    assert "ä b.1.xml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_image_without_a_name_is_counted_and_the_others_are_kept(tmp_path):
    write_picture(tmp_path / "a.jpg")
    nameless = f'<image id="7" width="9" height="9">{DOG}</image><image name=" "/>'
    write_text(tmp_path / "annotations.xml", document(nameless, image(DOG)))
    (layout,) = cvat_xml.find(tmp_path)
    assert layout.usable == {"a"}
    assert layout.remarks == (
        "2 entries without a picture's name or its objects left out: annotations.xml (image 7), annotations.xml (image "
        "without an id)",
    )


def test_a_damaged_file_of_the_format_is_refused_where_it_is_found(tmp_path):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "annotations.xml", document(image(DOG))[:-20])
    with pytest.raises(UserError, match=r"annotations\.xml: no readable XML"):
        cvat_xml.find(tmp_path)


@pytest.mark.parametrize(
    "text", ["<annotation><object/></annotation>", "<html/>", "", document(meta="<!-- no pictures -->")]
)
def test_other_xml_is_none_of_cvat(tmp_path, text):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "annotations.xml", text)
    assert cvat_xml.find(tmp_path) == []
    assert cvat_xml.find(tmp_path / "annotations.xml") == []


def test_a_file_is_found_with_the_splits_of_its_subsets(tmp_path):
    for name in "abc":
        write_picture(tmp_path / "images" / f"{name}.jpg")
    subsets = {"a": "Train", "b": "Validation", "c": "Test", "gone": "Test"}
    images = [image(DOG, name=f"{name}.jpg", more=f'subset="{part}"') for name, part in subsets.items()]
    write_text(tmp_path / "annotations.xml", document(*images))
    (layout,) = cvat_xml.find(tmp_path)
    assert (layout.format, layout.unit) == ("CVAT XML for images", "pixels")
    assert layout.class_names == ("dog", "traffic light", "person")
    assert layout.splits == {"train": ("a",), "val": ("b",), "test": ("c", "gone.jpg")}
    assert layout.usable == {"a", "b", "c"}
    assert layout.place("a") == "annotations.xml (a.jpg)"
    written = layout.read(layout, False)
    assert written.keys() == {"a", "b", "c", "gone.jpg"}
    assert all(one.numbers.tolist() == [10, 20, 40, 35.5] for one in written.values())
