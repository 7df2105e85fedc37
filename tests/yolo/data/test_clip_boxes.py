"""Boxes lie in their pictures once a data set is loaded; whoever scores other annotations is told."""

import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.data.clip_boxes import clip_to_pictures, refuse_outside
from yolo.data.picture_sizes import picture_heads
from yolo.errors import UserError
from yolo.structures import Annotation


def known(path, *boxes):
    """The annotation of a picture, the objects in it of class 0, 1, 2, ..., each second one difficult."""
    numbers = np.arange(len(boxes), dtype=np.int32)
    return Annotation(path, np.array(boxes, np.float32).reshape(-1, 4), numbers, numbers % 2 == 1)


def clipped(*annotations):
    return clip_to_pictures(annotations, picture_heads([each.path for each in annotations]))


def test_boxes_are_clipped_at_each_side_and_those_outside_left_out_with_their_labels(tmp_path):
    write_picture(tmp_path / "ä.png", height=24, width=32)
    inside, over = (2, 3, 4, 5), (-1, -2, 33, 26)
    outside = [(32, 0, 50, 10), (1, 24, 9, 30), (-9, 0, 0, 5), (0, -9, 5, 0)]
    given = known(tmp_path / "ä.png", inside, *outside, over)
    ((found,), _) = clipped(given)
    assert found.boxes.tolist() == [[2, 3, 4, 5], [0, 0, 32, 24]]
    assert found.boxes.dtype == np.float32
    assert found.labels.tolist() == [0, 5]
    assert found.difficult.tolist() == [False, True]
    assert given.boxes.tolist()[-1] == list(over), "what was given stays"


def test_annotations_whose_boxes_lie_inside_are_passed_on_untouched(tmp_path):
    write_picture(tmp_path / "a.png", height=24, width=32)
    given = known(tmp_path / "a.png", (0, 0, 32, 24), (31.5, 23.5, 32, 24))
    ((found,), problems) = clipped(given)
    assert found is given
    assert problems == ()


def test_pictures_without_objects_are_not_measured_and_none_at_all_are_fine(tmp_path):
    given = known(tmp_path / "absent.png")
    assert clip_to_pictures([given], {}) == ((given,), ())
    assert clip_to_pictures([], {}) == ((), ())


def test_what_was_left_out_is_counted_and_named_with_the_folder_that_tells_pictures_apart(tmp_path):
    for part in ("one", "two"):
        write_picture(tmp_path / part / "a.png")  # 32 x 24
    first = known(tmp_path / "one" / "a.png", (0, 0, 9, 9), (90, 90, 99, 99), (32, 0, 40, 9))
    _, problems = clipped(first, known(tmp_path / "two" / "a.png", (0, 0, 9, 9)))
    (outside,) = problems
    assert outside.sentence() == "2 boxes outside the picture left out: one/a.png; correct or remove these"
    assert (outside.check, outside.count, outside.files) == ("box-outside-picture", 2, ("one/a.png",))


def test_boxes_that_reach_more_than_two_pixels_beyond_their_picture_are_counted_and_named(tmp_path):
    write_picture(tmp_path / "a.png")  # 32 x 24
    write_picture(tmp_path / "b.png")
    write_picture(tmp_path / "c.png")
    (first, *_), (said,) = clipped(
        known(tmp_path / "a.png", (0, 0, 34, 26), (20, 2, 35, 20), (1, 1, 5, 5)),
        known(tmp_path / "b.png", (4, 4, 8, 27), (0, 0, 33, 25), (-2, -2, 8, 8)),
        known(tmp_path / "c.png", (-3, 4, 8, 9)),
    )
    assert said.sentence().startswith(
        "3 boxes reach more than 2 pixels beyond the picture, cut to it: a.png, b.png, c.png; check whether"
    )
    assert first.boxes[1].tolist() == [20, 2, 32, 20]


