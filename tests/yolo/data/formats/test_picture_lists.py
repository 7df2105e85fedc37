"""Layouts of files that name many pictures, in the XML of CVAT."""

import pytest

from tests.yolo.data.folders import write_picture, write_text
from tests.yolo.data.formats.test_cvat_xml import DOG, document, image
from yolo.data.formats import cvat_xml
from yolo.errors import UserError


def found(path):
    (layout,) = cvat_xml.find(path)
    return layout


@pytest.mark.parametrize(
    ("listed", "picture", "stem"),
    [
        ("a.jpg", "a.jpg", "a"),
        ("a.jpg", "images/a.jpg", "a"),
        ("day 1/a.jpg", "images/day 1/a.jpg", "a"),
        (r"C:\photos\day 1\a.jpg", "images/day 1/a.jpg", "a"),
        ("photos/a.jpg", "images/a.jpg", "a"),
        ("a.jpg", "images/A.JPG", "A"),
        ("frame_000000", "images/frame_000000.PNG", "frame_000000"),  # a frame of a video has no ending
    ],
)
def test_the_longest_end_of_a_name_that_exists_is_the_picture(tmp_path, listed, picture, stem):
    write_picture(tmp_path / picture)
    write_text(tmp_path / "annotations.xml", document(image(DOG, name=listed)))
    layout = found(tmp_path)
    assert layout.pictures == {stem: tmp_path / picture}
    assert layout.usable == {stem}


@pytest.mark.parametrize("path", ["", "annotations", "annotations/set.xml"])
def test_pictures_beside_the_folder_of_annotations_are_found(tmp_path, path):
    write_picture(tmp_path / "images" / "a.jpg")
    write_text(tmp_path / "annotations" / "set.xml", document(image(DOG)))
    assert found(tmp_path / path).usable == {"a"}


def test_the_names_of_files_are_splits_and_lead_to_their_folders(tmp_path):
    for part in ("train", "val"):
        write_picture(tmp_path / "images" / part / "a.jpg")
        write_text(tmp_path / f"{part}.xml", document(image(DOG.replace("dog", part))))
    layout = found(tmp_path)
    assert layout.splits == {"train": ("train/a",), "val": ("val/a",)}
    assert {stem: one.names for stem, one in layout.read(layout, False).items()} == {
        "train/a": ["train"],
        "val/a": ["val"],
    }


def test_one_file_of_several_has_the_pictures_that_it_names(tmp_path):
    for part, name in (("train", "a"), ("val", "b")):
        write_picture(tmp_path / "images" / f"{name}.jpg")
        write_text(tmp_path / f"{part}.xml", document(image(DOG, name=f"{name}.jpg")))
    layout = found(tmp_path / "val.xml")
    assert layout.splits == {"val": ("b",)}
    assert layout.pictures.keys() == {"b"}
    assert layout.remarks == ("1 picture that no file lists left out: a.jpg",)


def test_without_subsets_pictures_are_split_by_hash(tmp_path):
    for name in "abcde":
        write_picture(tmp_path / f"{name}.jpg")
    images = [image(DOG, name=f"{name}.jpg", more='subset="default"') for name in "abcde"]
    write_text(tmp_path / "default.xml", document(*images))
    splits = found(tmp_path).splits
    assert splits.keys() == {"train", "val", "trainval", "test"}
    assert sum(len(splits[part]) for part in ("train", "val", "test")) == 5


def test_lists_in_the_folder_outdo_subsets(tmp_path):
    for name in "ab":
        write_picture(tmp_path / f"{name}.jpg")
    images = [image(DOG, name=f"{name}.jpg", more='subset="train"') for name in "ab"]
    write_text(tmp_path / "annotations.xml", document(*images))
    write_text(tmp_path / "train.txt", "a\n")
    write_text(tmp_path / "val.txt", "b\n")
    assert found(tmp_path).splits == {"train": ("a",), "val": ("b",)}


