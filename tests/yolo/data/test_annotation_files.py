"""A data set as a whole: where corners are counted from, folders, what is left out."""

import os

import pytest

from tests.yolo.data.folders import DOG, link, voc_root, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.data.picture_sizes import picture_head
from yolo.errors import UserError

CORNER, INSIDE, THIN = ("dog", 0, 0, 8, 8), ("dog", 12, 10, 20, 18), ("dog", 5, 3, 5, 9)


def test_a_set_with_corners_at_0_is_read_as_counted_from_0_in_every_split(tmp_path):
    root = voc_root(tmp_path, {"a": xml(CORNER), "b": xml(INSIDE, THIN)}, {"train": "b", "test": "a"})
    dataset = data_folder.load(root)
    assert dataset.annotations[0].boxes.tolist() == [[12, 10, 20, 18]]
    assert dataset.problems == ("1 box without area left out: b.xml; remove or redraw these",)
    (note,) = dataset.notes
    assert note.startswith("corners are read as counted from 0 (of the left and upper sides of 3 boxes 2 are at 0")


@pytest.mark.parametrize(("asked", "box"), [("auto", [11, 9, 20, 18]), ("1", [11, 9, 20, 18]), ("0", [12, 10, 20, 18])])
def test_without_a_sign_corners_are_counted_from_1_or_as_asked_for(tmp_path, asked, box):
    root = voc_root(tmp_path, {"a": xml(INSIDE)}, {"train": "a"})
    dataset = data_folder.DataFolder(root, corners=asked).load("train")
    assert dataset.annotations[0].boxes.tolist() == [box]
    assert bool(dataset.notes) == (asked == "0")


def test_one_zero_among_many_ones_does_not_turn_a_set_over_but_is_said(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, ("dog", 1, 4, 9, 9), ("dog", 0, 5, 9, 9))}, {"train": "a"})
    dataset = data_folder.load(root)
    assert dataset.annotations[0].boxes[0].tolist() == [0, 0, 10, 20]
    assert "--corners 0" in dataset.notes[0]


def test_fractions_in_most_boxes_are_a_sign_of_edges_counted_from_0_and_in_few_are_not(tmp_path):
    some = ("dog", 2.5, 3.25, 8.5, 9.75)
    most = voc_root(tmp_path / "most", {"a": xml(some, some, INSIDE)}, {"train": "a"})
    assert data_folder.load(most).annotations[0].boxes[0].tolist() == [2.5, 3.25, 8.5, 9.75]
    few = voc_root(tmp_path / "few", {"a": xml(some, INSIDE, INSIDE)}, {"train": "a"})
    assert data_folder.load(few).annotations[0].boxes[0].tolist() == [1.5, 2.25, 8.5, 9.75]


@pytest.mark.parametrize("name", ["bccd", "fruit300", "voc2012_100"])
def test_public_sets_are_read_as_counted_from_1_and_no_size_contradicts(real_data, name):
    dataset = data_folder.load(real_data / name, "all")
    assert not any("corners" in note for note in dataset.notes)
    assert not any("size" in problem for problem in dataset.problems)


def test_a_one_pixel_thin_object_is_kept_where_corners_count_from_1(tmp_path):
    root = voc_root(tmp_path, {"a": xml(THIN)}, {"train": "a"})
    assert data_folder.load(root).annotations[0].boxes.tolist() == [[4, 2, 5, 9]]


def test_objects_without_a_box_are_counted_and_the_rest_of_the_file_is_kept(tmp_path):
    polygon = "<object><name>dog</name><polygon><x1>3</x1></polygon></object></annotation>"
    root = voc_root(tmp_path, {"a": xml(DOG).replace("</annotation>", polygon)}, {"train": "a"})
    assert len(data_folder.load(root).annotations[0].boxes) == 1
    assert data_folder.load(root).problems == ("1 object without a <bndbox> left out: a.xml",)


def test_a_box_drawn_twice_is_told(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, DOG)}, {"train": "a"})
    assert data_folder.load(root).problems == (
        "1 box drawn a second time in the same picture: a.xml; keep one box for each object",
    )


