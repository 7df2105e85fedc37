"""Data sets that a data.yaml or Darknet's obj.data describes: which pictures and labels are found."""

import os
import shutil

import pytest

from tests.yolo.data.folders import link, write_picture, write_text
from tests.yolo.data.formats.yolo_sets import BOX, YAML, found, labels, pictures, placed, splits
from yolo.data import data_folder
from yolo.data.formats import yolo_folders
from yolo.errors import UserError


def refused(path):
    with pytest.raises(UserError) as caught:
        yolo_folders.find(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def roboflow(tmp_path):
    """An export of Roboflow, which writes ../ before folders that lie beside the file."""
    names = [f"{part}/{{}}/{name}" for part, name in (("train", "b"), ("train", "a"), ("valid", "a"), ("test", "c"))]
    pictures(tmp_path, *(f"{name.format('images')}.jpg" for name in names))
    labels(tmp_path, *(f"{name.format('labels')}.txt" for name in names))
    write_text(
        tmp_path / "data.yaml",
        "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['cat', 'dog']\n\n"
        "roboflow:\n  workspace: w\n  license: MIT\n",
    )
    return tmp_path


def test_a_set_of_roboflow_is_read_with_unique_stems_in_order(roboflow):
    layout = found(roboflow)
    assert splits(layout) == {"train": ["train/a", "train/b"], "val": ["valid/a"], "test": ["test/c"]}
    assert placed(layout, roboflow)["valid/a"] == ("valid/images/a.jpg", "valid/labels/a.txt")
    assert (layout.format, layout.class_names, layout.unit) == ("YOLO txt by data.yaml", ("cat", "dog"), "shares")
    assert layout.notes == (), "Roboflow means `train/images` beside the file"
    assert found(roboflow / "data.yaml").pictures == layout.pictures


def test_boxes_classes_and_source_come_through_to_the_dataset(roboflow):
    write_text(roboflow / "train/labels/b.txt", "1 0.5 0.25 0.25 0.5\n")
    dataset = data_folder.load(roboflow)
    assert [annotation.path.name for annotation in dataset.annotations] == ["a.jpg", "b.jpg"]
    assert [annotation.boxes.tolist() for annotation in dataset.annotations] == [[[12, 6, 20, 18]], [[12, 0, 20, 12]]]
    assert [annotation.labels.tolist() for annotation in dataset.annotations] == [[0], [1]]
    assert dataset.source == "YOLO txt by data.yaml: 2 classes, 2 train, 1 val, 1 test"
    assert data_folder.load(roboflow / "data.yaml").source == dataset.source
    assert dataset.problems == ()


def test_a_folder_above_of_the_same_name_is_taken_as_ultralytics_does_and_said(tmp_path):
    inner = pictures(tmp_path / "set", "train/images/a.jpg")
    pictures(tmp_path, "train/images/b.jpg")
    labels(tmp_path, "train/labels/b.txt", "set/train/labels/a.txt")
    write_text(inner / "data.yaml", YAML.format("../train/images"))
    layout = found(inner)
    assert list(layout.pictures) == ["train/b"]
    assert f"{inner / 'train' / 'images'} is not used" in layout.remarks[0]


def test_folders_of_another_machine_are_found_by_the_end_of_their_path(tmp_path):
    pictures(tmp_path, "images/train/a.jpg", "images/val/b.jpg")
    labels(tmp_path, "labels/train/a.txt", "labels/val/b.txt")
    text = "path: /content/nowhere\ntrain: /content/my-set/images/train\nval: 'C:\\sets\\my-set\\images\\val'\n"
    write_text(tmp_path / "data.yaml", text + "names: [cat, dog]\n")
    layout = found(tmp_path)
    assert splits(layout) == {"train": ["train/a"], "val": ["val/b"]}
    assert layout.notes == (
        f"data.yaml:2: /content/my-set/images/train is taken for {tmp_path / 'images' / 'train'}",
        f"data.yaml:3: C:\\sets\\my-set\\images\\val is taken for {tmp_path / 'images' / 'val'}",
    )


def test_the_longest_end_of_a_path_counts(tmp_path):
    pictures(tmp_path, "train/a.jpg", "images/train/b.jpg", "c.jpg", "images/c.jpg")
    labels(tmp_path, "train/a.txt", "labels/train/b.txt")
    write_text(tmp_path / "list.txt", "/content/set/images/c.jpg\n")
    write_text(tmp_path / "data.yaml", YAML.format("[/content/set/images/train, list.txt]"))
    assert [path.relative_to(tmp_path).as_posix() for path in found(tmp_path).pictures.values()] == [
        "images/train/b.jpg",
        "images/c.jpg",
    ]


def test_the_lines_of_a_list_begin_at_its_own_folder_first(tmp_path):
    pictures(tmp_path, "lists/images/a.jpg", "images/a.jpg")
    labels(tmp_path, "lists/labels/a.txt")
    write_text(tmp_path / "lists" / "train.txt", "images/a.jpg\n")
    write_text(tmp_path / "data.yaml", YAML.format("lists/train.txt"))
    assert list(found(tmp_path).pictures.values()) == [tmp_path / "lists" / "images" / "a.jpg"]


def test_pictures_of_a_list_that_lie_elsewhere_are_said(tmp_path, monkeypatch):
    pictures(tmp_path, "set/images/a.jpg", "other/images/b.jpg")
    labels(tmp_path, "set/labels/a.txt")
    write_text(tmp_path / "set/train.txt", "images/a.jpg\n/home/ann/images/a.jpg\nimages/b.jpg\n")
    write_text(tmp_path / "set/data.yaml", YAML.format("train.txt"))
    monkeypatch.chdir(tmp_path / "other")
    layout = found(tmp_path / "set")
    assert layout.notes == (
        f"2 folders of train.txt found elsewhere: /home/ann/images as {tmp_path / 'set/images'}, "
        f"images as {tmp_path / 'other/images'}",
    )
    write_text(tmp_path / "set/train.txt", "./images/a.jpg\n" + f"{tmp_path / 'set/images/a.jpg'}\n")
    assert found(tmp_path / "set").notes == ()


def test_the_path_of_ultralytics_beside_the_file_is_used(tmp_path):
    pictures(tmp_path, "datasets/coco8/images/train/a.jpg")
    labels(tmp_path, "datasets/coco8/labels/train/a.txt")
    write_text(tmp_path / "yamls" / "coco8.yaml", "path: coco8\n" + YAML.format("images/train"))
    layout = found(tmp_path / "yamls")
    assert placed(layout, tmp_path / "datasets/coco8") == {"train/a": ("images/train/a.jpg", "labels/train/a.txt")}
    assert layout.notes == ()


@pytest.mark.parametrize(
    "line",
    [
        "./images/{}.jpg",
        "images/{}.jpg",
        "../set/images/{}.jpg",
        r"images\{}.jpg",
        '"images/{}.jpg"',
        "/content/set/images/{}.jpg",
        r"D:\set\images\{}.jpg",
        "data/images/{}.jpg",
        "ROOT/images/{}.jpg",
    ],
)
def test_the_lines_of_a_list_name_pictures_in_order_however_they_are_written(tmp_path, line):
    root = pictures(tmp_path / "set", "images/ä b.jpg", "images/a.jpg", "images/c.jpg", "other/a.jpg")
    labels(root, "labels/ä b.txt", "labels/a.txt", "labels/c.txt")
    lines = [line.replace("ROOT", str(root)).format(name) for name in ("c", "ä b", "c", "gone")]
    write_text(root / "lists" / "train.txt", "\ufeff" + "\r\n".join(lines) + "\r\n\r\n")
    write_text(root / "data.yaml", YAML.format("lists/train.txt"))
    layout = found(root)
    assert splits(layout) == {"train": ["c", "ä b", lines[-1]]}
    assert placed(layout, root) == {
        "c": ("images/c.jpg", "labels/c.txt"),
        "ä b": ("images/ä b.jpg", "labels/ä b.txt"),
    }
    dataset = data_folder.load(root)
    assert len(dataset) == 2
    assert dataset.problems == (
        f"1 entry of a list left out because no picture has that name: {lines[-1]}; bring the pictures",
    )


def test_a_split_may_be_several_folders_lists_and_pictures(tmp_path):
    pictures(tmp_path, "x/images/b.jpg", "x/images/a.jpg", "y/images/a.jpg", "z/images/c.JPG", "z/images/d.jpg")
    labels(tmp_path, "x/labels/a.txt", "x/labels/b.txt", "y/labels/a.txt", "z/labels/c.TXT", "z/labels/d.txt")
    write_text(tmp_path / "some.txt", "z/images/d.jpg\n")
    write_text(tmp_path / "data.yaml", YAML.format("[y/images, some.txt, x, z/images/c.JPG]"))
    layout = found(tmp_path)
    assert splits(layout) == {"train": ["y/a", "z/d", "x/a", "x/b", "z/c"]}
    assert placed(layout, tmp_path)["z/c"] == ("z/images/c.JPG", "z/labels/c.TXT")


def test_a_split_without_a_value_is_none_and_download_is_never_run(tmp_path):
    pictures(tmp_path, "images/a.jpg")
    labels(tmp_path, "labels/a.txt")
    script = "download: |\n  import pathlib\n  pathlib.Path('evil').touch()\n"
    write_text(tmp_path / "data.yaml", YAML.format("images") + "test:\nval: ''\n" + script)
    before = sorted(tmp_path.rglob("*"))
    assert splits(found(tmp_path)) == {"train": ["a"]}
    shutil.rmtree(tmp_path / "images")
    assert "data.yaml:2 names images for train, which is not in" in refused(tmp_path)
    assert sorted(path for path in before if "images" not in path.parts) == sorted(tmp_path.rglob("*"))


def test_an_absent_folder_for_training_is_refused_and_others_are_said(roboflow):
    shutil.rmtree(roboflow / "test")
    layout = found(roboflow)
    assert list(layout.splits) == ["train", "val"]
    (remark,) = layout.remarks
    assert remark == f"data.yaml:3 names ../test/images for test, which is not in {roboflow}; correct or remove it"
    shutil.rmtree(roboflow / "train")
    assert refused(roboflow) == (
        f"{roboflow}/data.yaml:1 names ../train/images for train, which is not in {roboflow}; correct the path, or put "
        "the pictures there."
    )


def test_a_set_without_any_label_file_is_refused_and_the_places_are_named(tmp_path):
    pictures(tmp_path, "images/train/a.jpg", "images/train/b.jpg")
    write_text(tmp_path / "data.yaml", YAML.format("images/train"))
    assert refused(tmp_path) == (
        f"none of the 2 pictures that {tmp_path}/data.yaml names has a label file: for {tmp_path}/images/train/a.jpg "
        f"it would be {tmp_path}/labels/train/a.txt or {tmp_path}/images/train/a.txt; put the label files there."
    )


def test_a_list_of_pictures_none_of_which_is_there_is_refused(tmp_path):
    write_text(tmp_path / "train.txt", "images/a.jpg\nimages/b.jpg\n")
    write_text(tmp_path / "data.yaml", YAML.format("train.txt"))
    message = refused(tmp_path)
    assert message == (
        f"none of the pictures that {tmp_path}/data.yaml names is there, such as images/a.jpg; correct the paths."
    )


def test_pictures_without_objects_by_an_empty_file_and_by_none_are_told_apart(tmp_path):
    pictures(tmp_path, *(f"images/{name}.jpg" for name in "abcd"))
    labels(tmp_path, "labels/a.txt", "labels/b.txt")
    labels(tmp_path, "labels/c.txt", text="\n")
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    dataset = data_folder.load(tmp_path)
    assert [len(annotation.boxes) for annotation in dataset.annotations] == [1, 1, 0, 0]
    assert [finding.sentence() for finding in dataset.findings] == [
        "1 picture without objects by an empty label file: c.txt"
    ]
    assert dataset.notes == ("1 picture without an annotation taken as without objects",)
    assert dataset.problems == ()


def test_most_pictures_without_a_label_file_are_a_problem(tmp_path):
    pictures(tmp_path, *(f"images/{name}.jpg" for name in "abc"))
    labels(tmp_path, "labels/a.txt")
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    assert data_folder.load(tmp_path).problems[0].startswith("2 of 3 pictures have no label file, so they count as")
    labels(tmp_path, "labels/b.txt")
    pictures(tmp_path, "images/d.jpg")
    assert data_folder.load(tmp_path).problems == ()  # half of them are not most


def test_class_numbers_beyond_the_names_are_left_out_with_file_and_line(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/b.jpg")
    labels(tmp_path, "labels/a.txt", text=f"{BOX}\n2 0.5 0.5 0.1 0.1\n1 0.4 0.5 0.1 0.1\ndgo 0.5 0.5 0.2 0.2\n")
    labels(tmp_path, "labels/b.txt", text="dog 0.5 0.5 0.25 0.5\n")
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    dataset = data_folder.load(tmp_path)
    assert [annotation.labels.tolist() for annotation in dataset.annotations] == [[0, 1], [1]]
    assert dataset.problems == (
        "2 objects of a class beyond the names left out: a.txt:3; add the names, or number the classes from 0 without "
        "gaps: some converters write the category ids of COCO",
    )


def test_other_names_in_data_yaml_count_although_the_labels_are_in_the_cache(roboflow):
    assert data_folder.load(roboflow).class_names == ("cat", "dog")
    write_text(roboflow / "data.yaml", "names: [bird]\ntrain: train/images\n")
    dataset = data_folder.load(roboflow)
    assert dataset.class_names == ("bird",)
    assert [annotation.labels.tolist() for annotation in dataset.annotations] == [[0], [0]]


def test_most_lines_above_1_are_pixels_and_refused_with_file_and_line(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/b.jpg")
    labels(tmp_path, "labels/a.txt", text=BOX)
    labels(tmp_path, "labels/b.txt", text=f"{BOX}0 16 12 8 12\n0 16 12 8 13\n0 16 12 8 14\n")
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    with pytest.raises(UserError, match=r"^b.txt:2 has coordinates above 1, as 3 of 5 lines do: .* look like pixels"):
        data_folder.load(tmp_path)
    labels(tmp_path, "labels/a.txt", text=BOX * 3)
    assert data_folder.load(tmp_path).problems[0].startswith("3 lines with coordinates above 1 left out: b.txt:2;")


def test_a_pose_set_is_read_by_its_boxes(tmp_path):
    pictures(tmp_path, "images/a.jpg")
    labels(tmp_path, "labels/a.txt", text="0 0.5 0.5 0.25 0.5 0.1 0.1 0.9 0.9\n")
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    assert data_folder.load(tmp_path).annotations[0].boxes[0, 0] < 5  # a polygon
    write_text(tmp_path / "data.yaml", YAML.format("images") + "kpt_shape: [2, 2]\n")
    assert data_folder.load(tmp_path).annotations[0].boxes.tolist() == [[12, 6, 20, 18]]


def test_labels_without_a_picture_are_said_in_the_split_of_their_folder(roboflow):
    labels(roboflow, "valid/labels/lost.txt", "valid/labels/classes.txt")
    layout = found(roboflow)
    assert splits(layout)["val"] == ["valid/a", "valid/lost"]
    assert data_folder.load(roboflow, "val").problems == (
        "1 annotation left out because no picture has that name: valid/lost.txt; bring the pictures",
    )
    assert data_folder.load(roboflow, "train").problems == ()


def test_pictures_that_differ_in_their_ending_share_a_label_file_so_the_second_is_left_out(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/a.png")
    labels(tmp_path, "labels/a.txt")
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    layout = found(tmp_path)
    assert layout.shadowed == (("a", tmp_path / "images" / "a.png"),)
    assert data_folder.load(tmp_path).problems == ("1 file left out because another of the same name is used: a.png",)


def test_folders_that_would_be_one_without_images_keep_it(tmp_path):
    pictures(tmp_path, "x/images/a.jpg", "x/img/a.jpg")
    labels(tmp_path, "x/labels/a.txt")
    write_text(tmp_path / "data.yaml", YAML.format("[x/images, x/img]"))
    assert list(found(tmp_path).pictures) == ["images/a", "img/a"]


def test_labels_take_the_place_of_the_last_images_in_the_path(tmp_path):
    pictures(tmp_path, "images/set/images/train/a.jpg")
    labels(tmp_path, "images/set/labels/train/a.txt", "labels/set/images/train/a.txt")
    write_text(tmp_path / "data.yaml", YAML.format("images/set/images/train"))
    assert list(found(tmp_path).annotations.values()) == [tmp_path / "images/set/labels/train/a.txt"]


def test_links_to_folders_are_followed_and_labels_found_on_either_side(tmp_path):
    pictures(tmp_path / "disk", "one/images/a.jpg", "two/images/b.jpg")
    labels(tmp_path, "disk/one/labels/a.txt", "set/second/labels/b.txt")
    link(tmp_path / "set" / "first", tmp_path / "disk" / "one" / "images")
    link(tmp_path / "set" / "second" / "images", tmp_path / "disk" / "two" / "images")
    write_text(tmp_path / "set" / "data.yaml", YAML.format("[first, second/images]"))
    assert [path.name for path in found(tmp_path / "set").annotations.values()] == ["a.txt", "b.txt"]


def test_a_path_is_taken_from_the_working_directory_too(tmp_path, monkeypatch):
    pictures(tmp_path, "work/set/images/a.jpg")
    labels(tmp_path, "work/set/labels/a.txt")
    write_text(tmp_path / "yamls" / "data.yaml", YAML.format("set/images"))
    refused(tmp_path / "yamls")
    monkeypatch.chdir(tmp_path / "work")
    assert list(found(tmp_path / "yamls").pictures) == ["a"]


def test_of_several_files_the_likeliest_name_counts_else_the_user_is_asked(roboflow):
    text = (roboflow / "data.yaml").read_text()
    write_text(roboflow / "other.yaml", text.replace("cat", "bird"))
    assert found(roboflow).class_names == ("cat", "dog")
    assert found(roboflow / "other.yaml").class_names == ("bird", "dog")
    (roboflow / "data.yaml").rename(roboflow / "mine.yaml")
    assert refused(roboflow).startswith(
        f"{roboflow} holds several files that describe a dataset: mine.yaml, other.yaml; choose one, as in"
    )
    (roboflow / "other.yaml").unlink()
    write_text(roboflow / "args.yaml", "model: yolo11n.pt\ndata: mine.yaml\n")
    assert found(roboflow).format == "YOLO txt by mine.yaml"


def test_a_set_in_the_only_folder_of_an_archive_is_found(roboflow):
    (roboflow / "set").mkdir()
    for name in ("train", "valid", "test", "data.yaml"):
        (roboflow / name).rename(roboflow / "set" / name)
    (roboflow / "__MACOSX").mkdir()
    assert found(roboflow).format == "YOLO txt by data.yaml"


DARKNET = "classes = 2\ntrain = {0}train.txt\nvalid={0}test.txt\nnames = {0}obj.names\nbackup = backup/\n"


@pytest.mark.parametrize("before", ["data/", "", "/home/me/darknet/data/", "../set/"])
def test_a_set_of_darknet_is_read_as_cvat_writes_it(tmp_path, before):
    root = pictures(tmp_path / "set", "obj_train_data/b.jpg", "obj_train_data/a.png", "obj_valid_data/c.jpg")
    labels(root, "obj_train_data/b.txt", "obj_train_data/a.txt", "obj_valid_data/c.txt", text="1 0.5 0.5 0.25 0.5")
    write_text(root / "obj.data", DARKNET.format(before))
    write_text(root / "obj.names", "cat\nbig dog\n\n")
    write_text(root / "train.txt", "data/obj_train_data/b.jpg\ndata/obj_train_data/a.png\n")
    write_text(root / "test.txt", "data/obj_valid_data/c.jpg\n")
    for place in (root, root / "obj.data"):
        layout = found(place)
        assert layout.format == "YOLO txt by obj.data"
        assert layout.class_names == ("cat", "big dog")
        assert splits(layout) == {"train": ["obj_train_data/b", "obj_train_data/a"], "val": ["obj_valid_data/c"]}
        assert layout.remarks == ()
    assert data_folder.load(root).annotations[0].labels.tolist() == [1]


def test_a_set_of_darknet_with_images_and_labels_apart_is_read(tmp_path):
    pictures(tmp_path, "build/darknet/data/images/a.jpg", "build/darknet/data/VOC/JPEGImages/b.jpg")
    root = labels(tmp_path / "build" / "darknet", "data/labels/a.txt", "data/VOC/labels/b.txt")
    write_text(root / "cfg" / "my.data", "# mine\ntrain=data/train.list\nnames=data/my.names\nclasses=3\n")
    write_text(root / "data" / "train.list", "data/images/a.jpg\ndata/VOC/JPEGImages/b.jpg\n")
    write_text(root / "data" / "my.names", "cat\ndog\n")
    layout = found(root / "cfg" / "my.data")
    assert [path.parent.name for path in layout.annotations.values()] == ["labels", "labels"]
    assert layout.remarks == ("my.data has classes = 3, but there are 2 class names: the names count",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_of_darknet_in_another_encoding_describes_its_set_too(tmp_path, encoding):
    for name in "ab":
        write_picture(tmp_path / f"pictures/{name}.jpg")
        write_text(tmp_path / f"pictures/{name}.txt", "0 .5 .5 .1 .1\n")
    write_text(tmp_path / "some.txt", "pictures/a.jpg\n")
    write_text(tmp_path / "names.txt", "kitty\n")
    mark = "\ufeff" * (encoding == "utf-16-be")
    (tmp_path / "obj.data").write_bytes(f"{mark}train = some.txt\nnames = names.txt\n".encode(encoding))
    (layout,) = yolo_folders.find(tmp_path)
    assert (layout.format, layout.splits, layout.class_names) == ("YOLO txt by obj.data", {"train": ("a",)}, ("kitty",))


def test_a_folder_without_pictures_is_said(tmp_path):
    write_picture(tmp_path / "images/val/a.jpg")
    write_text(tmp_path / "labels/val/a.txt", "0 .5 .5 .1 .1\n")
    (tmp_path / "labels/train").mkdir()
    write_text(tmp_path / "data.yaml", "names: [a]\nval: images/val\ntrain: labels/train\n")
    (layout,) = yolo_folders.find(tmp_path)
    said = "data.yaml:3 names labels/train for train, where no pictures are; correct or remove it"
    assert said in layout.remarks


def test_wrong_files_of_darknet_are_refused_with_the_line(tmp_path):
    write_text(tmp_path / "obj.data", "classes = 2\nnames = obj.names\n")
    assert "obj.data has no 'train', 'valid' or 'test'" in refused(tmp_path)
    write_text(tmp_path / "obj.data", "classes = 2\ntrain = train.txt\nnames = obj.names\n")
    assert f"obj.data:3 points to the class names in obj.names, which is not in {tmp_path}" in refused(tmp_path)
    write_text(tmp_path / "obj.names", "cat\n\ndog\n")
    assert "line 2 of the class list" in refused(tmp_path)
    write_text(tmp_path / "obj.names", "cat\ndog\n")
    assert "obj.data:2 names train.txt for train, which is not in" in refused(tmp_path)
    write_text(tmp_path / "iris.data", "5.1,3.5,1.4,0.2,Iris-setosa\n")
    (tmp_path / "obj.data").unlink()
    assert yolo_folders.find(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_in_the_place_of_files_are_never_opened(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/b.jpg", "images/c.jpg")
    labels(tmp_path, "labels/a.txt")
    os.mkfifo(tmp_path / "labels" / "b.txt")
    (tmp_path / "labels" / "c.txt").mkdir()
    write_text(tmp_path / "data.yaml", YAML.format("images"))
    (problem,) = data_folder.load(tmp_path).problems
    assert problem.startswith("2 annotations that cannot be read left out: b.txt (it is no regular file), c.txt (it is")
    os.mkfifo(tmp_path / "train.txt")
    write_text(tmp_path / "data.yaml", YAML.format("train.txt"))
    assert "train.txt: it is a named pipe" in refused(tmp_path)
    (tmp_path / "data.yaml").unlink()
    os.mkfifo(tmp_path / "data.yaml")
    assert yolo_folders.find(tmp_path / "data.yaml") == []
