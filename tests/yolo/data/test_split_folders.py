"""Folders called train, val and test, and what lies beside them."""

import pytest

from tests.yolo.data.folders import DOG, link, voc_root, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.errors import UserError

TAKEN = "folders taken as the splits {}"
UNUSED = "{} in no split, beside the folders of the splits: {}; move them into one of these to use them"


def export(root, numbers, form="{0}/{1}"):
    """An export of labelling tools: folder -> number of its annotated pictures, `form` saying where files lie."""
    for folder, number in numbers.items():
        for i in range(number):
            write_picture(root / form.format(folder, "images") / f"{folder}{i}.png")
            write_text(root / form.format(folder, "annotations") / f"{folder}{i}.xml", xml(DOG))
    return root


def stems(dataset):
    return [known.path.stem for known in dataset.annotations]


def test_one_folder_for_each_split_is_taken_and_valid_is_val(tmp_path):
    for folder, stem in (("train", "c"), ("valid", "a"), ("test", "b")):
        write_picture(tmp_path / folder / f"{stem}.jpg")
        write_text(tmp_path / folder / f"{stem}.xml", xml(DOG))
    assert data_folder.splits(tmp_path) == ("test", "train", "val")
    assert stems(data_folder.load(tmp_path, "train")) == ["c"]
    assert stems(data_folder.load(tmp_path, "val")) == ["a"]


def test_folders_of_splits_are_spelled_as_lists_are(tmp_path):
    for folder, stem in (("Training", "c"), ("validation", "a"), ("testing", "b")):
        write_picture(tmp_path / folder / f"{stem}.jpg")
        write_text(tmp_path / folder / f"{stem}.xml", xml(DOG))
    assert data_folder.splits(tmp_path) == ("test", "train", "val")


@pytest.mark.parametrize("folder", ["annotations/{part}/", "annotations/"])
def test_folders_of_the_names_of_splits_within_the_pictures_are_the_splits(tmp_path, folder):
    for part, numbers in {"train": range(3), "valid": (3,)}.items():
        for i in numbers:
            write_picture(tmp_path / "images" / part / f"{i}.png")
            write_text(tmp_path / folder.format(part=part) / f"{i}.xml", xml(DOG))
    source = data_folder.DataFolder(tmp_path)
    assert source.splits == ("train", "val")
    assert [known.path.stem for known in source.load("train").annotations] == ["0", "1", "2"]
    assert [known.path.stem for known in source.load("val").annotations] == ["3"]
    assert "folders taken as the splits train 3, val 1" in source.load("train").notes
    write_picture(tmp_path / "images" / "more" / "4.png")
    write_text(tmp_path / folder.format(part="more") / "4.xml", xml(DOG))
    write_text(tmp_path / "annotations" / "project.xml", "<project/>")
    assert len(data_folder.load(tmp_path)) == 3
    assert UNUSED.format("1 annotated picture is", "more/ 1") in data_folder.load(tmp_path).problems


SIDE_BY_SIDE, APART, BELOW = "{0}", "{0}/{1}", "{0}/day1"
FORMS = [SIDE_BY_SIDE, APART, BELOW, "{1}/{0}"]


@pytest.mark.parametrize("form", [SIDE_BY_SIDE, APART, BELOW])
def test_annotated_pictures_beside_the_folders_of_the_splits_are_counted_and_named(tmp_path, form):
    export(tmp_path, {"train": 3, "train_2": 2, "valid": 1, "test": 1, "zoo": 1}, form)
    dataset = data_folder.load(tmp_path)
    assert stems(dataset) == ["train0", "train1", "train2"]
    assert dataset.problems == (UNUSED.format("3 annotated pictures are", "train_2/ 2, zoo/ 1"),)
    assert stems(data_folder.load(tmp_path, "test")) == ["test0"]
    assert len(data_folder.load(tmp_path, "all")) == 8
    assert data_folder.splits(tmp_path) == ("test", "train", "val")


