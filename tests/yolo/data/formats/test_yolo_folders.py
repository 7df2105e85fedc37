"""YOLO data sets without a file that describes them: folders, lists and class names."""

import os

import pytest

from tests.yolo.data.folders import link, voc_root, write_picture, write_text, xml
from tests.yolo.data.formats.yolo_sets import BOX, found, labels, pictures, placed, splits
from yolo.data import data_folder
from yolo.data.formats import recognize, yolo_folders
from yolo.errors import UserError

IN_FOLDERS = "YOLO txt in images/ and labels/"


@pytest.mark.parametrize(
    ("images", "text"),
    [
        ("images/{}/a.jpg", "labels/{}/a.txt"),
        ("{}/images/a.jpg", "{}/labels/a.txt"),
        ("set/images/{}/a.jpg", "set/labels/{}/a.txt"),
        ("JPEGImages/{}/a.jpg", "labels/{}/a.txt"),
    ],
)
def test_folders_called_like_splits_are_the_splits(tmp_path, images, text):
    pictures(tmp_path, *(images.format(part) for part in ("train", "val", "test")))
    labels(tmp_path, *(text.format(part) for part in ("train", "val", "test")))
    layout = found(tmp_path)
    assert splits(layout) == {"train": ["train/a"], "val": ["val/a"], "test": ["test/a"]}
    assert placed(layout, tmp_path)["val/a"] == (images.format("val"), text.format("val"))
    assert layout.format == IN_FOLDERS
    assert layout.place("val/a", 3) == "val/a.txt:3"


def test_flat_folders_are_split_by_a_hash_of_the_names_as_voc_is(tmp_path):
    names = [f"p{i}" for i in range(30)]
    pictures(tmp_path / "yolo", *(f"images/{name}.jpg" for name in names))
    labels(tmp_path / "yolo", *(f"labels/{name}.txt" for name in names))
    voc_root(tmp_path / "voc", dict.fromkeys(names, xml(("0", 13, 7, 20, 18))))
    yolo, voc = (data_folder.DataFolder(tmp_path / name) for name in ("yolo", "voc"))
    for split in ("train", "val", "test"):
        one, other = yolo.load(split).annotations, voc.load(split).annotations
        assert [each.path.name for each in one] == [each.path.name for each in other]
        assert [each.boxes.tolist() for each in one] == [each.boxes.tolist() for each in other]
    assert yolo.load("train").source.startswith(f"{IN_FOLDERS}: 1 class, 20 train, 5 val, 5 test")


def test_pictures_and_labels_side_by_side_are_read_with_the_class_names_of_roboflow(tmp_path):
    pictures(tmp_path, "train/b.jpg", "train/a.jpg", "valid/c.jpg")
    labels(tmp_path, "train/b.txt", "train/a.txt", "valid/c.txt")
    write_text(tmp_path / "train" / "_darknet.labels", "cat\ndog\n")
    write_text(tmp_path / "valid" / "_darknet.labels", "cat\ndog\n")
    write_text(tmp_path / "README.roboflow.txt", "0 0.5 0.5 0.5 0.5")
    layout = found(tmp_path)
    assert splits(layout) == {"train": ["train/a", "train/b"], "val": ["valid/c"]}
    assert (layout.format, layout.class_names) == ("YOLO txt beside the pictures", ("cat", "dog"))
    assert f"the class names are those of {os.path.join('train', '_darknet.labels')}" in layout.notes
    assert data_folder.load(tmp_path, "all").problems == ()


@pytest.mark.parametrize("file", ["classes.txt", "labels/classes.txt", "labels/train/classes.txt", "obj.names"])
@pytest.mark.parametrize("folder", ["", "set/"])
def test_class_names_lie_in_the_root_or_among_the_labels(tmp_path, file, folder):
    pictures(tmp_path, f"{folder}images/train/a.jpg")
    labels(tmp_path, f"{folder}labels/train/a.txt", text=BOX.replace("0", "1", 1))
    write_text(tmp_path / folder / file, "cat\r\nbig dog\r\n")
    dataset = data_folder.load(tmp_path)
    assert dataset.class_names == ("cat", "big dog")
    assert dataset.annotations[0].labels.tolist() == [1]
    assert dataset.problems == ()


