"""A data set as a whole: sizes held against the pictures, where corners are counted from, folders, what is left out."""

import os

import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data import frames, voc
from yolo.data.load import load_sample
from yolo.data.sizes import picture_head
from yolo.errors import UserError

SIZE = "<size><width>{}</width><height>{}</height><depth>3</depth></size>"


def sized(width, height, *objects):
    return xml(*objects).replace("<annotation>", "<annotation>" + SIZE.format(width, height))


def red_picture(path, box, orientation=1, shrink=1):
    """A grey picture of 160 x 120 with a red rectangle, turned by EXIF or made smaller afterwards."""
    left, top, right, bottom = box
    image = np.full((120, 160, 3), 120, np.uint8)
    image[top:bottom, left:right] = (220, 30, 30)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).resize((160 // shrink, 120 // shrink)).save(path, exif=exif)


def on_their_object(dataset):
    """Whether the pixels in every box are red, and a frame around it is not."""
    for known in dataset.annotations:
        sample = load_sample(known)
        red = (sample.image[..., 0] > 180) & (sample.image[..., 1] < 80)
        for left, top, right, bottom in sample.boxes.round().astype(int):
            if red[top:bottom, left:right].mean() < 0.9 or red.sum() > 1.1 * (bottom - top) * (right - left):
                return False
    return True


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_drawn_on_a_photo_before_its_exif_turn_are_turned_with_it(tmp_path, orientation):
    for i, (x, y) in enumerate([(3, 5), (100, 70)]):
        red_picture(tmp_path / "JPEGImages" / f"{i}.png", (x, y, x + 40, y + 20), orientation)
        write_text(tmp_path / "Annotations" / f"{i}.xml", sized(160, 120, ("red", x + 1, y + 1, x + 40, y + 20)))
    dataset = voc.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("2 annotations of the size before the EXIF turn of the picture, boxes turned")
    assert dataset.problems[0].endswith(": 0.xml, 1.xml")


def test_boxes_drawn_upright_are_left_as_they_are(tmp_path):
    red_picture(tmp_path / "JPEGImages" / "0.png", (3, 5, 43, 25), 6)
    write_text(tmp_path / "Annotations" / "0.xml", sized(120, 160, ("red", 96, 4, 115, 43)))
    dataset = voc.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert not any("size" in problem for problem in dataset.problems)


def test_a_tool_that_states_the_stored_size_but_draws_upright_is_told_of_and_not_corrected(tmp_path):
    for i in range(3):  # boxes below the 120 rows that are stated, but in the 160 of the upright picture
        red_picture(tmp_path / "JPEGImages" / f"{i}.png", (130, 5, 150, 25), 6)
        write_text(tmp_path / "Annotations" / f"{i}.xml", sized(160, 120, ("red", 96, 131, 115, 150)))
    dataset = voc.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("3 annotations of another size than the picture's, boxes left as they are")


def test_boxes_drawn_before_the_pictures_were_made_smaller_are_scaled(tmp_path):
    red_picture(tmp_path / "JPEGImages" / "0.png", (100, 60, 140, 100), shrink=2)
    write_text(tmp_path / "Annotations" / "0.xml", sized(160, 120, ("red", 101, 61, 140, 100)))
    dataset = voc.load(tmp_path, "all")
    assert dataset.annotations[0].boxes.tolist() == [[50, 30, 70, 50]]
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("1 annotation of another size than the picture's by one factor, boxes scaled")


def test_another_size_is_told_with_number_and_names_and_boxes_stay(tmp_path):
    root = voc_root(tmp_path, {"a": sized(500, 333, DOG), "b": sized(24, 32, DOG), "c": sized(32, 24, DOG)})
    dataset = voc.load(root, "all")  # pictures of 32 x 24, without EXIF
    assert all(known.boxes.tolist() == [[0, 0, 10, 20]] for known in dataset.annotations)
    assert dataset.problems[0].startswith("2 annotations of another size than the picture's, boxes left as they are")
    assert dataset.problems[0].endswith(": a.xml, b.xml")


@pytest.mark.parametrize("size", [(0, 0), (33, 25), (31, 24), (32, 23)])
def test_no_size_and_a_pixel_more_or_less_are_no_contradiction(tmp_path, size):
    root = voc_root(tmp_path, {"a": sized(*size, DOG)}, {"train": "a"})
    assert voc.load(root).problems == ()
    assert voc.load(root).annotations[0].boxes.tolist() == [[0, 0, 10, 20]]


@pytest.mark.parametrize(
    ("stated", "head", "kind"),
    [
        ((640, 480), [480, 640, 1], frames.SAME),
        ((640, 480), [640, 480, 6], frames.TURNED),
        ((640, 480), [640, 480, 3], frames.UNLIKE),
        ((4000, 3000), [400, 300, 8], frames.TURNED),  # made smaller, too
        ((4000, 3000), [312, 416, 1], frames.SCALED),
        ((500, 333), [277, 416, 1], frames.SCALED),  # 277.06
        ((500, 333), [375, 500, 1], frames.UNLIKE),
    ],
)
def test_two_sizes_go_together_in_one_of_four_ways(stated, head, kind):
    assert frames.relation(stated, head) == kind


CORNER, INSIDE, THIN = ("dog", 0, 0, 8, 8), ("dog", 12, 10, 20, 18), ("dog", 5, 3, 5, 9)


def test_a_set_with_corners_at_0_is_read_as_counted_from_0_in_every_split(tmp_path):
    root = voc_root(tmp_path, {"a": xml(CORNER), "b": xml(INSIDE, THIN)}, {"train": "b", "test": "a"})
    dataset = voc.load(root)
    assert dataset.annotations[0].boxes.tolist() == [[12, 10, 20, 18]]
    assert dataset.problems == ("1 box without area left out: b.xml",)
    (note,) = dataset.notes
    assert note.startswith("corners are read as counted from 0 (of the left and upper sides of 3 boxes 2 are at 0")


@pytest.mark.parametrize(("asked", "box"), [("auto", [11, 9, 20, 18]), ("1", [11, 9, 20, 18]), ("0", [12, 10, 20, 18])])
def test_without_a_sign_corners_are_counted_from_1_or_as_asked_for(tmp_path, asked, box):
    root = voc_root(tmp_path, {"a": xml(INSIDE)}, {"train": "a"})
    dataset = voc.Source(root, corners=asked).load("train")
    assert dataset.annotations[0].boxes.tolist() == [box]
    assert bool(dataset.notes) == (asked == "0")


def test_one_zero_among_many_ones_does_not_turn_a_set_over_but_is_said(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, ("dog", 1, 4, 9, 9), ("dog", 0, 5, 9, 9))}, {"train": "a"})
    dataset = voc.load(root)
    assert dataset.annotations[0].boxes[0].tolist() == [0, 0, 10, 20]
    assert "--corners 0" in dataset.notes[0]


