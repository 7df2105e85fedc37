"""The recognition of formats: one is taken, two are refused, and a folder of annotations finds its pictures."""

import json
import os
from pathlib import Path

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, xml
from yolo.data.data_folder import DataFolder
from yolo.data.formats.recognize import FORMATS, find
from yolo.errors import UserError

BOX = ("dog", 2, 3, 10, 12)
COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 24, "height": 16}],
    "categories": [{"id": 1, "name": "dog"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 9, 10]}],
}
LABELME = {"imagePath": "a.png", "shapes": [{"label": "dog", "shape_type": "rectangle", "points": [[1, 2], [10, 12]]}]}
CREATEML = [
    {"image": "a.png", "annotations": [{"label": "dog", "coordinates": {"x": 5.5, "y": 7, "width": 9, "height": 10}}]}
]
CVAT = (
    '<annotations><version>1.1</version><image id="0" name="a.png" width="24" height="16">'
    '<box label="dog" xtl="1" ytl="2" xbr="10" ybr="12" occluded="0"></box></image></annotations>'
)
WRITTEN = {  # format -> its file, and the text in it: a dog at 1, 2, 10, 12
    "VOC XML": ("Annotations/a.xml", xml(BOX)),
    "YOLO txt": ("labels/a.txt", "0 0.22916666667 0.4375 0.375 0.625\n"),
    "COCO JSON": ("coco.json", json.dumps(COCO)),
    "LabelMe JSON": ("images/a.json", json.dumps(LABELME)),
    "CVAT XML": ("cvat.xml", CVAT),
    "CreateML JSON": ("createml.json", json.dumps(CREATEML)),
}


def write(root, *names):
    write_picture(root / "images" / "a.png", height=16, width=24)
    for name in names:
        file, text = WRITTEN[name]
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)


def test_every_format_is_tried_here():
    assert {form.name for form in FORMATS} == WRITTEN.keys()


@pytest.mark.parametrize("name", WRITTEN)
def test_the_same_box_is_read_in_every_format(tmp_path, name):
    write(tmp_path, name)
    (annotation,) = DataFolder(tmp_path).load("all").annotations
    assert annotation.boxes.tolist() == [[1, 2, 10, 12]]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_format_is_said(tmp_path, name):
    write(tmp_path, name)
    assert DataFolder(tmp_path).load("all").source.startswith(name)


@pytest.mark.parametrize("other", [name for name in WRITTEN if name != "VOC XML"])
def test_two_formats_in_one_folder_are_refused_with_the_place_of_each(tmp_path, other):
    write(tmp_path, "VOC XML", other)
    with pytest.raises(UserError, match=f"2 formats, VOC XML .1 annotation. and {other}") as refused:
        find(tmp_path)
    first, second = str(refused.value).rpartition(": ")[2].rstrip(".").split(" or ")
    assert first == str(tmp_path / "Annotations")
    assert (tmp_path / WRITTEN[other][0]).is_relative_to(second)


def test_a_format_in_several_folders_is_offered_as_another_folder(tmp_path):
    write(tmp_path, "VOC XML", "YOLO txt", "CVAT XML")
    for name in ("p", "q"):
        write_picture(tmp_path / name / "b.png", height=16, width=24)
        (tmp_path / name / "b.txt").write_text(WRITTEN["YOLO txt"][1])
    with pytest.raises(UserError) as refused:
        find(tmp_path)
    places = f"{tmp_path / 'Annotations'}, {tmp_path / 'cvat.xml'} or another folder in {tmp_path}"
    assert "3 formats, VOC XML (1 annotation), YOLO txt (3 annotations) and CVAT XML (1 annotation);" in str(
        refused.value
    )
    assert str(refused.value).endswith(f"; give the place of those to use: {places}.")


def test_two_formats_beside_the_pictures_are_refused_with_the_advice_to_part_them(tmp_path):
    for name in "abcd":
        write_picture(tmp_path / f"{name}.png", height=16, width=24)
        ending, text = (".xml", xml(BOX)) if name in "ab" else (".txt", WRITTEN["YOLO txt"][1])
        (tmp_path / f"{name}{ending}").write_text(text)
    with pytest.raises(UserError, match=r"2 annotations.; move the files of one format into another folder\.$"):
        find(tmp_path)


@pytest.mark.parametrize("name", ["VOC XML", "YOLO txt"])
def test_a_folder_of_annotations_is_taken_with_the_pictures_beside_it(tmp_path, name):
    write(tmp_path, "VOC XML", "YOLO txt")
    (layout,) = find((tmp_path / WRITTEN[name][0]).parent)
    assert layout.format.startswith(name)
    assert layout.pictures["a"] == tmp_path / "images" / "a.png"


@pytest.mark.parametrize("folder", ["json", "jsons", "annotations"])
def test_a_folder_of_labelme_files_is_taken_with_the_pictures_beside_it(tmp_path, folder):
    write(tmp_path)
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "a.json").write_text(json.dumps(LABELME))
    assert DataFolder(tmp_path / folder).load("all").annotations[0].boxes.tolist() == [[1, 2, 10, 12]]


@pytest.mark.parametrize("name", ["COCO JSON", "CVAT XML", "CreateML JSON"])
def test_a_file_that_lists_pictures_is_taken_alone(tmp_path, name):
    write(tmp_path, *WRITTEN)
    assert DataFolder(tmp_path / WRITTEN[name][0]).load("all").annotations[0].boxes.tolist() == [[1, 2, 10, 12]]


def test_a_data_yaml_is_taken_alone(tmp_path):
    write(tmp_path, *WRITTEN)
    (tmp_path / "data.yaml").write_text("train: images\nnames: [dog]\n")
    assert DataFolder(tmp_path / "data.yaml").load("train").annotations[0].boxes.tolist() == [[1, 2, 10, 12]]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "neither pictures nor annotations are there"),
        (("images/a.png",), "images/ holds 1 picture, the annotations are missing"),
        (("Annotations/a.xml",), "the pictures are missing"),
    ],
)
def test_a_folder_without_data_is_described(tmp_path, files, said):
    for file in files:
        (tmp_path / file).parent.mkdir()
        write_picture(tmp_path / file) if file.endswith("png") else (tmp_path / file).write_text(xml())
    with pytest.raises(UserError, match=said):
        DataFolder(tmp_path).load("all")


def test_a_name_that_no_file_can_have_is_no_data():
    with pytest.raises(UserError, match="there are no data at aaa"):
        find(Path("a" * 300))


def test_a_path_with_a_slip_gets_a_hint(tmp_path):
    (tmp_path / "pictures").mkdir()
    with pytest.raises(UserError, match=r"there are no data at .*, did you mean 'pictures'"):
        find(tmp_path / "picturse")


@pytest.mark.parametrize("name", ["Annotations", "JPEGImages"])
def test_a_folder_that_cannot_be_opened_is_named_where_data_are_missed(tmp_path, monkeypatch, name):
    root, scandir = voc_root(tmp_path / "set", {"a": xml(DOG)}), os.scandir

    def locked(path="."):
        if Path(path) == root / name:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(UserError, match=f"set/{name} cannot be opened: make it readable"):
        find(root)


def test_data_that_cannot_be_opened_are_named_themselves(tmp_path, monkeypatch):
    def locked(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", locked)
    with pytest.raises(UserError) as caught:
        find(tmp_path)
    assert str(caught.value) == f"cannot open {tmp_path}: Permission denied; make it readable."