def test_a_data_yaml_without_splits_gives_the_class_names_as_supervision_writes_it(tmp_path):
    pictures(tmp_path, "images/a.jpg")
    labels(tmp_path, "labels/a.txt")
    write_text(tmp_path / "data.yaml", "names:\n- cat\n- dog\nnc: 2\n")
    assert found(tmp_path).class_names == ("cat", "dog")


def test_class_names_that_grew_while_labeling_are_one_list_and_others_are_refused(tmp_path):
    pictures(tmp_path, "images/train/a.jpg", "images/val/b.jpg")
    labels(tmp_path, "labels/train/a.txt", "labels/val/b.txt")
    write_text(tmp_path / "labels/train/classes.txt", "cat\ndog")
    write_text(tmp_path / "labels/val/classes.txt", "cat\ndog\nbird\n")
    assert found(tmp_path).class_names == ("cat", "dog", "bird")
    write_text(tmp_path / "labels/train/classes.txt", "dog\ncat")
    with pytest.raises(UserError, match=r"val/classes.txt and .*train/classes.txt disagree on the class names"):
        found(tmp_path)


def test_without_class_names_the_numbers_that_occur_are_the_names_in_their_order(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/b.jpg")
    labels(tmp_path, "labels/a.txt", text="10 0.5 0.5 0.25 0.5\n2 0.5 0.5 0.25 0.25\n")
    labels(tmp_path, "labels/b.txt", text="0 0.5 0.5 0.25 0.5\ncat 0.5 0.5 0.25 0.25\n")
    dataset = data_folder.load(tmp_path, "all")
    assert dataset.class_names == ("0", "2", "10", "cat")
    assert [annotation.labels.tolist() for annotation in dataset.annotations] == [[2, 1], [0, 3]]
    assert any("the class numbers are taken for names, 0, 2, 10, cat" in note for note in dataset.notes)


@pytest.mark.parametrize(
    "line", ["images/{}.jpg", "./images/{}.jpg", "{}.jpg", "/content/images/{}.jpg", "{}", r"D:\x\{}.jpg"]
)
def test_lists_in_the_root_are_the_splits_in_their_order(tmp_path, line):
    pictures(tmp_path, *(f"images/{name}.jpg" for name in "abcd"))
    labels(tmp_path, *(f"labels/{name}.txt" for name in "abcd"))
    write_text(tmp_path / "train.txt", "\n".join(line.format(name) for name in "ca"))
    write_text(tmp_path / "val.txt", line.format("b"))
    layout = found(tmp_path)
    assert splits(layout) == {"train": ["c", "a"], "val": ["b"]}
    assert layout.notes[0] == f"train.txt, val.txt in {tmp_path} taken as lists"


def test_lists_name_pictures_of_one_name_by_their_folders(tmp_path):
    pictures(tmp_path, "one/images/a.jpg", "two/images/a.jpg")
    labels(tmp_path, "one/labels/a.txt", "two/labels/a.txt")
    write_text(tmp_path / "train.txt", "./two/images/a.jpg\n")
    write_text(tmp_path / "val.txt", "./one/images/a.jpg\n")
    assert splits(found(tmp_path)) == {"train": ["two/images/a"], "val": ["one/images/a"]}


def test_labels_without_a_picture_and_pictures_without_labels_are_said(tmp_path):
    pictures(tmp_path, "images/train/a.jpg", "images/train/b.jpg", "images/train/c.jpg")
    labels(tmp_path, "labels/train/a.txt", "labels/train/b.txt", "labels/train/lost.txt", "labels/val/gone.txt")
    dataset = data_folder.load(tmp_path, "all")
    assert dataset.problems == (
        "2 annotations left out because no picture has that name: train/lost.txt, val/gone.txt; bring the pictures",
    )
    assert "1 picture without an annotation taken as without objects" in dataset.notes


def test_labels_alone_are_a_set_without_pictures(tmp_path):
    labels(tmp_path, "labels/a.txt", "labels/b.txt")
    with pytest.raises(UserError, match=r"2 annotations left out because no picture has that name: a\.txt, b\.txt"):
        data_folder.load(tmp_path, "all")


@pytest.mark.parametrize(
    ("picture", "label"), [("a.jpg", "a.jpg.txt"), ("A.JPG", "a.txt"), ("deep/a.jpg", "a.txt"), ("a.jpg", "deep/a.txt")]
)
def test_labels_of_nearly_the_same_name_are_paired_and_said(tmp_path, picture, label):
    pictures(tmp_path, f"images/{picture}", "images/z.jpg")
    labels(tmp_path, f"labels/{label}", "labels/z.txt")
    layout = found(tmp_path)
    assert layout.annotations.keys() == layout.pictures.keys()
    assert layout.paired[0].startswith("1 annotation paired with pictures of nearly the same name")


@pytest.mark.parametrize("name", ["test", "classes", "train", "README"])
def test_a_picture_may_be_called_as_a_list_is(tmp_path, name):
    pictures(tmp_path, "images/a.jpg", f"images/{name}.jpg")
    labels(tmp_path, "labels/a.txt")
    if name != "classes":
        labels(tmp_path, f"labels/{name}.txt")
        assert name in found(tmp_path).annotations


@pytest.mark.parametrize("folder", ["images", "."])
def test_labels_may_lie_beside_pictures_or_in_a_folder_below(tmp_path, folder):
    pictures(tmp_path, f"{folder}/a.jpg", f"{folder}/b.jpg")
    labels(tmp_path, f"{folder}/a.txt", f"{folder}/b.txt")
    assert found(tmp_path).annotations.keys() == {"a", "b"}
    (tmp_path / folder / "labels").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / folder / name).rename(tmp_path / folder / "labels" / name)
    assert found(tmp_path).annotations.keys() == {"a", "b"}