def test_pictures_without_a_subset_beside_others_are_told(tmp_path):
    for name in "ab":
        write_picture(tmp_path / f"{name}.jpg")
    write_text(tmp_path / "annotations.xml", document(image(DOG, more='subset="train"'), image(DOG, name="b.jpg")))
    layout = found(tmp_path)
    assert layout.splits == {"train": ("a",)}
    assert layout.remarks == ("1 picture in no split, as the annotations name none for them: b",)


def test_a_name_that_several_files_have_means_none_of_them(tmp_path):
    for place in ("x/a.jpg", "y/a.jpg", "b.jpg"):
        write_picture(tmp_path / place)
    write_text(tmp_path / "annotations.xml", document(image(DOG), image(DOG, name="b.jpg")))
    layout = found(tmp_path)
    assert layout.annotations.keys() == {"b"}
    assert layout.remarks[-1] == "1 picture left out because several files have the name: a.jpg"


def test_of_two_names_for_one_picture_the_longer_one_is_right(tmp_path):
    write_picture(tmp_path / "x" / "a.jpg")
    images = [image(DOG.replace("dog", folder), name=f"{folder}/a.jpg") for folder in "yx"]
    write_text(tmp_path / "annotations.xml", document(*images))
    layout = found(tmp_path)
    assert layout.usable == {"a"}
    assert layout.read(layout, False)["a"].names == ["x"]
    assert layout.annotations.keys() == {"a", "y/a.jpg"}


@pytest.mark.parametrize("endings", [[".jpg"], [".jpg", ".png"]])
def test_a_missing_picture_gives_its_objects_to_no_other_one_of_its_name(tmp_path, endings):
    images = [image(DOG.replace("dog", "cat"), name="a.jpg")]
    for ending in endings:
        write_picture(tmp_path / "cam1" / f"a{ending}")
        images.append(image(DOG, name=f"cam1/a{ending}"))
    write_text(tmp_path / "annotations.xml", document(*images))
    layout = found(tmp_path)
    contents = layout.read(layout, False)
    assert layout.usable == layout.pictures.keys()
    assert [contents[stem].names for stem in layout.pictures] == [["dog"]] * len(endings)
    (absent,) = layout.annotations.keys() - layout.pictures.keys()
    assert contents[absent].names == ["cat"]


def test_pictures_of_two_endings_are_told_apart(tmp_path):
    for name in ("a.jpg", "a.png"):
        write_picture(tmp_path / name)
    images = [image(DOG.replace("dog", name), name=name) for name in ("a.jpg", "a.png")]
    write_text(tmp_path / "annotations.xml", document(*images))
    layout = found(tmp_path)
    assert {stem: one.names for stem, one in layout.read(layout, False).items()} == {
        "a.jpg": ["a.jpg"],
        "a.png": ["a.png"],
    }
    assert [layout.picture_name(stem) for stem in layout.stems] == ["a.jpg", "a.png"]


def test_the_objects_of_a_picture_that_is_listed_twice_are_joined(tmp_path):
    write_picture(tmp_path / "a.jpg")
    line = '<polyline label="dog" points="1,1;9,9"/>'
    write_text(tmp_path / "annotations.xml", document(image(DOG, line), image(DOG, DOG.replace("10.00", "11"), line)))
    layout = found(tmp_path)
    written = layout.read(layout, False)["a"]
    assert written.names == ["dog"] * 3
    assert written.numbers == [10, 20, 40, 35.5, 10, 20, 40, 35.5, 11, 20, 40, 35.5]
    assert written.counts == {"bad object": 2, "twice": 1}


def test_a_set_without_its_pictures_is_refused(tmp_path):
    write_text(tmp_path / "annotations.xml", document(image(DOG), image(DOG, name="b.jpg")))
    with pytest.raises(
        UserError, match=r"none of the 2 pictures in annotations\.xml is in .*: bring a\.jpg, b\.jpg\.$"
    ):
        cvat_xml.find(tmp_path)
