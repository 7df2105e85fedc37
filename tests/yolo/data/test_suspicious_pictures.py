"""The same picture in two splits, and objects too small to be seen."""

import shutil
from pathlib import Path

import numpy as np

from tests.yolo.data.folders import write_picture
from yolo import picture_files
from yolo.data import suspicious_pictures
from yolo.data.dataset import Dataset
from yolo.data.readable_pictures import cleaned
from yolo.structures import Annotation


def known(path, *boxes):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Annotation(path, boxes, np.zeros(len(boxes), np.int32), np.zeros(len(boxes), bool))


def test_the_same_picture_in_two_splits_is_told_by_its_content(tmp_path):
    for i in range(3):
        picture_files.write(tmp_path / f"{i}.png", np.full((9, 9, 3), 50 * i, np.uint8))
    shutil.copy(tmp_path / "0.png", tmp_path / "copy.png")
    shutil.copy(tmp_path / "1.png", tmp_path / "twice.png")
    paths = {"train": ["0", "1", "twice"], "val": ["2"], "test": ["copy"]}
    splits = {
        name: Dataset(tuple(known(tmp_path / f"{stem}.png") for stem in stems), (), ()) for name, stems in paths.items()
    }
    (found,) = suspicious_pictures.in_two_splits(splits)
    sentence = found.sentence()
    assert sentence.startswith("1 picture is in two splits, so that scores flatter: ")
    assert "0.png (train)" in sentence
    assert "copy.png (test)" in sentence
    assert suspicious_pictures.in_two_splits({"train": splits["train"], "val": splits["val"]}) == ()


def test_a_picture_that_two_lists_name_is_told(tmp_path):
    write_picture(tmp_path / "a.png")
    both = Dataset((known(tmp_path / "a.png"),), (), ())
    (found,) = suspicious_pictures.in_two_splits({"train": both, "test": both})
    assert (found.text, found.count) == ("1 picture is in two splits, so that scores flatter", 1)


def test_pictures_of_one_name_in_two_folders_are_told_apart(tmp_path):
    for name in ("val", "test"):
        write_picture(tmp_path / name / "a.png")
    splits = {name: Dataset((known(tmp_path / name / "a.png"),), (), ()) for name in ("val", "test")}
    (found,) = suspicious_pictures.in_two_splits(splits)
    (same,) = found.files
    assert sorted(same.split(" = ")) == ["test/a.png (test)", "val/a.png (val)"]


def test_files_that_vanish_or_cannot_be_read_are_equal_to_none(tmp_path, monkeypatch):
    for name in ("a", "copy", "lost"):
        write_picture(tmp_path / f"{name}.png")
    (tmp_path / "lost.png").unlink()
    splits = {
        "train": Dataset((known(tmp_path / "a.png"), known(tmp_path / "lost.png")), (), ()),
        "test": Dataset((known(tmp_path / "copy.png"), known(tmp_path / "gone.png")), (), ()),
    }
    (found,) = suspicious_pictures.in_two_splits(splits)
    assert found.text.startswith("1 picture is in two splits")

    def read_bytes(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert suspicious_pictures.in_two_splits(splits) == ()


def test_objects_under_a_pixel_at_the_input_size_are_counted_and_named(tmp_path):
    write_picture(tmp_path / "a.png", height=100, width=400)
    write_picture(tmp_path / "b.png", height=10, width=10)
    annotations = [known(tmp_path / "a.png", [0, 0, 3, 50], [0, 0, 50, 50]), known(tmp_path / "b.png", [0, 0, 1, 1])]
    (found,) = suspicious_pictures.under_a_pixel(annotations, (100, 100))  # a quarter: 0.75 pixels
    assert found.text.startswith("1 object is less than a pixel wide or high at the input size 100 x 100")
    assert (found.count, found.files) == (1, ("a.png",))
    assert suspicious_pictures.under_a_pixel(annotations, (400, 400)) == ()
    assert suspicious_pictures.under_a_pixel([], (400, 400)) == ()


def test_pictures_left_out_are_named_with_the_folder_that_tells_them_apart(tmp_path):
    for part in ("one", "two"):
        write_picture(tmp_path / part / "a.png")
    (tmp_path / "two" / "a.png").write_bytes(b"no picture")
    both = Dataset(tuple(known(tmp_path / part / "a.png") for part in ("one", "two")), (), ())
    left, (unreadable,) = cleaned(both, "training")
    assert unreadable.sentence().startswith("1 of 2 training pictures left out because not readable: two/a.png; ")
    assert len(left) == 1