def test_the_folder_of_pictures_itself_may_be_given(tmp_path):
    pictures(tmp_path, "images/train/a.jpg")
    labels(tmp_path, "labels/train/a.txt")
    assert [path.name for path in found(tmp_path / "images").annotations.values()] == ["a.txt"]


def test_other_data_are_no_set_of_yolo(tmp_path):
    voc_root(tmp_path / "voc", {"a": xml(("dog", 1, 1, 4, 4))}, {"train": "a"})
    pictures(tmp_path, "captions/a.jpg", "pictures/a.jpg")
    labels(tmp_path, "captions/a.txt", text="a dog in the grass\n")
    for name in ("voc", "captions", "pictures", "gone"):
        assert yolo_folders.find(tmp_path / name) == []
    write_text(tmp_path / "a.json", "{}")
    assert yolo_folders.find(tmp_path / "a.json") == []


def test_captions_among_labels_are_bad_lines(tmp_path):
    pictures(tmp_path, "a.jpg", "b.jpg")
    labels(tmp_path, "a.txt", text="a dog in the grass\n")
    labels(tmp_path, "b.txt")
    assert data_folder.load(tmp_path, "all").problems[:2] == (
        "1 line without a class number and a box, polygon or turned box left out: a.txt:1; correct these",
        "1 picture left out because every object annotated there is lost: a.jpg",
    )