def test_fractions_in_most_boxes_are_a_sign_of_edges_counted_from_0_and_in_few_are_not(tmp_path):
    some = ("dog", 2.5, 3.25, 8.5, 9.75)
    most = voc_root(tmp_path / "most", {"a": xml(some, some, INSIDE)}, {"train": "a"})
    assert voc.load(most).annotations[0].boxes[0].tolist() == [2.5, 3.25, 8.5, 9.75]
    few = voc_root(tmp_path / "few", {"a": xml(some, INSIDE, INSIDE)}, {"train": "a"})
    assert voc.load(few).annotations[0].boxes[0].tolist() == [1.5, 2.25, 8.5, 9.75]


@pytest.mark.parametrize("name", ["bccd", "fruit300", "voc2012_100"])
def test_public_sets_are_read_as_counted_from_1_and_no_size_contradicts(data_folder, name):
    dataset = voc.load(data_folder / name, "all")
    assert not any("corners" in note for note in dataset.notes)
    assert not any("size" in problem for problem in dataset.problems)


def test_a_one_pixel_thin_object_is_kept_where_corners_count_from_1(tmp_path):
    root = voc_root(tmp_path, {"a": xml(THIN)}, {"train": "a"})
    assert voc.load(root).annotations[0].boxes.tolist() == [[4, 2, 5, 9]]


def test_objects_without_a_box_are_counted_and_the_rest_of_the_file_is_kept(tmp_path):
    polygon = "<object><name>dog</name><polygon><x1>3</x1></polygon></object></annotation>"
    root = voc_root(tmp_path, {"a": xml(DOG).replace("</annotation>", polygon)}, {"train": "a"})
    assert len(voc.load(root).annotations[0].boxes) == 1
    assert voc.load(root).problems == ("1 object without a <bndbox> left out: a.xml",)


def test_a_box_drawn_twice_is_told(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, DOG)}, {"train": "a"})
    assert voc.load(root).problems == ("1 box drawn a second time in the same picture: a.xml",)