@pytest.mark.parametrize("form", [SIDE_BY_SIDE, APART, BELOW])
@pytest.mark.parametrize("stray", ["project.xml", "cover.png", "cover.png and project.xml"])
def test_a_stray_file_in_the_root_leaves_the_split_of_the_folders(tmp_path, form, stray):
    export(tmp_path, {"train": 3, "valid": 2, "test": 2}, form)
    for name in stray.split(" and "):
        (write_text if name.endswith("xml") else write_picture)(tmp_path / name, *["<project/>"] * name.endswith("xml"))
    dataset = data_folder.load(tmp_path)
    assert [len(data_folder.load(tmp_path, name)) for name in ("train", "val", "test", "all")] == [3, 2, 2, 7]
    assert dataset.problems == ()
    said = ("1 annotation file beside the folders of the splits left out: project.xml",)
    assert dataset.notes == (TAKEN.format("train 3, val 2, test 2"), *(said if "project.xml" in stray else ()))


def test_annotated_pictures_in_the_root_are_in_no_split_either(tmp_path):
    export(tmp_path, {"train": 3, "test": 2}, SIDE_BY_SIDE)
    write_picture(tmp_path / "a.png")
    write_text(tmp_path / "a.xml", xml(DOG))
    dataset = data_folder.load(tmp_path)
    assert len(dataset) == 3
    assert dataset.problems == (UNUSED.format("1 annotated picture is", "the folder itself 1"),)


def test_folders_of_pictures_without_annotations_and_of_other_things_are_passed_over(tmp_path):
    export(tmp_path, {"train": 3, "test": 2}, SIDE_BY_SIDE)
    write_picture(tmp_path / "previews" / "p.png")
    write_text(tmp_path / "docs" / "d.xml", "<project/>")
    write_text(tmp_path / "data.yaml", "")
    assert data_folder.load(tmp_path).problems == ()
    assert data_folder.load(tmp_path).notes == (TAKEN.format("train 3, test 2"),)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("beside", [{"train_old": 1}, {"bus": 4, "car": 2}])
def test_a_folder_called_train_is_a_split_and_what_lies_beside_it_is_named_as_in_none(tmp_path, form, beside):
    export(tmp_path, {"train": 4, **beside}, form)
    dataset = data_folder.load(tmp_path)
    assert stems(dataset) == ["train0", "train1", "train2", "train3"]
    assert data_folder.splits(tmp_path) == ("train",)
    assert dataset.notes == (TAKEN.format("train 4"),)
    (said,) = dataset.problems
    assert said.endswith("to use them, or rename 'train' if it stands for no split")
    assert all(f"{folder}/ {number}" in said for folder, number in beside.items())
    assert len(data_folder.load(tmp_path, "all")) == 4 + sum(beside.values())


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_folder_of_a_split_is_told_and_is_none(tmp_path, form):
    export(tmp_path, {"train": 4, "zoo": 1}, form)
    (tmp_path / form.format("valid", "images")).mkdir(parents=True)
    dataset = data_folder.load(tmp_path)
    assert (data_folder.splits(tmp_path), len(dataset)) == (("train",), 4)
    assert dataset.notes == (TAKEN.format("train 4"), "no annotated picture in the folder of 'val'")
    assert dataset.problems == (UNUSED.format("1 annotated picture is", "zoo/ 1"),)


@pytest.mark.parametrize("form", FORMS)
def test_what_lies_beside_an_empty_folder_for_training_is_not_taught(tmp_path, form):
    export(tmp_path, {"test": 4, "zoo": 1}, form)
    (tmp_path / form.format("train", "images")).mkdir(parents=True)
    with pytest.raises(UserError, match=r"split 'train' of .* holds no usable picture \((it is empty|.* zoo/ 1; move)"):
        data_folder.load(tmp_path)
    assert data_folder.load(tmp_path, "test").problems == (UNUSED.format("1 annotated picture is", "zoo/ 1"),)


