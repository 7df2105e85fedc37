"""Annotation files of LabelMe and X-AnyLabeling, with numbers worked out by hand."""

import json

import pytest

from tests.yolo.data.folders import write_picture, write_text
from yolo.data.annotation_files import AnnotationFiles
from yolo.data.formats import labelme_json
from yolo.errors import UserError

DOG = {"label": "dog", "points": [[10, 20], [40, 35]], "shape_type": "rectangle"}


def content(*shapes, **more):
    """A file as LabelMe 5 writes it."""
    whole = {"version": "5.4.1", "flags": {}, "shapes": list(shapes), "imagePath": "a.jpg", "imageData": None}
    return json.dumps(whole | {"imageHeight": 80, "imageWidth": 100} | more, indent=2)


def read(folder, text):
    path = folder / "ä b.1.json"
    path.write_bytes(text) if isinstance(text, bytes) else write_text(path, text)
    return labelme_json.read(path)


@pytest.mark.parametrize(
    ("shape_type", "points", "box", "kind"),
    [
        ("rectangle", [[10, 20], [40, 35]], [10, 20, 40, 35], ""),
        ("rectangle", [[40, 35], [10, 20]], [10, 20, 40, 35], ""),
        ("rectangle", [[40, 20.5], [10, 35]], [10, 20.5, 40, 35], ""),
        ("rectangle", [[10, 20], [40, 20], [40, 35], [10, 35]], [10, 20, 40, 35], ""),  # X-AnyLabeling since 2.2
        ("mask", [[10, 20], [40, 35]], [10, 20, 40, 35], "mask"),
        ("circle", [[50, 40], [53, 44]], [45, 35, 55, 45], "circle"),
        ("polygon", [[5, 5], [25, 10], [15, 40]], [5, 5, 25, 40], "polygon"),
        (None, [[5, 5], [25, 10], [15, 40]], [5, 5, 25, 40], "polygon"),  # LabelMe 2 names no kind
        ("quadrilateral", [[5, 5], [25, 10], [15, 40], [4, 9]], [4, 5, 25, 40], "polygon"),
        ("rotation", [[50, 30], [60, 40], [50, 50], [40, 40]], [40, 30, 60, 50], "turned box"),  # X-AnyLabeling
        ("oriented_rectangle", [[50, 30], [60, 40], [50, 50], [40, 40]], [40, 30, 60, 50], "turned box"),  # LabelMe 6
    ],
)
def test_a_shape_becomes_the_box_that_encloses_it(tmp_path, shape_type, points, box, kind):
    shape = {"label": " traffic\n light ", "points": points, "shape_type": shape_type, "group_id": 3}
    written = read(tmp_path, content(shape))
    assert written.names == ["traffic light"]
    assert written.numbers == box
    assert written.counts == ({kind: 1} if kind else {})
    assert written.size == [100, 80]
    assert written.difficult == [False]


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (DOG | {"label": ""}, "without a name"),
        (DOG | {"label": None}, "without a name"),
        (DOG | {"shape_type": "line"}, "bad object"),
        (DOG | {"shape_type": "linestrip"}, "bad object"),
        (DOG | {"shape_type": "point", "points": [[1, 2]]}, "bad object"),
        (DOG | {"shape_type": "circle", "points": [[1, 2]]}, "bad object"),
        (DOG | {"shape_type": ["rectangle"]}, "bad object"),
        (DOG | {"points": []}, "bad object"),
        (DOG | {"points": [[1, 2], [3]]}, "bad object"),
        (DOG | {"points": [[1, 2], [3, "x"]]}, "bad object"),
        (DOG | {"points": [[1, 2], [3, float("nan")]]}, "bad object"),
        (DOG | {"points": [[1, 2], [3, 10**400]]}, "bad object"),
        (DOG | {"points": [[1, 2], [3, 1e9]]}, "bad object"),
        (DOG | {"points": None}, "bad object"),
        ("dog", "without a name"),
    ],
)
def test_a_shape_that_cannot_be_used_is_counted_and_the_others_are_kept(tmp_path, spoilt, reason):
    written = read(tmp_path, content(spoilt, DOG | {"label": "cat"}))
    assert (written.names, written.numbers) == (["cat"], [10, 20, 40, 35])
    assert written.counts == {reason: 1}


@pytest.mark.parametrize(
    ("marks", "difficult"),
    [
        ({"difficult": True}, True),  # X-AnyLabeling
        ({"flags": {"difficult": True}}, True),  # a flag that people define in LabelMe
        ({"difficult": "false", "flags": {"difficult": False}}, False),
        ({"flags": None}, False),
        ({"flags": {"blurred": True}}, False),
    ],
)
def test_a_shape_is_difficult_if_a_mark_says_so(tmp_path, marks, difficult):
    assert read(tmp_path, content(DOG | marks)).difficult == [difficult]


@pytest.mark.parametrize("size", [{"imageWidth": None}, {"imageHeight": 0}, {"imageWidth": "wide"}, {"imageWidth": -1}])
def test_a_size_that_is_not_said_is_none(tmp_path, size):
    assert read(tmp_path, content(DOG, **size)).size == [0, 0]


def test_a_shape_that_is_there_a_second_time_is_counted(tmp_path):
    assert read(tmp_path, content(DOG, DOG)).counts == {"twice": 1}


