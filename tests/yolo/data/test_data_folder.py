"""Data folders of every accepted form, their flaws, and the real ones."""

import unicodedata
from collections import Counter

import numpy as np
import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.data.dataset import Dataset, held_out
from yolo.errors import UserError

CAT = ("cat", 2, 3, 8, 9)


def stems(dataset):
    return [annotation.path.stem for annotation in dataset.annotations]


def test_a_list_is_read_in_its_order_and_labels_index_the_sorted_names(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, CAT), "b": xml(DOG), "c": xml()}, {"train": "c\na\n", "test": "b\n"})
    dataset = data_folder.load(root)
    assert stems(dataset) == ["c", "a"]
    assert dataset.class_names == ("cat", "dog")
    assert dataset.annotations[1].labels.tolist() == [1, 0]
    assert dataset.annotations[1].labels.dtype == np.int32
    assert dataset.annotations[0].boxes.shape == (0, 4)
    assert dataset.problems == ()
    assert data_folder.splits(root) == ("test", "train")


def test_classes_come_from_every_split_so_that_all_agree(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG), "b": xml(CAT)}, {"train": "a", "test": "b"})
    assert data_folder.load(root, "train").class_names == data_folder.load(root, "test").class_names == ("cat", "dog")


def test_given_classes_keep_their_order(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, CAT)}, {"train": "a"})
    dataset = data_folder.load(root, "train", ("dog", "cow", "cat"))
    assert dataset.class_names == ("dog", "cow", "cat")
    assert dataset.annotations[0].labels.tolist() == [0, 2]


def test_a_class_missing_from_the_given_ones_is_named_with_its_file(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, CAT)}, {"train": "a"})
    with pytest.raises(UserError, match=r"a\.xml holds the class 'cat'.*: dog, cow;"):
        data_folder.load(root, "train", ("dog", "cow"))


def test_blank_lines_windows_ends_byte_order_marks_and_class_columns_are_tolerated(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG), "b 1": xml(DOG), "c": xml(DOG)})
    write_text(root / "ImageSets/Main/train.txt", "\ufeffa  1\r\n\r\nb 1 0\r\nc -1\r\na  1\r\n")
    assert stems(data_folder.load(root)) == ["a", "b 1", "c"]


def test_lists_of_single_classes_are_not_shown_but_can_be_asked_for(tmp_path):
    lists = {"train": "a\nb\n", "dog_train": "a  1\nb -1\n"}
    root = voc_root(tmp_path, {"a": xml(DOG), "b": xml(CAT)}, lists)
    assert data_folder.splits(root) == ("train",)
    assert stems(data_folder.load(root, "dog_train")) == ["a", "b"]


