"""Data sets of COCO JSON files: where they are found, their splits, classes and pictures."""

import json

import pytest

from tests.yolo.data.folders import link, write_picture, write_text
from tests.yolo.data.formats.coco_sets import coco, image, thing, write_coco
from yolo.data.data_folder import DataFolder
from yolo.data.formats import coco_files
from yolo.errors import UserError

BOX = [2, 3, 10, 12]


def one(root):
    """The layout of a data set, read with all its annotations."""
    (layout,) = coco_files.find(root)
    assert layout.read(layout, False).keys() == layout.annotations.keys()
    return layout


def listing(*names):
    """The content of a file that lists pictures, each with one dog."""
    images = [image(number, name) for number, name in enumerate(names, 1)]
    return images, [thing(number, BOX) for number in range(1, len(names) + 1)]


def test_one_file_beside_its_pictures_is_split_by_the_names(tmp_path):
    names = [f"{number}.jpg" for number in range(40)]
    path = write_coco(tmp_path / "set.json", *listing(*names), pictures=names)
    for given in (path, tmp_path):
        layout = one(given)
        assert layout.format == "COCO JSON by set.json"
        assert layout.class_names == ("dog", "cat", "traffic light")
        assert layout.unit == "pixels"
        assert layout.pictures.keys() == layout.annotations.keys() == {name[:-4] for name in names}
        assert {name: len(stems) for name, stems in layout.splits.items()} == {
            "train": 30,
            "val": 5,
            "test": 5,
            "trainval": 35,
        }


def test_files_of_coco_for_each_split_are_read_and_those_for_other_purposes_named(tmp_path):
    folder = tmp_path / "annotations"
    write_coco(folder / "instances_train2017.json", *listing("a.jpg", "b.jpg"))
    write_coco(folder / "instances_val2017.json", *listing("a.jpg"))
    write_coco(folder / "person_keypoints_train2017.json", *listing("a.jpg", "b.jpg"))
    write_coco(folder / "image_info_test2017.json", *listing("c.jpg"))
    write_text(folder / "captions_val2017.json", json.dumps({"images": [image(1, "a.jpg")], "annotations": []}))
    for name in ("train2017/a.jpg", "train2017/b.jpg", "val2017/a.jpg", "val2017/b.jpg"):
        write_picture(tmp_path / name)
    for given in (tmp_path, folder):
        layout = one(given)
        assert layout.splits == {"train": ("train2017/a", "train2017/b"), "val": ("val2017/a",)}
        assert layout.notes == (
            "captions_val2017.json, image_info_test2017.json, person_keypoints_train2017.json left out beside "
            "instances_train2017.json, instances_val2017.json",
        )
        assert layout.remarks == ("1 picture that no file lists left out: val2017/b.jpg",)
    assert one(folder / "instances_val2017.json").splits == {"val": ("a",)}


def test_roboflow_puts_a_file_into_the_folder_of_each_split_and_a_group_before_the_classes(tmp_path):
    categories = [
        {"id": 0, "name": "cells", "supercategory": "none"},
        {"id": 1, "name": "platelet", "supercategory": "cells"},
        {"id": 2, "name": "white cell", "supercategory": "cells"},
    ]
    for folder in ("train", "valid", "test"):
        content = ([image(0, "a.jpg"), image(1, "b.jpg")], [thing(0, BOX, 2)], categories)
        write_coco(tmp_path / folder / "_annotations.coco.json", *content, pictures=["a.jpg", "b.jpg"])
    layout = one(tmp_path)
    assert layout.splits == {
        "train": ("train/a", "train/b"),
        "val": ("valid/a", "valid/b"),
        "test": ("test/a", "test/b"),
    }
    assert layout.class_names == ("platelet", "white cell")
    assert layout.notes == ("the category 'cells' is no class: it has no objects, and all others belong to it",)
    assert layout.format == (
        "COCO JSON by train/_annotations.coco.json, valid/_annotations.coco.json, test/_annotations.coco.json"
    )
    assert one(tmp_path / "valid" / "_annotations.coco.json").splits == {"val": ("valid/a", "valid/b")}


