"""The JSON of Create ML, with numbers worked out by hand."""

import json

import pytest

from tests.yolo.data.folders import write_picture, write_text
from yolo.data.data_folder import DataFolder
from yolo.data.formats import createml_json
from yolo.errors import UserError


def box(label="dog", x=25, y=27.75, width=30, height=15.5):
    return {"label": label, "coordinates": {"x": x, "y": y, "width": width, "height": height}}


def read(folder, content):
    path = folder / "ä b.1.json"
    write_text(path, content if isinstance(content, str) else json.dumps(content))
    return createml_json.read(path).pictures


@pytest.mark.parametrize("names", [("image", "annotations"), ("imagefilename", "annotation")])
def test_boxes_are_given_by_their_centers(tmp_path, names):
    listed = [dict(zip(names, of_picture, strict=True)) for of_picture in (("a.jpg", [box()]), ("b", []))]
    a, b = read(tmp_path, listed)
    assert (a.name, b.name) == ("a.jpg", "b")
    assert a.written.numbers.tolist() == [10, 20, 40, 35.5]
    assert (a.written.names, a.written.difficult, a.written.size) == (["dog"], [False], [0, 0])
    assert (b.written.names, b.written.counts) == ([], {})


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (box(label=""), "without a name"),
        (box(label=None), "without a name"),
        (box(x="left"), "bad object"),
        (box(width=None), "bad object"),
        (box(y=float("nan")), "bad object"),
        (box(y=1e9), "bad object"),
        (box(y=10**400), "bad object"),
        ({"label": "dog"}, "bad object"),
        ({"label": "dog", "coordinates": [1, 2, 3, 4]}, "bad object"),
        ({"label": "dog", "coordinates": {"x": 1, "y": 2, "width": 3}}, "bad object"),
        (7, "without a name"),
    ],
)
def test_an_object_that_cannot_be_used_is_counted_and_the_others_are_kept(tmp_path, spoilt, reason):
    (picture,) = read(tmp_path, [{"image": "a.jpg", "annotations": [spoilt, box("cat")]}])
    assert (picture.written.names, picture.written.numbers.tolist()) == (["cat"], [10, 20, 40, 35.5])
    assert picture.written.counts == {reason: 1}


WHOLE = [{"image": "a.jpg", "annotations": [box()]}, {"image": "b.jpg", "annotations": [box()]}]


def test_a_file_that_is_cut_short_is_refused_in_one_line_that_names_it(tmp_path):
    with pytest.raises(UserError, match="cut short") as caught:
        read(tmp_path, json.dumps(WHOLE)[:-20])
    assert "ä b.1.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("place", "unfit"),
    [
        (0, {"image": "c.jpg", "note": {"coordinates": None}}),
        (0, {"image": " ", "annotations": []}),
        (1, {"image": "c.jpg"}),
        (1, {"annotations": []}),
        (2, 3),
        (2, None),
    ],
)
def test_an_entry_that_names_no_picture_is_counted_with_its_line_and_the_others_are_kept(tmp_path, place, unfit):
    write_picture(tmp_path / "a.jpg")
    lines = [json.dumps(one) for one in (*WHOLE[:place], unfit, *WHOLE[place:])]
    found = read(tmp_path, "[\n" + ",\n".join(lines) + "\n]")
    assert [one.name for one in found] == ["a.jpg", "b.jpg"]
    (layout,) = createml_json.find(tmp_path / "ä b.1.json")
    line = place + 2
    assert layout.remarks == (f"1 entry without a picture's name or its objects left out: ä b.1.json:{line}",)


@pytest.mark.parametrize("name", ["\ud800.jpg", "line\nbreak.jpg", "\0.jpg", "dir\udfff/b.jpg"])
def test_a_picture_that_is_not_there_may_have_any_name(tmp_path, name):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "set.json", json.dumps([*WHOLE[:1], {"image": name, "annotations": [box()]}]))
    dataset = DataFolder(tmp_path).load("all")
    assert len(dataset) == 1
    (place,) = next(one.files for one in dataset.findings if one.check == "annotation-without-picture")
    assert place.encode().isascii()
    assert place.isprintable()


OTHERS = {
    "COCO": {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": []},
    "found objects of COCO": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}],
    "Label Studio": [{"id": 1, "annotations": [{"result": []}], "data": {"image": "a.jpg"}}],
    "Label Studio's short form": [{"image": "a.jpg", "id": 1, "label": [{"x": 1}], "annotator": 1}],
    "LabelMe": {"shapes": [], "imagePath": "a.jpg"},
    "numbers": [1, 2],
    "no list": {},
}


@pytest.mark.parametrize("other", OTHERS)
def test_json_of_other_formats_is_none_of_create_ml(tmp_path, other):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "annotations.json", json.dumps(OTHERS[other]))
    assert createml_json.find(tmp_path) == []
    assert createml_json.find(tmp_path / "annotations.json") == []


def test_files_of_roboflow_are_found_with_their_splits(tmp_path):
    for part, name in (("train", "a"), ("valid", "b"), ("test", "c")):
        write_picture(tmp_path / part / f"{name}_jpg.rf.1f.jpg")
        listed = [{"image": f"{name}_jpg.rf.1f.jpg", "annotations": [box()]}]
        write_text(tmp_path / part / "_annotations.createml.json", json.dumps(listed))
    (layout,) = createml_json.find(tmp_path)
    assert (layout.format, layout.unit) == ("CreateML JSON", "pixels")
    assert layout.splits == {
        "train": ("train/a_jpg.rf.1f",),
        "val": ("valid/b_jpg.rf.1f",),
        "test": ("test/c_jpg.rf.1f",),
    }
    assert len(layout.usable) == 3


def test_a_file_for_each_picture_is_found_as_labelimg_writes_it(tmp_path):
    for name in "ab":
        write_picture(tmp_path / f"{name}.jpg")
        write_text(tmp_path / f"{name}.json", json.dumps([{"image": f"{name}.jpg", "annotations": [box(name)]}]))
    (layout,) = createml_json.find(tmp_path)
    assert {stem: one.names for stem, one in layout.read(layout, False).items()} == {"a": ["a"], "b": ["b"]}
    assert layout.place("b") == "b.json"


def test_coordinates_without_any_above_1_are_shares(tmp_path):
    write_picture(tmp_path / "a.jpg")
    listed = [{"image": "a.jpg", "annotations": [box(x=0.5, y=0.75, width=1, height=0.5)]}]
    write_text(tmp_path / "annotations.json", json.dumps(listed))
    (layout,) = createml_json.find(tmp_path / "annotations.json")
    assert layout.unit == "shares"
    assert "shares of the sides" in layout.notes[0]
    assert layout.read(layout, False)["a"].numbers.tolist() == [0, 0.5, 1, 1]
