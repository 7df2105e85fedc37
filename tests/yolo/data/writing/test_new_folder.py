"""Which places a new folder of data may have, and which folders belong to the data that it is made of."""

import json
import os

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data.data_folder import DataFolder
from yolo.data.writing.new_folder import refuse_among, refuse_inside
from yolo.errors import UserError


def voc(root):
    voc_root(root, {"day1/a": xml(DOG)})
    return "Annotations", ["JPEGImages/out", "JPEGImages/day1/out", "Annotations/out/deep"], ["out", "ImageSets/out"]


def yolo(root):
    write_picture(root / "images/train/a.jpg")
    write_text(root / "labels/train/a.txt", "0 .5 .5 .1 .1\n")
    write_text(root / "data.yaml", "train: images/train\nnames: [dog]\n")
    return "data.yaml", ["images/train/out", "labels/train/out"], ["out", "labels-2"]


def yolo_by_folders(root):
    for day in ("day1", "day2"):
        write_picture(root / f"images/{day}/a.jpg")
        write_text(root / f"labels/{day}/a.txt", "0 .5 .5 .1 .1\n")
    return "", ["images/out", "labels/out", "images/day1/out"], ["out"]


def coco(root):
    write_picture(root / "images/a.jpg")
    entry = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 32, "height": 24}],
        "annotations": [entry],
        "categories": [{"id": 1, "name": "dog"}],
    }
    write_text(root / "annotations/instances_train.json", json.dumps(content))
    return "annotations/instances_train.json", ["images/out", "annotations/out"], ["out"]


@pytest.mark.parametrize("write", [voc, yolo, yolo_by_folders, coco])
def test_a_folder_among_pictures_or_annotations_is_refused_however_the_data_are_named(tmp_path, write):
    data, refused, allowed = write(tmp_path)
    layouts = DataFolder(tmp_path / data).layouts
    for place in refused:
        with pytest.raises(UserError, match=r"lies in the data at .*: choose another folder"):
            refuse_among(tmp_path / place, layouts)
    for place in allowed:
        refuse_among(tmp_path / place, layouts)


def test_a_folder_in_one_of_several_data_folders_is_refused(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="lies in the data at"):
        refuse_inside(tmp_path / "b/out", f"{tmp_path / 'a'},{tmp_path / 'b'}")
    refuse_inside(tmp_path / "c", f"{tmp_path / 'a'},{tmp_path / 'b'}")


def test_a_folder_that_holds_something_is_refused(tmp_path):
    write_text(tmp_path / "a/notes.txt", "mine")
    with pytest.raises(UserError, match="is not an empty folder"):
        refuse_inside(tmp_path / "a", str(tmp_path / "b"))


def test_a_mount_is_refused_as_it_cannot_be_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    with pytest.raises(UserError, match="is a mount; give the name of a new folder, such as"):
        refuse_inside(tmp_path, "data")
    refuse_inside(tmp_path / "data", "data")