@pytest.mark.parametrize("used", [True, False])
def test_a_supercategory_with_objects_or_beside_others_is_a_class(tmp_path, used):
    categories = [
        {"id": 0, "name": "cells", "supercategory": "none"},
        {"id": 1, "name": "platelet", "supercategory": "cells" if used else "other"},
    ]
    things = [thing(1, BOX, 0)] * used + [thing(1, BOX, 1)]
    write_coco(tmp_path / "a.json", [image(1, "a.jpg")], things, categories, pictures=["a.jpg"])
    assert one(tmp_path).class_names == ("cells", "platelet")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.json", "train"),
        ("instances_Validation2017.json", "val"),
        ("my-valid-v2.JSON", "val"),
        ("annotationsTest.json", "test"),
        ("trainval.json", "trainval"),
        ("train_val.json", "trainval"),
        ("set.json", None),
        ("contest.json", None),
        ("train_test_split.json", None),
    ],
)
def test_a_word_of_the_name_tells_the_split(tmp_path, name, split):
    path = write_coco(tmp_path / name, *listing("a.jpg", "b.jpg"), pictures=["a.jpg", "b.jpg"])
    layout = one(path)
    if split:
        assert layout.splits[split] == ("a", "b")
    else:
        assert layout.notes[0].startswith("no list 'train': 2 pictures split by a hash")


def test_files_without_a_split_and_of_train_and_val_together_are_left_out_beside_those_of_splits(tmp_path):
    names = {"train": ["a.jpg"], "val": ["b.jpg"], "trainval": ["a.jpg", "b.jpg"], "all": ["a.jpg", "b.jpg"]}
    for split, listed in names.items():
        write_coco(tmp_path / f"{split}.json", *listing(*listed), pictures=listed)
    layout = one(tmp_path)
    assert layout.splits == {"train": ("a",), "val": ("b",)}
    assert layout.notes == ("all.json, trainval.json left out beside train.json, val.json",)


def test_a_file_without_a_split_is_for_training_beside_one_for_testing(tmp_path):
    write_coco(tmp_path / "set.json", *listing("a.jpg", "b.jpg"), pictures=["a.jpg", "b.jpg", "c.jpg"])
    write_coco(tmp_path / "test.json", *listing("c.jpg"))
    assert one(tmp_path).splits == {"test": ("c",), "train": ("a", "b")}


def test_folders_of_pictures_tell_the_splits_where_one_file_lists_them(tmp_path):
    names = ["train/a.jpg", "val/a.jpg", "train/b.jpg"]
    write_coco(tmp_path / "set.json", *listing(*names), pictures=names)
    assert one(tmp_path).splits == {"train": ("train/a", "train/b"), "val": ("val/a",)}


def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path):
    content = {"images": [image(1, "a.jpg")], "annotations": [{"image_id": 1, "caption": "a dog"}]}
    write_text(tmp_path / "captions_train.json", json.dumps(content))
    message = "captions_train.json holds no categories: give a file with images, annotations and categories of objects"
    for given in (tmp_path, tmp_path / "captions_train.json"):
        with pytest.raises(UserError, match=message):
            coco_files.find(given)
    write_coco(tmp_path / "set.json", *listing("a.jpg"), pictures=["a.jpg"])
    (tmp_path / "captions_train.json").rename(tmp_path / "words.json")
    assert "words.json left out because it holds no categories" in one(tmp_path).notes


def test_the_result_of_a_detector_is_no_ground_truth(tmp_path):
    result = [{"image_id": 1, "category_id": 1, "bbox": BOX, "score": 0.5}]
    write_text(tmp_path / "detections.json", json.dumps(result))
    with pytest.raises(UserError, match="holds the result of a detector and no ground truth"):
        coco_files.find(tmp_path / "detections.json")
    assert coco_files.find(tmp_path) == []  # it may lie beside data in another format