@pytest.mark.parametrize("form", FORMS)
def test_pictures_for_testing_that_are_not_annotated_are_no_split(tmp_path, form):
    export(tmp_path, {"train": 4}, form)
    write_picture(tmp_path / form.format("test", "images") / "x.png")
    assert data_folder.splits(tmp_path) == ("train",)
    assert data_folder.load(tmp_path).notes == (TAKEN.format("train 4"), "no annotated picture in the folder of 'test'")
    assert "1 picture without an annotation file left out: test/" in data_folder.load(tmp_path, "all").problems[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_for_testing_alone_is_never_taught(tmp_path, form):
    export(tmp_path, {"test": 4}, form)
    assert data_folder.splits(tmp_path) == ("test",)
    assert len(data_folder.load(tmp_path, "test")) == 4


@pytest.mark.parametrize("form", FORMS)
def test_what_lies_beside_a_folder_for_testing_alone_is_for_training(tmp_path, form):
    export(tmp_path, {"pictures": 3, "test": 2}, form)
    dataset = data_folder.load(tmp_path)
    assert stems(dataset) == ["pictures0", "pictures1", "pictures2"]
    assert stems(data_folder.load(tmp_path, "test")) == ["test0", "test1"]
    assert dataset.notes == (TAKEN.format("test 2"), "no folder 'train': train 3, all that are not in 'test'")


@pytest.mark.parametrize("name", ["train.txt", "ImageSets/Main/train.txt", "ImageSets/test.txt"])
def test_lists_beside_folders_of_splits_are_named_as_not_used(tmp_path, name):
    export(tmp_path, {"train": 3, "val": 2}, SIDE_BY_SIDE)
    write_text(tmp_path / name, "train0\n")
    dataset = data_folder.load(tmp_path)
    assert (len(dataset), data_folder.splits(tmp_path)) == (3, ("train", "val"))
    (said,) = dataset.problems
    assert said.startswith(f"1 list not used because folders are taken as the splits: {name}; remove it, or put all")


def test_a_folder_of_a_split_that_has_no_list_is_told_where_lists_are_taken(tmp_path):
    export(tmp_path, {"train": 3, "val": 2}, "{1}/{0}")
    write_text(tmp_path / "ImageSets" / "Main" / "train.txt", "train0\ntrain1\n")
    said = "lists are taken as the splits, and none is called 'val': write one to use the folder of that name"
    assert data_folder.load(tmp_path).notes == (said,)
    write_text(tmp_path / "ImageSets" / "Main" / "val.txt", "val0\n")
    assert data_folder.load(tmp_path).notes == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_for_training_that_is_a_broken_link_is_not_taken_as_absent(tmp_path, form):
    export(tmp_path, {"val": 4, "zoo": 2}, form)
    link(tmp_path / form.format("train", "images").removesuffix("/day1"))
    with pytest.raises(UserError, match="split 'train' of"):
        data_folder.load(tmp_path)


def test_annotated_pictures_beside_the_folders_that_are_used_are_counted_and_named(tmp_path):
    voc_root(tmp_path, {stem: xml(DOG) for stem in "abc"}, {"train": "a\nb\n", "val": "c\n"})
    export(tmp_path, {"train": 3, "more": 1}, SIDE_BY_SIDE)
    export(tmp_path, {"val": 2}, APART)
    write_picture(tmp_path / "d.png")
    write_text(tmp_path / "d.xml", xml(DOG))
    write_picture(tmp_path / "SegmentationClass" / "a.png")
    dataset = data_folder.load(tmp_path)
    assert stems(dataset) == ["a", "b"]
    said = "the folder itself 1, more/ 1, train/ 3, val/ 2; move them into these to use them"
    assert dataset.problems == (f"7 annotated pictures beside Annotations/ and JPEGImages/ left out: {said}",)


def test_annotated_pictures_beside_the_years_of_a_devkit_are_counted_and_named(tmp_path):
    voc_root(tmp_path / "VOC2007", {"a": xml(DOG)}, {"train": "a"})
    export(tmp_path, {"extra": 2}, SIDE_BY_SIDE)
    (said,) = data_folder.load(tmp_path).problems
    assert said == "2 annotated pictures beside VOC2007/ left out: extra/ 2; move them into these to use them"


def test_a_folder_for_testing_beside_pictures_in_the_root_itself_is_not_taught(tmp_path):
    export(tmp_path, {"test": 2}, SIDE_BY_SIDE)
    for i in range(3):
        write_picture(tmp_path / f"{i}.png")
        write_text(tmp_path / f"{i}.xml", xml(DOG))
    assert stems(data_folder.load(tmp_path)) == ["0", "1", "2"]
    assert stems(data_folder.load(tmp_path, "test")) == ["test0", "test1"]