def test_listed_pictures_without_xml_are_left_out_with_the_way_to_keep_them_or_kept(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a\nempty\n"})
    write_picture(root / "JPEGImages" / "empty.png")
    (problem,) = data_folder.load(root).problems
    assert problem.startswith("1 picture without an annotation file left out: empty.png; ")
    assert "--negatives" in problem
    kept = data_folder.DataFolder(root, negatives=True).load("train")
    assert [len(known.boxes) for known in kept.annotations] == [1, 0]
    assert kept.problems == ()
    assert kept.notes == ("1 picture without an annotation taken as without objects",)


def test_what_is_no_regular_file_is_counted_named_and_never_opened(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a"})
    (root / "JPEGImages" / "folder.jpg").mkdir()
    link(root / "Annotations" / "broken.xml", "nowhere.xml")
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "JPEGImages" / "pipe.png")
        assert data_folder.load(root).problems[0].startswith("3 names left out for not being a regular file")
        with pytest.raises(UserError, match=r"pipe\.png: it is no regular file"):
            picture_head(root / "JPEGImages" / "pipe.png")
    assert "folder.jpg" in data_folder.load(root).problems[0]
    assert "broken.xml" in data_folder.load(root).problems[0]


@pytest.mark.parametrize("target", ["itself", "nowhere"])
def test_links_that_lead_nowhere_are_counted_and_named(tmp_path, target):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a"})
    for name in ("JPEGImages/x.jpg", "JPEGImages/sub", "Annotations/x.xml", "Annotations/sub.1"):
        link(root / name, (root / name).name if target == "itself" else target)
    (problem,) = data_folder.load(root).problems
    assert problem.startswith("4 names left out for not being a regular file")
    assert problem.endswith(": sub, x.jpg, sub.1, x.xml")
    link(root / "VOC")  # beside pictures and XML files in one folder, too
    assert len(data_folder.load(root)) == 1


@pytest.mark.parametrize("target", ["Annotations", "nowhere"])
def test_a_folder_of_annotations_that_is_a_link_to_nowhere_is_said_to_be_one(tmp_path, target):
    write_picture(tmp_path / "JPEGImages" / "a.png")
    link(tmp_path / "Annotations", target)
    with pytest.raises(UserError, match="Annotations is a link that leads nowhere, JPEGImages/ holds 1 picture, "):
        data_folder.load(tmp_path)
    write_text(tmp_path / "xml" / "a.xml", xml(DOG))
    assert len(data_folder.load(tmp_path)) == 1


def test_a_list_that_is_a_link_to_itself_cannot_be_read(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a"})
    link(root / "ImageSets" / "Main" / "test.txt")
    (problem,) = data_folder.load(root).problems
    assert problem.startswith("the list 'test' is left out: cannot read the list")
    (root / "ImageSets" / "Main" / "train.txt").unlink()
    link(root / "ImageSets" / "Main" / "train.txt")
    with pytest.raises(UserError, match="cannot read the list"):  # else pictures that are for testing would be taught
        data_folder.load(root)


@pytest.mark.parametrize("target", [None, "nowhere"])
@pytest.mark.parametrize("name", ["ImageSets", "imagesets", "ImageSets/Main", "ImageSets/main", "train.txt"])
def test_links_to_nowhere_in_the_place_of_lists_are_refused(tmp_path, name, target):
    root = voc_root(tmp_path, {"a": xml(DOG), "b": xml(DOG)})
    link(root / name, target)
    with pytest.raises(UserError, match=f"{name}( is a link that leads nowhere|: )"):
        data_folder.splits(root)  # else pictures that are for testing would be taught


def test_folders_below_are_read_and_their_names_tell_pictures_apart(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG), "day1/a": xml(DOG), "day1/x/b": xml(DOG)})
    link(root / "JPEGImages" / "day1" / "round", root / "JPEGImages")
    found = [
        known.path.relative_to(root / "JPEGImages").as_posix() for known in data_folder.load(root, "all").annotations
    ]
    assert found == ["a.jpg", "day1/a.jpg", "day1/x/b.jpg"]


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        ({"Annotations/a.xml": xml(DOG)}, "Annotations/ holds 1 XML file, the pictures are missing; accepted are"),
        (
            {"JPEGImages/a.png": "", "JPEGImages/b.png": ""},
            "JPEGImages/ holds 2 pictures, the annotations are missing; draw boxes with a labeling tool",
        ),
        ({"a.png": ""}, "it holds 1 picture itself, the annotations are missing; draw boxes with a labeling tool"),
        ({"a.png": "", "set.zip": ""}, "the annotations are missing; unpack set.zip first"),
    ],
)
def test_a_folder_that_lacks_a_part_is_answered_with_what_is_there(tmp_path, folders, said):
    for name, text in folders.items():
        write_text(tmp_path / name, text)
    with pytest.raises(UserError) as caught:
        data_folder.load(tmp_path)
    assert said in str(caught.value)


