"""Pictures are found by listed names, wherever they lie and wherever the list was written."""

import os

import pytest

from tests.yolo.data.folders import write_picture
from yolo.data.formats.listed_pictures import PictureFolders, PictureLookup, folder_above, split_of


def lookup(root, file="set.json", split=None):
    return PictureLookup(PictureFolders(str(root)), root / file, split)


def found(root, listed, file="set.json", split=None):
    """The paths below the root that a listed name can mean."""
    return [one.path.relative_to(root).as_posix() for one in lookup(root, file, split).find(listed)]


@pytest.mark.parametrize(
    ("listed", "file", "split", "picture"),
    [
        ("a.jpg", "set.json", None, "a.jpg"),
        ("a.jpg", "set.json", None, "images/a.jpg"),
        ("a.jpg", "set.json", None, "JPEGImages/a.jpg"),
        ("a.jpg", "labels.json", None, "data/a.jpg"),  # FiftyOne
        ("a.jpg", "annotations/instances_train2017.json", "train", "train2017/a.jpg"),
        ("a.jpg", "annotations/instances_train2017.json", "train", "images/train2017/a.jpg"),
        ("a.jpg", "annotations/instances_val2017.json", "val", "Valid/images/a.jpg"),
        ("a.jpg", "annotations/instances_default.json", None, "images/default/a.jpg"),  # CVAT and datumaro
        ("train2017/a.jpg", "annotations/train.json", "train", "train2017/a.jpg"),
        ("images\\a.jpg", "set.json", None, "images/a.jpg"),
        ("../images/a.jpg", "annotations/set.json", None, "images/a.jpg"),
        ("./a.jpg", "set.json", None, "a.jpg"),
        ("/home/ann/project/images/day1/a.jpg", "set.json", None, "images/day1/a.jpg"),
        (r"C:\Users\ann\images\day1\a.jpg", "set.json", None, "images/day1/a.jpg"),
        ("http://images.cocodataset.org/val2017/a.jpg", "annotations/val.json", "val", "val2017/a.jpg"),
        ("https://host/x/a.jpg?X-Amz-Date=1#top", "set.json", None, "images/a.jpg"),
        ("/data/local-files/?d=day1/a.jpg", "set.json", None, "images/day1/a.jpg"),  # Label Studio
        ("b c.jpg", "set.json", None, "images/b c.jpg"),
        ("Ä.jpg", "set.json", None, "images/A\u0308.jpg"),
    ],
)
def test_a_picture_is_found_where_tools_put_it(tmp_path, listed, file, split, picture):
    write_picture(tmp_path / picture)
    assert found(tmp_path, listed, file, split) == [picture]
    assert lookup(tmp_path, file, split).find(listed)[0].expected


@pytest.mark.parametrize(
    ("listed", "picture"),
    [
        ("a.jpg", "photos/of/dogs/a.jpg"),
        ("a.JPG", "a.jpg"),
        ("images/b%20c.jpg", "images/b c.jpg"),
        ("images/3f2a9b1c-a.jpg", "images/a.jpg"),  # Label Studio
        ("images%2F3f2a9b1c-b%20c.jpg", "b c.jpg"),
        ("x/y/a.jpg", "photos/a.jpg"),
    ],
)
def test_a_picture_under_another_name_or_elsewhere_is_found_and_marked(tmp_path, listed, picture):
    write_picture(tmp_path / picture)
    assert found(tmp_path, listed) == [picture]
    assert not lookup(tmp_path).find(listed)[0].expected


def test_the_longest_end_of_the_name_decides(tmp_path):
    for name in ("a.jpg", "day1/a.jpg", "photos/day2/a.jpg", "photos/day3/a.jpg"):
        write_picture(tmp_path / name)
    assert found(tmp_path, "x/day1/a.jpg") == ["day1/a.jpg"]
    assert found(tmp_path, "a.jpg") == ["a.jpg"]
    (tmp_path / "a.jpg").unlink()
    assert found(tmp_path, "x/day2/a.jpg") == ["photos/day2/a.jpg"]
    assert found(tmp_path, "x/a.jpg") == ["day1/a.jpg", "photos/day2/a.jpg", "photos/day3/a.jpg"]
    assert found(tmp_path, "gone.jpg") == []


def test_the_folder_of_the_split_comes_first_and_that_of_another_split_is_not_searched(tmp_path):
    for name in (
        "a.jpg",
        "train/a.jpg",
        "valid/a.jpg",
        "valid/b.jpg",
        "pool/c.jpg",
        "pool/val/d.jpg",
        "pool/train/d.jpg",
    ):
        write_picture(tmp_path / name)
    assert found(tmp_path, "a.jpg", "train.json", "train") == ["train/a.jpg"]
    assert found(tmp_path, "a.jpg", "val.json", "val") == ["valid/a.jpg"]
    assert found(tmp_path, "a.jpg", "set.json", None) == ["a.jpg"]
    assert found(tmp_path, "b.jpg", "train.json", "train") == []
    assert found(tmp_path, "b.jpg", "test.json", "test") == ["valid/b.jpg"]  # there is no folder for testing
    assert found(tmp_path, "c.jpg", "train.json", "train") == ["pool/c.jpg"]
    assert found(tmp_path, "d.jpg", "train.json", "train") == ["pool/train/d.jpg"]


def test_each_folder_is_listed_once(tmp_path, monkeypatch):
    for number in range(5):
        write_picture(tmp_path / "images" / f"{number}.jpg")
    listed = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or scan(path))
    search = lookup(tmp_path)
    assert [search.find(f"{number}.jpg")[0].path.name for number in range(5)] == [f"{n}.jpg" for n in range(5)]
    assert listed.count(str(tmp_path / "images")) <= 2  # once for the folders in it, once for the pictures


@pytest.mark.parametrize(
    "listed", ["", "/", "..", "../..", "a/" * 50_000 + "b.jpg", "x" * 5000, "http://[::1", "%", "?d="]
)
def test_names_that_mean_nothing_find_nothing(tmp_path, listed):
    write_picture(tmp_path / "a.jpg")
    assert found(tmp_path, listed) == []


@pytest.mark.parametrize(
    ("folder", "split"),
    [("train2017", "train"), ("Valid", "val"), ("test_2", "test"), ("day1", "day")],
)
def test_the_name_of_a_folder_tells_its_split(folder, split):
    assert split_of(folder) == split


def test_the_folder_above_annotations_is_that_of_the_data(tmp_path, monkeypatch):
    assert folder_above(str(tmp_path / "annotations")) == str(tmp_path)
    assert folder_above(str(tmp_path / "images")) == str(tmp_path / "images")
    (tmp_path / "annotations").mkdir()
    monkeypatch.chdir(tmp_path / "annotations")
    assert folder_above(".") == ".."


def test_a_link_to_itself_beside_the_pictures_hides_none(tmp_path):
    write_picture(tmp_path / "images" / "a.jpg")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (one,) = lookup(tmp_path).find("a.jpg")
    assert one.expected
