"""Several data paths in one: splits and classes are joined by name, and messages say which path is meant."""

import json
import re
from dataclasses import replace

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.data.data_folder import DataFolder
from yolo.data.formats import voc_folders
from yolo.data.formats.written_annotation import WrittenAnnotation
from yolo.data.layout import Layout
from yolo.errors import UserError

CAT, ANT = ("cat", 2, 3, 8, 9), ("ant", 5, 5, 9, 9)


@pytest.fixture
def farm(tmp_path):
    return voc_root(tmp_path / "farm", {"a": xml(DOG), "b": xml(ANT)}, {"train": "a", "val": "b"})


@pytest.fixture
def street(tmp_path):
    return voc_root(tmp_path / "street, wet", {"a": xml(CAT, DOG), "c": xml(CAT)}, {"train": "a", "test": "c"})


def contents(dataset):
    """The folder and stem of each picture, with the names of its objects."""
    return [
        (each.path.parts[-3], each.path.stem, [dataset.class_names[label] for label in each.labels])
        for each in dataset.annotations
    ]


def test_splits_and_classes_of_two_folders_are_joined_by_name(farm, street):
    data = f"{farm}, {street}"
    assert data_folder.splits(data) == ("test", "train", "val")
    train = data_folder.load(data, "train")
    assert contents(train) == [("farm", "a", ["dog"]), ("street, wet", "a", ["cat", "dog"])]
    assert train.class_names == ("ant", "cat", "dog")
    assert train.annotations[1].labels.tolist() == [1, 2]
    assert train.problems == train.notes == ()
    assert train.source == "VOC XML: 3 classes, 2 train, 1 val, 1 test"
    assert contents(data_folder.load(data, "val")) == [("farm", "b", ["ant"])]
    assert contents(data_folder.load(data, "test")) == [("street, wet", "c", ["cat"])]
    assert len(data_folder.load(data, "all")) == 4


def test_one_folder_may_have_a_comma_in_its_name(street):
    assert contents(data_folder.load(street)) == [("street, wet", "a", ["cat", "dog"])]
    assert contents(data_folder.load(str(street))) == [("street, wet", "a", ["cat", "dog"])]


@pytest.mark.parametrize(
    ("orders", "names"),
    [
        ([(), ()], ("ant", "cat", "dog")),
        ([("dog", "cow", "cat", "ant"), ()], ("dog", "cow", "cat", "ant")),
        ([(), ("dog",)], ("dog", "ant", "cat")),
        ([("dog",), ("cat", "dog", "bee")], ("dog", "cat", "bee", "ant")),
    ],
)
def test_classes_follow_the_order_of_the_data_and_others_come_after_them_sorted(
    farm, street, monkeypatch, orders, names
):
    given = iter(orders)
    monkeypatch.setattr(data_folder, "find", lambda path: [replace(voc_folders.find(path)[0], class_names=next(given))])
    assert data_folder.load(f"{farm},{street}").class_names == names


def test_corners_are_counted_from_what_each_folder_shows(farm, tmp_path):
    edges = voc_root(tmp_path / "edges", {"e": xml(("dog", 0, 0, 8, 8))}, {"train": "e"})
    dataset = data_folder.load(f"{farm},{edges}")
    assert [each.boxes.tolist() for each in dataset.annotations] == [[[0, 0, 10, 20]], [[0, 0, 8, 8]]]
    (note,) = dataset.notes
    assert note.startswith(
        f"{edges}: corners are read as counted from 0 (of the left and upper sides of 1 box 2 are at"
    )
    dataset = DataFolder(f"{farm},{edges}", corners="0").load()
    assert [each.boxes.tolist() for each in dataset.annotations] == [[[1, 1, 10, 20]], [[0, 0, 8, 8]]]