def test_a_picture_with_a_broken_label_link_is_left_out_and_not_taken_as_without_objects(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/b.jpg")
    labels(tmp_path, "labels/b.txt")
    link(tmp_path / "labels" / "a.txt", tmp_path / "gone.txt")
    dataset = data_folder.load(tmp_path, "all")
    assert [annotation.path.name for annotation in dataset.annotations] == ["b.jpg"]
    assert "1 annotation that cannot be read left out: a.txt" in dataset.problems[0]


def test_boxes_are_in_pixels_of_the_picture_whatever_its_height_and_width(tmp_path):
    write_picture(tmp_path / "images" / "a.png", 100, 30)
    write_picture(tmp_path / "images" / "b.png", 7, 500)
    labels(tmp_path, "labels/a.txt", "labels/b.txt", text="0 0.5 0.25 0.2 0.1\n")
    dataset = data_folder.load(tmp_path, "all")
    assert dataset.annotations[0].boxes.tolist() == [[12, 20, 18, 30]]
    assert dataset.annotations[1].boxes[0].tolist() == pytest.approx([200, 1.4, 300, 2.1])
    assert not any("box" in problem for problem in dataset.problems)


@pytest.mark.parametrize("name", ["train", "val", "classes", "labels"])
@pytest.mark.parametrize(("images", "texts"), [(".", "."), ("images", "labels")])
def test_the_label_file_of_a_picture_is_no_list_of_splits_or_classes(tmp_path, name, images, texts):
    pictures(tmp_path, *(f"{images}/{stem}.jpg" for stem in ("bus", "car", name)))
    labels(tmp_path, *(f"{texts}/{stem}.txt" for stem in ("bus", "car")))
    labels(tmp_path, f"{texts}/{name}.txt", text=f"{BOX}1 0.5 0.5 0.25 0.5\n")
    layout = found(tmp_path)
    assert layout.annotations.keys() == layout.pictures.keys() == {"bus", "car", name}
    assert layout.class_names == ("0", "1")
    assert sum(map(len, splits(layout).values())) > 3, "by a hash, with trainval"


def test_lists_beside_a_picture_of_their_name_stay_lists(tmp_path):
    pictures(tmp_path, "a.jpg", "b.jpg", "train.jpg")
    labels(tmp_path, "a.txt", "b.txt")
    write_text(tmp_path / "train.txt", "a.jpg\n")
    write_text(tmp_path / "val.txt", "b.jpg\n")
    write_text(tmp_path / "classes.txt", "dog\n")
    layout = found(tmp_path)
    assert splits(layout) == {"train": ["a"], "val": ["b"]}
    assert (layout.class_names, layout.annotations.keys()) == (("dog",), {"a", "b"})


def test_further_label_files_of_a_picture_are_told(tmp_path):
    pictures(tmp_path, "images/a.jpg", "images/b.jpg", "images/c.jpg")
    labels(tmp_path, "labels/a.txt", "labels/b.txt", "labels/c.txt")
    labels(tmp_path, "labels/a.TXT", text="")
    layout = found(tmp_path)
    assert [path.name for _, path in layout.shadowed] == ["a.TXT"]
    assert {path.name for path in layout.annotations.values()} == {"a.txt", "b.txt", "c.txt"}


@pytest.mark.parametrize("own", [True, False])
def test_labels_beside_the_place_of_linked_pictures_count_if_there_are_no_others(tmp_path, own):
    pictures(tmp_path, "far/images/a.jpg", "far/images/b.jpg")
    labels(tmp_path, "far/labels/a.txt", "far/labels/b.txt", text="")
    (tmp_path / "set").mkdir()
    (tmp_path / "set/images").symlink_to(tmp_path / "far/images")
    labels(tmp_path, *(("set/labels/a.txt", "set/labels/b.txt") if own else ()))
    write_text(tmp_path / "set/data.yaml", "train: images\nnames: [cat]\n")
    layout = found(tmp_path / "set")
    place = tmp_path / ("set" if own else "far") / "labels"
    assert layout.annotations == {"a": place / "a.txt", "b": place / "b.txt"}
    assert (layout.shadowed, splits(layout)) == ((), {"train": ["a", "b"]})


def test_a_number_is_never_the_class_that_is_called_so(tmp_path):
    pictures(tmp_path, "images/a.jpg")
    labels(tmp_path, "labels/a.txt", text="0 0.5 0.5 0.5 0.5\n3 0.5 0.5 0.4 0.5\nbig 0.5 0.5 0.3 0.5\n")
    write_text(tmp_path / "classes.txt", "3\n2\nbig\n")
    written = found(tmp_path).read(found(tmp_path), True)["a"]
    assert written.names == ["3", "big"]
    assert (written.counts, written.lines) == ({"class beyond names": 1}, {"class beyond names": 2})


@pytest.mark.parametrize("name", ["test", "readme"])
def test_a_single_picture_may_be_called_as_a_list_or_a_text_is(tmp_path, name):
    pictures(tmp_path, f"{name}.jpg")
    labels(tmp_path, f"{name}.txt")
    (layout,) = recognize.find(tmp_path)
    assert layout.annotations == {name: tmp_path / f"{name}.txt"}