def test_listed_pictures_without_xml_are_left_out_with_the_way_to_keep_them_or_kept(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a\nempty\n"})
    write_picture(root / "JPEGImages" / "empty.png")
    (problem,) = voc.load(root).problems
    assert problem.startswith("1 picture left out for want of an annotation file")
    assert "--negatives" in problem
    kept = voc.Source(root, negatives=True).load("train")
    assert [len(known.boxes) for known in kept.annotations] == [1, 0]
    assert kept.problems == ()
    assert kept.notes == ("1 picture without an annotation file taken as without objects",)


def test_what_is_no_regular_file_is_counted_named_and_never_opened(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a"})
    (root / "JPEGImages" / "folder.jpg").mkdir()
    (root / "Annotations" / "broken.xml").symlink_to("nowhere.xml")
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "JPEGImages" / "pipe.png")
        assert voc.load(root).problems[0].startswith("3 names left out for not being a regular file")
        with pytest.raises(UserError, match=r"pipe\.png: it is no regular file"):
            picture_head(root / "JPEGImages" / "pipe.png")
    assert "folder.jpg" in voc.load(root).problems[0]
    assert "broken.xml" in voc.load(root).problems[0]


def test_folders_below_are_read_and_their_names_tell_pictures_apart(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG), "day1/a": xml(DOG), "day1/x/b": xml(DOG)})
    (root / "JPEGImages" / "day1" / "round").symlink_to(root / "JPEGImages", target_is_directory=True)
    found = [known.path.relative_to(root / "JPEGImages").as_posix() for known in voc.load(root, "all").annotations]
    assert found == ["a.jpg", "day1/a.jpg", "day1/x/b.jpg"]


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        ({"Annotations/a.xml": xml(DOG)}, "Annotations/ holds 1 XML file, JPEGImages/ is missing"),
        ({"JPEGImages/a.png": "", "JPEGImages/b.png": ""}, "JPEGImages/ holds 2 pictures, Annotations/ is missing"),
        ({"a.png": ""}, "it holds 1 picture itself, Annotations/ is missing"),
    ],
)
def test_a_folder_that_lacks_a_part_is_answered_with_what_is_there(tmp_path, folders, said):
    for name, text in folders.items():
        write_text(tmp_path / name, text)
    with pytest.raises(UserError) as caught:
        voc.load(tmp_path)
    assert said in str(caught.value)


def test_pictures_may_lie_beside_the_folder_of_annotations(tmp_path):
    write_picture(tmp_path / "a.png")
    write_text(tmp_path / "Annotations" / "a.xml", xml(DOG))
    assert len(voc.load(tmp_path, "all")) == 1


def test_fewer_classes_may_be_taken_and_the_objects_of_others_are_counted(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG, ("cat", 1, 2, 3, 4)), "b": xml(("cow", 2, 2, 9, 9))}, {"train": "a\nb"})
    dataset = voc.load(root).only(("dog", "cat"))
    assert dataset.class_names == ("cat", "dog")
    assert [known.labels.tolist() for known in dataset.annotations] == [[1, 0], []]
    assert dataset.problems == ("1 object of classes that are not asked for left out: cow 1",)
    assert voc.load(root).only(("horse",)).class_names == ("cat", "cow", "dog")


def test_classes_that_differ_by_case_or_spelling_are_told(tmp_path):
    root = voc_root(tmp_path, {"a": xml(*((name, 1, 1, 4 + i, 9) for i, name in enumerate(("Car", "car", "bus"))))},
                    {"train": "a"})  # fmt: skip
    (doubt,) = voc.load(root).problems
    assert doubt.startswith("classes 'Car' (1 object) and 'car' (1 object) differ only by case or spelling")


def test_a_picture_of_which_every_object_is_lost_is_not_taught_as_background(tmp_path):
    bad = ("dog", 1, "one", 4, 4)
    files = {"a": xml(bad), "b": xml(bad, DOG), "c": xml(("", 1, 1, 4, 4)), "d": xml(("dog", 9, 9, 2, 2)), "e": xml()}
    dataset = voc.load(voc_root(tmp_path, files, {"train": "a\nb\nc\nd\ne\n"}))
    assert [known.path.stem for known in dataset.annotations] == ["b", "d", "e"]
    assert "2 pictures left out because every object annotated there is lost: a.jpg, c.jpg" in dataset.problems


def test_boxes_that_begin_far_left_of_or_above_the_picture_are_counted_and_named(tmp_path):
    boxes = (
        xml(("dog", -9, 1, 8, 8), ("dog", 1, -1, 9, 9)),
        xml(("dog", 3, -2, 8, 8), ("dog", -9, -9, -4, -4)),
        xml(DOG),
    )
    dataset = voc.load(voc_root(tmp_path, dict(zip("abc", boxes, strict=True)), {"train": "a\nb\nc\n"}))
    said = "2 boxes more than 2 pixels beyond the left or upper side of the picture, cut to it: a.xml, b.xml"
    assert said in dataset.problems