def test_boxes_of_a_picture_that_cannot_be_read_wait_for_it_to_be_left_out(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    given = known(tmp_path / "a.png", (0, 0, 1000, 1000))
    assert clipped(given) == ((given,), ())


def test_a_data_folder_gives_boxes_inside_their_pictures_and_says_so_once(tmp_path):
    objects = xml(DOG, ("dog", 20, 1, 90, 90), ("cat", 33, 1, 40, 9))  # pictures are 32 x 24
    root = voc_root(tmp_path, {"a": objects, "b": xml(DOG)}, {"train": "a\nb", "val": "b"})
    source = data_folder.DataFolder(root)
    train, val = source.load("train"), source.load("val")
    assert [each.boxes.tolist() for each in train.annotations] == [[[0, 0, 10, 20], [19, 0, 32, 24]], [[0, 0, 10, 20]]]
    beyond, outside = train.problems
    assert beyond.startswith("1 box reaches more than 2 pixels beyond the picture, cut to it: a.jpg")
    assert outside == "1 box outside the picture left out: a.jpg; correct or remove these"
    assert val.problems == ()
    assert train.class_names == ("cat", "dog"), "a class is known even where all its boxes lie outside"


def test_a_picture_whose_only_box_lies_outside_is_no_picture_without_objects(tmp_path):
    root = voc_root(
        tmp_path, {"a": xml(("dog", 60, 1, 90, 9)), "b": xml(DOG), "c": xml()}, {"train": "b\nc", "val": "a"}
    )
    folder = data_folder.DataFolder(root)
    found = folder.load("all")
    assert [(each.path.stem, len(each.boxes)) for each in found.annotations] == [("b", 1), ("c", 0)]
    assert found.problems[-1] == "1 picture left out because every object annotated there is lost: a.jpg"
    with pytest.raises(UserError, match=r"'val' .* no usable picture \(1 box outside the picture left out: a\.jpg"):
        folder.load("val")


def test_boxes_turned_with_a_photo_are_clipped_at_the_left_and_the_top_too(tmp_path):
    """Stored 40 x 30 and turned to 30 x 40: what lay below the stored picture lies left of the upright one."""
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "JPEGImages").mkdir()
    for i in range(10):  # one in ten may leave the size that is stated
        Image.new("RGB", (40, 30)).save(tmp_path / "JPEGImages" / f"{i}.png", exif=exif)
        text = xml(("dog", 11, 16, 20, 30 if i else 36))
        size = "<size><width>40</width><height>30</height></size><object>"
        write_text(tmp_path / "Annotations" / f"{i}.xml", text.replace("<object>", size))
    dataset = data_folder.load(tmp_path, "all")
    assert [each.boxes.tolist() for each in dataset.annotations[:2]] == [[[0, 10, 15, 20]]] * 2
    assert dataset.problems[1].startswith("1 box reaches more than 2 pixels beyond the picture, cut to it: 0.png")


@pytest.mark.parametrize(
    "box", [(0, 0, 33, 24), (0, 0, 32, 24.5), (-0.5, 0, 5, 5), (0, -1, 5, 5), (40, 0, 50, 9), (5, 5, 5, 9)]
)
def test_a_box_that_is_not_inside_is_refused_by_name_with_the_way_out(tmp_path, box):
    with pytest.raises(UserError, match=r"bild\.png does not lie in the 32 x 24 pixels .*clip_to_pictures") as refused:
        refuse_outside(known(tmp_path / "bild.png", (0, 0, 9, 9), box), 24, 32)
    assert f"({', '.join(f'{side:g}' for side in box)})" in str(refused.value)


def test_boxes_inside_and_no_boxes_are_not_refused(tmp_path):
    refuse_outside(known(tmp_path / "a.png", (0, 0, 32, 24)), 24, 32)
    refuse_outside(known(tmp_path / "a.png"), 24, 32)


def test_clipping_is_what_refusing_asks_for(tmp_path):
    write_picture(tmp_path / "a.png", height=24, width=32)
    rng = np.random.default_rng(0)
    boxes = rng.uniform(-20, 60, (500, 4))
    ((found,), _) = clipped(known(tmp_path / "a.png", *boxes))
    refuse_outside(found, 24, 32)
    corners = np.clip(boxes, 0, [32, 24, 32, 24])
    assert len(found.boxes) == ((corners[:, 2] > corners[:, 0]) & (corners[:, 3] > corners[:, 1])).sum()