def test_findings_say_which_of_the_folders_is_meant(farm, street):
    for root in (farm, street):
        write_text(root / "ImageSets" / "Main" / "train.txt", "a\nb\nx\n")
    write_text(street / "Annotations" / "b.xml", "<html/>")
    write_picture(street / "JPEGImages" / "b.jpg")
    write_picture(farm / "JPEGImages" / "x.jpg")
    findings = {found.check: found.files for found in data_folder.load(f"{farm},{street}").findings}
    reason = "no VOC annotation, <html> in the place of <annotation>"
    assert findings == {
        "listed-without-picture": (f"{street}: x",),
        "missing-annotation": (f"{farm}: x.jpg",),
        "unreadable-annotation": (f"{street}: b.xml ({reason})",),
    }


def test_folders_of_which_none_has_a_readable_annotation_are_refused_and_one_is_enough(farm, street):
    for path in (farm / "Annotations" / "a.xml", farm / "Annotations" / "b.xml"):
        path.write_text("<annotation>", encoding="utf-8")
    dataset = data_folder.load(f"{farm},{street}")
    assert contents(dataset) == [("street, wet", "a", ["cat", "dog"])]
    for path in (street / "Annotations" / "a.xml", street / "Annotations" / "c.xml"):
        path.write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=f"none of the annotations in .* can be read: {re.escape(str(farm))}: a.xml "):
        data_folder.load(f"{farm},{street}")


def test_one_of_the_paths_that_is_absent_is_named(farm):
    with pytest.raises(UserError, match="there are no data at nowhere;"):
        data_folder.load(f"{farm}, nowhere")


def test_a_picture_that_two_of_the_paths_hold_is_refused(farm, street, monkeypatch):
    monkeypatch.chdir(farm.parent)
    for again in (f"{farm}", "farm"):
        with pytest.raises(UserError, match=r"a\.jpg comes twice, by .*farm: a\.xml and by .*farm: a\.xml: give each"):
            data_folder.load(f"{farm},{street},{again}")


def test_pictures_without_annotation_are_negatives_where_their_format_says_so(farm, street, monkeypatch):
    for root in (farm, street):
        write_picture(root / "JPEGImages" / "bare.jpg")
        write_text(root / "ImageSets" / "Main" / "train.txt", "a\nbare\n")

    def find(path):
        (layout,) = voc_folders.find(path)
        return [replace(layout, bare_are_negative=path == street)]

    monkeypatch.setattr(data_folder, "find", find)
    dataset = data_folder.load(f"{farm},{street}")
    assert contents(dataset)[1:] == [("street, wet", "a", ["cat", "dog"]), ("street, wet", "bare", [])]
    assert [found.files for found in dataset.findings] == [(f"{farm}: bare.jpg",)]
    assert dataset.notes == ("1 picture without an annotation taken as without objects",)


@pytest.mark.parametrize(
    ("unit", "numbers", "boxes"),
    [
        ("shares", [0.25, 0.5, 0.75, 1.0], [8, 12, 24, 24]),  # of 32 x 24 pixels
        ("shares", [-0.25, 0.0, 0.1, 1 / 3], [0, 0, 3.2, 8]),
        ("pixels", [8, 12.5, 24, 30], [8, 12.5, 24, 24]),
        ("corners", [9, 13, 24, 24], [8, 12, 24, 24]),
    ],
)
def test_boxes_of_every_unit_become_half_open_boxes_in_pixels(tmp_path, monkeypatch, unit, numbers, boxes):
    write_picture(tmp_path / "a.png", height=24, width=32)
    signs = [0, 0, 0] if unit == "corners" else []
    written = WrittenAnnotation([0, 0], ["dog", "dog"], [*numbers, 5, 5, 5, 9], [False, True], {}, {}, signs)
    layout = Layout({"a": tmp_path / "a.png"}, {"a": tmp_path / "all.json"}, lambda layout, anew: {"a": written}, unit)
    monkeypatch.setattr(data_folder, "find", lambda path: [layout])
    (known,) = DataFolder(tmp_path, corners="1").load("all").annotations
    assert json.loads(json.dumps(written)) == list(written), "or it would not come back from the cache"
    assert known.boxes[0].tolist() == pytest.approx(boxes, abs=1e-5)
    assert known.difficult.tolist() == ([False, True] if unit == "corners" else [False])  # there it is a pixel wide