def test_pictures_may_lie_beside_the_folder_of_annotations(tmp_path):
    write_picture(tmp_path / "a.png")
    write_text(tmp_path / "Annotations" / "a.xml", xml(DOG))
    assert len(data_folder.load(tmp_path, "all")) == 1


def test_fewer_classes_may_be_taken_and_the_objects_of_others_are_counted(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, ("cat", 1, 2, 3, 4)), "b": xml(("cow", 2, 2, 9, 9))}, {"train": "a\nb"})
    dataset = data_folder.load(root).only(("dog", "cat"))
    assert dataset.class_names == ("cat", "dog")
    assert [known.labels.tolist() for known in dataset.annotations] == [[1, 0], []]
    assert dataset.problems == ("1 object of classes that are not used left out: cow 1",)
    assert data_folder.load(root).only(("horse",)).class_names == ("cat", "cow", "dog")


def test_classes_that_differ_by_case_or_spelling_are_told(tmp_path):
    root = voc_root(tmp_path, {"a": xml(*((name, 1, 1, 4 + i, 9) for i, name in enumerate(("Car", "car", "bus"))))},
                    {"train": "a"})  # fmt: skip
    (doubt,) = data_folder.load(root).problems
    assert doubt.startswith("1 group of class names that differ only by capitals, ")
    assert ": Car 1 = car 1; where a group is one class, " in doubt


def test_a_picture_of_which_every_object_is_lost_is_not_taught_as_background(tmp_path):
    bad = ("dog", 1, "one", 4, 4)
    files = {"a": xml(bad), "b": xml(bad, DOG), "c": xml(("", 1, 1, 4, 4)), "d": xml(("dog", 9, 9, 2, 2)), "e": xml()}
    dataset = data_folder.load(voc_root(tmp_path, files, {"train": "a\nb\nc\nd\ne\n"}))
    assert [known.path.stem for known in dataset.annotations] == ["b", "d", "e"]
    assert "2 pictures left out because every object annotated there is lost: a.jpg, c.jpg" in dataset.problems


def test_boxes_far_left_of_or_above_the_picture_are_counted_and_named_and_those_outside_left_out(tmp_path):
    boxes = (
        xml(("dog", -9, 1, 8, 8), ("dog", 1, -1, 9, 9)),
        xml(("dog", 3, -2, 8, 8), ("dog", -9, -9, -4, -4)),
        xml(DOG),
    )
    dataset = data_folder.load(voc_root(tmp_path, dict(zip("abc", boxes, strict=True)), {"train": "a\nb\nc\n"}))
    beyond, outside = dataset.problems
    assert beyond.startswith("2 boxes reach more than 2 pixels beyond the picture, cut to it: a.jpg, b.jpg; ")
    assert outside == "1 box outside the picture left out: b.jpg; correct or remove these"
    assert [known.boxes.tolist() for known in dataset.annotations] == [
        [[0, 0, 8, 8], [0, 0, 9, 9]],
        [[2, 0, 8, 8]],
        [[0, 0, 10, 20]],
    ]