def test_other_data_are_left_to_other_formats(tmp_path):
    write_picture(tmp_path / "a.jpg")
    write_text(tmp_path / "a.json", '{"version": "5.4.1", "shapes": [], "imagePath": "a.jpg"}')
    write_text(tmp_path / "settings.json", '{"version": 1}')
    write_text(tmp_path / "broken.json", '{"version": ')
    write_text(tmp_path / "notes.txt", "none")
    for given in (tmp_path, tmp_path / "notes.txt", tmp_path / "settings.json", tmp_path / "a.jpg"):
        assert coco_files.find(given) == []
    with pytest.raises(UserError, match=r"broken\.json: it ends in line 1, cut short"):
        coco_files.find(tmp_path / "broken.json")


def test_a_damaged_file_is_refused_if_it_is_that_of_a_split_and_else_told(tmp_path):
    write_coco(tmp_path / "val.json", *listing("a.jpg"), pictures=["a.jpg"])
    write_text(tmp_path / "extra.json", "")
    assert one(tmp_path).remarks[0].startswith("extra.json is left out: cannot read ")
    write_text(tmp_path / "train.json", "")
    with pytest.raises(UserError, match=r"train\.json: it is empty; export it again"):
        coco_files.find(tmp_path)
    write_text(tmp_path / "train.json", json.dumps(coco(*listing("a.jpg")))[:-20])
    with pytest.raises(UserError, match=r"train\.json: it ends in line 1, cut short; export it again"):
        coco_files.find(tmp_path)


def test_of_very_many_json_files_those_that_are_each_for_a_picture_are_not_looked_at(tmp_path, monkeypatch):
    names = [f"{number}.jpg" for number in range(100)]
    write_coco(tmp_path / "set.json", *listing("1.jpg"), pictures=names)
    for name in names:
        write_text(tmp_path / f"{name[:-4]}.json", "{")
    assert one(tmp_path).annotations == {"1": tmp_path / "set.json"}
    for name in names:
        (tmp_path / name).unlink()
    assert coco_files.find(tmp_path) == []


def test_listed_pictures_without_objects_are_negatives_and_absent_ones_are_told(tmp_path):
    images = [image(number, f"{number}.jpg") for number in (1, 2, 3)]
    write_coco(tmp_path / "train.json", images, [thing(1, BOX), thing(3, BOX)], pictures=["1.jpg", "2.jpg"])
    layout = one(tmp_path)
    assert layout.bare_are_negative
    assert layout.pictures.keys() == {"1", "2"}
    assert layout.annotations.keys() == {"1"}
    assert layout.splits == {"train": ("1", "2", "3.jpg")}
    data = DataFolder(tmp_path).load()
    assert [len(each.boxes) for each in data.annotations] == [1, 0]
    assert data.annotations[0].boxes.tolist() == [[2, 3, 12, 15]]
    assert [finding.check for finding in data.findings] == ["listed-without-picture"]
    assert data.findings[0].files == ("3.jpg",)
    assert data.source == "COCO JSON by train.json: 3 classes, 2 train"
    assert data.notes == ("1 picture without an annotation taken as without objects",)


def test_findings_name_the_file_with_the_line_and_the_picture(tmp_path):
    write_coco(tmp_path / "train.json", [image(1, "a.jpg")], [thing(1, [1, 2, 3]), thing(1, BOX)], pictures=["a.jpg"])
    (finding,) = DataFolder(tmp_path).load().findings
    assert (finding.check, finding.files) == ("bad-object", ("train.json:1 (a.jpg)",))


def test_a_set_without_any_of_its_pictures_says_where_it_looked(tmp_path):
    write_coco(tmp_path / "annotations" / "train.json", *listing("x/a.jpg", "b.jpg"))
    with pytest.raises(UserError) as error:
        coco_files.find(tmp_path)
    assert str(error.value) == (
        f"none of the 2 pictures in annotations/train.json is there, such as x/a.jpg, in {tmp_path / 'annotations'}, "
        f"{tmp_path} and below: bring them."
    )