def test_an_absent_list_is_refused_with_those_there_are(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a", "test": "a"})
    with pytest.raises(UserError, match="no split 'val': choose from test, train, all"):
        data_folder.load(root, "val")


def test_without_lists_the_split_is_by_hash(tmp_path):
    root = voc_root(tmp_path, {stem: xml(DOG) for stem in ("a", "b", "c", "dog", "äpfel", "scan 7.b")})
    assert stems(data_folder.load(root, "train")) == ["a", "b", "scan 7.b", "äpfel"]
    assert stems(data_folder.load(root, "val")) == ["dog"]
    assert stems(data_folder.load(root, "test")) == ["c"]
    assert len(data_folder.load(root, "all")) == 6


def test_a_list_and_a_file_may_spell_an_accent_differently(tmp_path):
    decomposed = unicodedata.normalize("NFD", "äpfel")
    root = voc_root(tmp_path, {decomposed: xml(DOG)}, {"train": unicodedata.normalize("NFC", "äpfel")})
    assert len(data_folder.load(root)) == 1


@pytest.mark.parametrize("suffix", [".jpg", ".JPG", ".jpeg", ".png", ".bmp", ".webp"])
def test_pictures_are_found_whatever_their_extension(tmp_path, suffix):
    root = voc_root(tmp_path, {"ä b.1": xml(DOG)}, {"train": "ä b.1"}, suffix)
    assert data_folder.load(root).annotations[0].path == root / "JPEGImages" / f"ä b.1{suffix}"


def test_missing_files_and_boxes_without_area_are_counted_and_named(tmp_path):
    flat = ("dog", 5, 5, 4, 9)
    root = voc_root(tmp_path, {"a": xml(DOG, flat, flat), "b": xml(flat)}, {"train": "a\nb\nbare\nx1\nx2\n"})
    write_picture(root / "JPEGImages" / "bare.png")
    write_picture(root / "JPEGImages" / "a.png")
    write_text(root / "Annotations" / "x2.xml", xml(DOG))
    dataset = data_folder.load(root)
    assert stems(dataset) == ["a", "b"]
    assert len(dataset.annotations[1].boxes) == 0
    assert [(found.check, found.count, found.files) for found in dataset.findings] == [
        ("annotation-without-picture", 1, ("x2.xml",)),
        ("listed-without-picture", 1, ("x1",)),
        ("missing-annotation", 1, ("bare.png",)),
        ("box-without-area", 3, ("a.xml", "b.xml")),
        ("same-name", 1, ("a.png",)),
    ]
    assert [problem.partition(" ")[0] for problem in dataset.problems] == ["1", "1", "1", "3", "1"]


def test_many_names_are_cut_short_but_counted(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a\n" + "\n".join(f"x{i}" for i in range(9))})
    (problem,) = data_folder.load(root).problems
    assert problem.startswith("9 ")
    assert problem.endswith(": x0, x1, x2, x3, x4 and 4 more; bring the pictures")


def test_hidden_files_are_not_data(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a"})
    write_text(root / "Annotations" / "._a.xml", "\0not xml")
    assert len(data_folder.load(root, "all")) == 1


def test_the_years_of_a_devkit_are_joined(tmp_path):
    voc_root(tmp_path / "VOC2012", {"a": xml(CAT), "b": xml(DOG)}, {"train": "b"})
    voc_root(tmp_path / "VOC2007", {"a": xml(DOG), "t": xml(DOG)}, {"train": "a", "test": "t"})
    dataset = data_folder.load(tmp_path)
    assert [annotation.path.parts[-3:] for annotation in dataset.annotations] == [
        ("VOC2007", "JPEGImages", "a.jpg"),
        ("VOC2012", "JPEGImages", "b.jpg"),
    ]
    assert dataset.class_names == ("cat", "dog")
    assert stems(data_folder.load(tmp_path, "test")) == ["t"]
    assert len(data_folder.load(tmp_path, "all")) == 4


def test_pictures_and_annotations_may_lie_side_by_side(tmp_path):
    for stem in ("a", "c"):
        write_picture(tmp_path / f"{stem}.png")
        write_text(tmp_path / f"{stem}.xml", xml(DOG))
    assert stems(data_folder.load(tmp_path, "train")) == ["a"]
    assert stems(data_folder.load(tmp_path, "test")) == ["c"]


def test_folders_called_images_and_annotations_are_taken(tmp_path):
    write_picture(tmp_path / "images" / "a.png")
    write_text(tmp_path / "annotations" / "a.xml", xml(DOG))
    assert stems(data_folder.load(tmp_path, "train")) == ["a"]


def test_folders_of_a_devkit_and_of_its_lists_may_be_in_small_letters(tmp_path):
    root = tmp_path / "vocdevkit" / "voc2007"
    for stem in ("a", "b"):
        write_picture(root / "jpegimages" / f"{stem}.jpg")
        write_text(root / "annotations" / f"{stem}.xml", xml(DOG))
    write_text(root / "imagesets" / "main" / "train.txt", "a")
    assert stems(data_folder.load(tmp_path, "train")) == ["a"]


def test_a_missing_or_empty_folder_says_what_is_accepted(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "half" / "JPEGImages").mkdir(parents=True)
    (tmp_path / "half" / "Annotations").mkdir()
    for folder in ("absent", "empty", "half"):
        with pytest.raises(UserError, match=rf"{folder}.*JPEGImages/ and Annotations/") as caught:
            data_folder.load(tmp_path / folder)
        assert "\n" not in str(caught.value)


def test_a_split_without_a_usable_picture_says_why(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "x\n", "val": "\n"})
    with pytest.raises(UserError, match="no picture has that name: x"):
        data_folder.load(root)
    with pytest.raises(UserError, match="it is empty"):
        data_folder.load(root, "val")


def test_annotations_without_any_object_are_refused(tmp_path):
    root = voc_root(tmp_path, {"a": xml()}, {"train": "a"})
    with pytest.raises(UserError, match="no object"):
        data_folder.load(root)


def test_broken_annotations_are_left_out_counted_and_named_with_the_reason(tmp_path):
    broken = {"b": "<annotation>", "c": "", "d": "<html/>"}
    root = voc_root(tmp_path, {"a": xml(DOG)} | broken, {"train": "a\nb\nd\n", "test": "c\na\n"})
    dataset = data_folder.load(root)
    assert stems(dataset) == ["a"]
    (problem,) = dataset.problems
    assert problem.startswith("2 annotations that cannot be read left out: b.xml (no readable XML, ")
    assert problem.endswith("d.xml (no VOC annotation, <html> in the place of <annotation>); repair or remove these")
    assert data_folder.load(root, "test").problems[0].startswith("1 annotation that cannot be read left out: c.xml")


def test_a_folder_without_one_readable_annotation_is_refused_in_one_line(tmp_path):
    root = voc_root(tmp_path, {"a": "<annotation>", "b": ""}, {"train": "a"})
    with pytest.raises(UserError, match=r"none of the annotations in .* can be read: a\.xml .*, b\.xml ") as caught:
        data_folder.load(root)
    assert "\n" not in str(caught.value)


def test_held_out_pictures_are_disjoint_from_the_rest_and_the_same_every_time(tmp_path):
    root = voc_root(tmp_path, {stem: xml(DOG) for stem in ("a", "b", "c", "dog")}, {"train": "dog\na\nc\nb\n"})
    dataset = data_folder.load(root)
    rest, held = held_out(dataset, share=0.25)
    assert (stems(rest), stems(held)) == (["dog", "a", "b"], ["c"])
    assert rest.class_names == held.class_names == ("dog",)
    reordered = Dataset(dataset.annotations[::-1], dataset.class_names, ())
    assert stems(held_out(reordered, share=0.25)[1]) == ["c"]


def test_one_picture_cannot_be_both_trained_and_validated_on(tmp_path):
    with pytest.raises(UserError, match="1 picture"):
        held_out(data_folder.load(voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a"})))


def counted(dataset):
    return Counter(dataset.class_names[label] for a in dataset.annotations for label in a.labels)


def test_bccd_holds_the_cells_its_source_counts_two_of_them_a_pixel_wide_and_high(real_data):
    dataset = data_folder.load(real_data / "bccd", "all")
    assert counted(dataset) == {"RBC": 4155, "WBC": 372, "Platelets": 361}
    assert dataset.problems == dataset.notes == ()
    sizes = np.concatenate([known.boxes[:, 2:] - known.boxes[:, :2] for known in dataset.annotations])
    assert (sizes == 1).all(axis=1).sum() == 2
    sizes = [len(data_folder.load(real_data / "bccd", split)) for split in ("train", "val", "trainval", "test")]
    assert sizes == [205, 87, 292, 72]


def test_fruit300_is_read_although_its_annotations_say_size_zero(real_data):
    dataset = data_folder.load(real_data / "fruit300", "all")
    assert counted(dataset) == {"banana": 209, "apple": 191, "orange": 182}
    assert dataset.problems == ()
    rest, held = held_out(data_folder.load(real_data / "fruit300", "train"))
    assert (len(rest), len(held)) == (216, 24)


def test_voc2012_without_lists_keeps_its_difficult_objects_apart(real_data):
    dataset = data_folder.load(real_data / "voc2012_100", "all")
    assert len(dataset) == 100
    assert len(dataset.class_names) == 20
    assert sum(len(a.boxes) for a in dataset.annotations) == 273
    assert sum(int(a.difficult.sum()) for a in dataset.annotations) == 38
    assert sum(len(data_folder.load(real_data / "voc2012_100", split)) for split in ("train", "val", "test")) == 100


def test_the_names_of_splits_are_told_without_reading_an_annotation(tmp_path, monkeypatch):
    root = voc_root(tmp_path, {"a": xml(DOG), "b": "<annotation>"}, {"train": "a", "val": "b", "dog_train": "a"})
    monkeypatch.setattr(data_folder, "AnnotationFiles", None)
    assert data_folder.splits(root) == ("train", "val")


def test_train_and_val_together_are_trainval_where_no_list_says_so(tmp_path):
    root = voc_root(tmp_path, dict.fromkeys("abcd", xml(DOG)), {"train": "a\nb\n", "val": "c\n", "test": "d\n"})
    assert [known.path.stem for known in data_folder.load(root, "trainval").annotations] == ["a", "b", "c"]
    assert data_folder.splits(root) == ("test", "train", "val")
    write_text(root / "ImageSets" / "Main" / "trainval.txt", "c\na\n")
    assert [known.path.stem for known in data_folder.load(root, "trainval").annotations] == ["c", "a"]


def test_folders_of_splits_have_a_trainval_too(tmp_path):
    for part in ("train", "valid", "test"):
        write_picture(tmp_path / part / f"{part}.jpg")
        write_text(tmp_path / part / f"{part}.xml", xml(DOG))
    assert [known.path.stem for known in data_folder.load(tmp_path, "trainval").annotations] == ["train", "valid"]


def test_pictures_that_opencv_does_not_read_are_named(tmp_path):
    root = voc_root(tmp_path, dict.fromkeys("abcd", xml(DOG)))
    (root / "JPEGImages" / "a.jpg").rename(root / "JPEGImages" / "a.HEIC")  # a JPEG still
    (root / "JPEGImages" / "b.jpg").unlink()
    (root / "JPEGImages" / "b.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    dataset = data_folder.load(root, "all")
    assert [known.path.name for known in dataset.annotations] == ["a.HEIC", "c.jpg", "d.jpg"]
    told = f"OpenCV does not read HEIC: save {root / 'JPEGImages' / 'b.HEIC'} as JPEG"
    assert told in dataset.problems
    for name in ("a.HEIC", "c.jpg", "d.jpg"):
        (root / "JPEGImages" / name).unlink()
    with pytest.raises(UserError, match="OpenCV does not read HEIC"):
        data_folder.load(root, "all")


def test_objects_that_cannot_be_used_are_counted_where_there_are_no_others(tmp_path):
    turned = xml(DOG).replace("bndbox", "robndbox")
    said = r"no object that can be used \(2 objects without a <bndbox> left out\).*; correct or export them again"
    with pytest.raises(UserError, match=said):
        data_folder.load(voc_root(tmp_path, {"a": turned, "b": turned}), "all")


def test_a_class_name_that_is_broken_over_two_lines_is_one(tmp_path):
    root = voc_root(tmp_path, {"a": xml(("traffic\n   light", 1, 1, 9, 9)), "b": xml(("traffic light", 1, 1, 9, 9))})
    assert data_folder.load(root, "all").class_names == ("traffic light",)


def test_a_namespace_changes_nothing(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG).replace("<annotation>", "<annotation xmlns='http://example.org/voc'>")})
    assert data_folder.load(root, "all").annotations[0].boxes.tolist() == [[0, 0, 10, 20]]


def test_pictures_of_one_name_have_their_own_annotations_if_these_name_the_endings(tmp_path):
    for name, box in (("a.jpg", DOG), ("a.png", ("cat", 3, 3, 9, 9))):
        write_picture(tmp_path / "JPEGImages" / name)
        write_text(tmp_path / "Annotations" / f"{name}.xml", xml(box))
    found = data_folder.load(tmp_path, "all")
    assert [(each.path.name, each.boxes.tolist()) for each in found.annotations] == [
        ("a.jpg", [[0, 0, 10, 20]]),
        ("a.png", [[2, 2, 9, 9]]),
    ]


def test_annotations_among_the_pictures_come_after_those_in_their_folder(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)})
    write_picture(root / "JPEGImages/b.jpg")
    write_text(root / "JPEGImages/a.xml", xml(("cat", 3, 3, 9, 9)))
    write_text(root / "JPEGImages/b.xml", xml(("cat", 3, 3, 9, 9)))
    found = data_folder.load(root, "all")
    assert [(each.path.name, each.boxes.tolist()) for each in found.annotations] == [
        ("a.jpg", [[0, 0, 10, 20]]),
        ("b.jpg", [[2, 2, 9, 9]]),
    ]
    assert found.problems == ("1 file left out because another of the same name is used: a.xml",)