def test_a_class_may_be_a_number(tmp_path):
    assert read(tmp_path, content(DOG | {"label": 0})).names == ["0"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_json_is_read(tmp_path, encoding):
    text = content(DOG | {"label": "猫"}).replace("\\u732b", "猫").replace("\n", "\r\n")
    assert read(tmp_path, text.encode(encoding)).names == ["猫"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (content(DOG)[:-40], "no readable JSON, .* line"),
        ("", "no readable JSON"),
        ("[]", "no list of shapes"),
        ('{"shapes": 3}', "no list of shapes"),
        ("[" * 100_000, "nested too deep"),
        (b'{"shapes": [], "a": "\xe4"}', "no readable JSON"),
        ('{"shapes": [' + "1" * 5000 + "]}", "no readable JSON"),
    ],
)
def test_an_unusable_file_is_refused_in_one_line_that_names_it(tmp_path, text, message):
    with pytest.raises(UserError, match=message) as caught:
        read(tmp_path, text)
    assert "ä b.1.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def found(root):
    (layout,) = labelme_json.find(root)
    return layout


@pytest.mark.parametrize(
    ("picture", "annotation"),
    [
        ("images/{}.jpg", "annotations/{}.json"),
        ("images/{}.jpg", "Json/{}.json"),
        ("{}.jpg", "{}.json"),
        ("day1/{}.jpg", "day1/{}.json"),
        ("{}.JPG", "{}.JSON"),
        ("{}.jpg", "{}.jpg.json"),
    ],
)
def test_files_are_found_where_those_of_voc_are(tmp_path, picture, annotation):
    for name in "ab":
        write_picture(tmp_path / picture.format(name))
        write_text(tmp_path / annotation.format(name), content(DOG))
    layout = found(tmp_path)
    assert (layout.format, layout.unit) == ("LabelMe JSON", "pixels")
    assert len(layout.usable) == 2
    assert all(written.numbers.tolist() == [10, 20, 40, 35] for written in layout.read(layout, False).values())


def test_folders_of_splits_are_splits(tmp_path):
    for part, name in (("train", "a"), ("valid", "b"), ("test", "c")):
        write_picture(tmp_path / part / f"{name}.jpg")
        write_text(tmp_path / part / f"{name}.json", content(DOG))
    assert found(tmp_path).splits == {"train": ("train/a",), "val": ("valid/b",), "test": ("test/c",)}


def test_lists_are_splits(tmp_path):
    for name in "abc":
        write_picture(tmp_path / f"{name}.jpg")
        write_text(tmp_path / f"{name}.json", content(DOG))
    write_text(tmp_path / "train.txt", "a.json\nb.jpg\n")
    write_text(tmp_path / "val.txt", "c\n")
    assert found(tmp_path).splits == {"train": ("a", "b"), "val": ("c",)}


def test_a_file_of_another_name_belongs_to_the_picture_that_it_names(tmp_path):
    for name in ("IMG 1.jpg", "b.jpg", "c.jpg"):
        write_picture(tmp_path / "images" / name)
    write_text(tmp_path / "annotations" / "001.json", content(DOG, imagePath=r"..\images\img 1.JPG"))
    write_text(tmp_path / "annotations" / "b.json", content(imagePath="c.jpg"))  # its own name counts more
    write_text(tmp_path / "annotations" / "gone.json", content(imagePath="b.jpg"))
    layout = found(tmp_path)
    assert {stem: file.name for stem, file in layout.annotations.items()} == {
        "IMG 1": "001.json", "b": "b.json", "gone": "gone.json"
    }  # fmt: skip
    assert layout.paired == ("1 annotation paired by imagePath: 001.json with IMG 1.jpg",)
    assert layout.place("IMG 1") == "001.json (IMG 1.jpg)"


def test_a_picture_that_two_files_name_is_left_to_neither(tmp_path):
    write_picture(tmp_path / "a.jpg")
    for name in ("1", "2"):
        write_text(tmp_path / f"{name}.json", content(DOG))
    assert not found(tmp_path).usable


def test_damaged_files_are_named_and_the_others_read(tmp_path):
    for name, text in {"a": content(DOG), "b": content(DOG)[:-30], "c": content(DOG)}.items():
        write_picture(tmp_path / f"{name}.jpg")
        write_text(tmp_path / f"{name}.json", text)
    reading = AnnotationFiles([found(tmp_path)])
    assert reading.objects.keys() == {(0, "a"), (0, "c")}
    assert "no readable JSON" in reading.unreadable[0, "b"]


OTHERS = {
    "COCO": '{"images": [], "annotations": [], "categories": []}',
    "CreateML": '[{"image": "a.jpg", "annotations": []}]',
    "a project": '{"name": "x", "version": "1.0"}',
    "nothing": "",
}


@pytest.mark.parametrize("other", OTHERS)
def test_json_of_other_formats_is_none_of_labelme(tmp_path, other):
    write_picture(tmp_path / "images" / "a.jpg")
    write_text(tmp_path / "annotations" / "a.json", OTHERS[other])
    write_text(tmp_path / "annotations" / "instances.json", OTHERS[other])
    write_text(tmp_path / "images" / "_annotations.json", OTHERS[other])
    assert labelme_json.find(tmp_path) == []


def test_json_of_other_formats_beside_labelme_is_left_out(tmp_path):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "a.json", content(DOG))
    write_text(tmp_path / "_annotations.coco.json", OTHERS["COCO"])
    assert found(tmp_path).annotations.keys() == {"a"}


@pytest.mark.parametrize("path", ["", "a.jpg", "a.xml"])
def test_other_data_are_none_of_labelme(tmp_path, path):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "a.xml", "<annotation/>")
    assert labelme_json.find(tmp_path / path) == []


def test_the_picture_in_a_file_may_come_before_the_shapes(tmp_path):
    write_picture(tmp_path / "a.jpg")
    whole = {"imageData": "x" * 200_000, "imagePath": "a.jpg", "shapes": [DOG]}
    write_text(tmp_path / "a.json", json.dumps(whole))
    assert found(tmp_path).usable == {"a"}