def test_pictures_that_are_listed_twice_are_taken_once_and_told(tmp_path):
    images = [image(1, "a.jpg"), image(2, "a.jpg"), image(3, "b.jpg")]
    things = [thing(1, BOX), thing(2, [0, 0, 5, 5]), thing(3, BOX)]
    write_coco(tmp_path / "train.json", images, things, pictures=["a.jpg", "b.jpg"])
    write_coco(tmp_path / "val.json", [image(1, "b.jpg")], [thing(1, [1, 1, 3, 3]), thing(1, BOX)])
    layout = one(tmp_path)
    assert layout.splits == {"train": ("a", "b"), "val": ("b",)}
    assert layout.annotations["b"].name == "train.json"
    assert [list(written.numbers) for written in layout.read(layout, False).values()] == [[2, 3, 12, 15]] * 2
    assert layout.remarks == (
        "1 picture listed again left out with the objects there: train.json:1 (a.jpg)",
        f"1 picture of val.json are in train.json too, and the objects there are taken: {tmp_path.name}/b.jpg",
    )


def test_a_picture_belongs_to_the_entry_that_names_its_folder(tmp_path):
    write_coco(tmp_path / "train.json", *listing("day1/a.jpg", "day2/a.jpg"), pictures=["day2/a.jpg"])
    layout = one(tmp_path)
    assert layout.splits == {"train": ("day1/a.jpg", "a")}
    assert layout.annotations == {"a": tmp_path / "train.json"}
    assert layout.pictures == {"a": tmp_path / "day2" / "a.jpg"}


def test_a_picture_that_several_files_can_be_is_left_out_and_told(tmp_path):
    names = ["pool1/a.jpg", "pool2/a.jpg", "pool2/b.jpg"]
    write_coco(tmp_path / "train.json", *listing("a.jpg", "b.jpg"), pictures=names)
    layout = one(tmp_path)
    assert layout.splits == {"train": ("b",)}
    assert layout.remarks == (
        "1 picture left out because several files have the name: train.json:1 (a.jpg)",
        "1 picture that no file lists left out: pool2/a.jpg",
    )
    assert layout.paired == (
        f"1 picture found under another name or in another folder: b.jpg as {tmp_path / 'pool2' / 'b.jpg'}",
    )
    (tmp_path / "pool2" / "b.jpg").unlink()
    with pytest.raises(
        UserError, match=r"none of the 2 pictures .* several files have the name: train.json:1 \(a.jpg\)"
    ):
        coco_files.find(tmp_path)


def test_pictures_that_differ_in_the_ending_alone_keep_it_in_their_stem(tmp_path):
    names = ["a.jpg", "a.png", "b.jpg", "a.jpg.png"]
    write_coco(tmp_path / "train.json", *listing(*names), pictures=names)
    layout = one(tmp_path)
    assert layout.splits == {"train": ("a.jpg", "a.png", "b", "a.jpg.png")}
    assert [path.name for path in layout.pictures.values()] == names


@pytest.mark.parametrize("folder", ["images", "JPEGImages"])
def test_stems_are_counted_from_the_folder_of_pictures_as_in_voc(tmp_path, folder):
    write_coco(tmp_path / "annotations" / "train.json", *listing("a.jpg", "day1/b.jpg"))
    for name in ("a.jpg", "day1/b.jpg"):
        write_picture(tmp_path / folder / name)
    assert one(tmp_path).splits == {"train": ("a", "day1/b")}


def test_pictures_beside_the_folder_of_the_data_are_found_by_their_paths(tmp_path):
    write_coco(tmp_path / "coco" / "train.json", *listing("../pool/x/a.jpg", str(tmp_path / "pool" / "b.jpg")))
    for name in ("x/a.jpg", "b.jpg"):
        write_picture(tmp_path / "pool" / name)
    layout = one(tmp_path / "coco")
    assert layout.splits == {"train": ("x/a", "b")}
    assert not layout.paired


def test_what_is_no_picture_is_told(tmp_path):
    write_coco(tmp_path / "train.json", *listing("a.jpg", "b.jpg", "c.heic"), pictures=["a.jpg"])
    (tmp_path / "c.heic").write_bytes(b"heic")
    link(tmp_path / "b.jpg")
    layout = one(tmp_path)
    assert layout.irregular == (tmp_path / "b.jpg",)
    assert layout.remarks == (f"OpenCV does not read HEIC: save {tmp_path / 'c.heic'} as JPEG",)
