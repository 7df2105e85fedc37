"""The checks that training makes as well: of annotations alone, without measured pictures."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.yolo.data.folders import write_picture
from yolo import picture_files
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.checks.duplicates import same_objects
from yolo.data.dataset import Dataset
from yolo.structures import Annotation


def known(path, *boxes):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Annotation(path, boxes, np.zeros(len(boxes), np.int32), np.zeros(len(boxes), bool))


def findings(check, splits, size=(416, 416)):
    """What a check finds in splits: name -> annotations."""
    unique = {annotation.path: annotation for annotations in splits.values() for annotation in annotations}
    data = CheckedData(Dataset(tuple(unique.values()), ("dog",), ()), splits, size)
    return list(table.findings(data, [check]))


def in_two_splits(**splits):
    return findings("same-picture-in-splits", splits)


def test_the_same_picture_in_two_splits_is_told_by_its_content(tmp_path):
    for i in range(3):
        picture_files.write(tmp_path / f"{i}.png", np.full((9, 9, 3), 50 * i, np.uint8))
    shutil.copy(tmp_path / "0.png", tmp_path / "copy.png")
    shutil.copy(tmp_path / "1.png", tmp_path / "twice.png")
    train, val, test = (
        [known(tmp_path / f"{stem}.png") for stem in stems] for stems in (("0", "1", "twice"), ("2",), ("copy",))
    )
    (found,) = in_two_splits(train=train, val=val, test=test)
    assert (found.count, found.files, found.level) == (1, ("0.png", "copy.png"), "warning")
    assert found.names == ("0.png (train) = copy.png (test)",)
    assert in_two_splits(train=train, val=val) == []


def test_a_picture_that_two_lists_name_is_told_and_training_cannot_use_it_for_validation(tmp_path):
    write_picture(tmp_path / "a.png")
    both = [known(tmp_path / "a.png")]
    (found,) = in_two_splits(train=both, test=both)
    assert (found.count, found.level) == (1, "warning")
    (found,) = in_two_splits(train=both, val=both)
    assert (found.level, found.names) == ("unusable", ("a.png (train, val)",))
    assert found.text.endswith(", as train and val name the same pictures")
    assert found.advice.endswith("or train with --val-split none")
    write_picture(tmp_path / "b.png", height=9)
    (found,) = in_two_splits(train=[*both, known(tmp_path / "b.png")], val=both)
    assert found.text == "1 picture in more than one split, so that scores flatter"


def test_pictures_of_one_name_in_two_folders_are_told_apart(tmp_path):
    for name in ("val", "test"):
        write_picture(tmp_path / name / "a.png")
    (found,) = in_two_splits(**{name: [known(tmp_path / name / "a.png")] for name in ("val", "test")})
    assert sorted(found.names[0].split(" = ")) == ["test/a.png (test)", "val/a.png (val)"]


def test_files_that_vanish_or_cannot_be_read_are_equal_to_none(tmp_path, monkeypatch):
    for name in ("a", "copy", "lost"):
        write_picture(tmp_path / f"{name}.png")
    (tmp_path / "lost.png").unlink()
    train = [known(tmp_path / "a.png"), known(tmp_path / "lost.png")]
    test = [known(tmp_path / "copy.png"), known(tmp_path / "gone.png")]
    assert [found.count for found in in_two_splits(train=train, test=test)] == [1]

    def read_bytes(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert in_two_splits(train=train, test=test) == []


def test_objects_under_a_pixel_at_the_input_size_are_counted_and_named(tmp_path):
    write_picture(tmp_path / "a.png", height=100, width=400)
    write_picture(tmp_path / "b.png", height=10, width=10)
    train = [known(tmp_path / "a.png", [0, 0, 3, 50], [0, 0, 50, 50]), known(tmp_path / "b.png", [0, 0, 1, 1])]
    (found,) = findings("object-under-a-pixel", {"train": train}, (100, 100))  # a quarter: 0.75 pixels
    assert found.text.startswith("1 object less than a pixel wide or high at the input size 100 x 100")
    assert (found.count, found.files, found.names) == (1, ("a.png",), ("a.png (dog at 0 0 3 50)",))
    assert findings("object-under-a-pixel", {"train": train}, (400, 400)) == []


def test_the_checks_of_training_need_no_measured_pictures(tmp_path):
    write_picture(tmp_path / "a.png")
    splits = {"train": [known(tmp_path / "a.png", [0, 0, 9, 9])], "val": [known(tmp_path / "gone.png")]}
    assert [found.check for check in table.TRAINING for found in findings(check, splits)] == ["split-of-few-pictures"]


@pytest.mark.parametrize(("shift", "same"), [(0.4, True), (0.6, False)])
def test_the_same_objects_lie_less_than_half_a_pixel_apart(shift, same):
    one = known(Path("a.png"), [1, 2, 30, 40], [5, 2, 30, 40])
    other = known(Path("b.png"), [5 + shift, 2, 30, 40], [1, 2, 30, 40 - shift])
    assert same_objects(one, other) == same_objects(other, one) == same


def test_objects_of_another_class_or_mark_or_number_are_not_the_same():
    one = known(Path("a.png"), [1, 2, 30, 40], [5, 2, 30, 40])
    assert same_objects(one, one)
    assert not same_objects(one, replace(one, labels=np.array([0, 1], np.int32)))
    assert not same_objects(one, replace(one, difficult=np.array([True, False])))
    assert not same_objects(one, one.only(np.array([True, False])))
    assert not same_objects(one, known(Path("b.png"), [1, 2, 30, 40], [1, 2, 30, 40]))


def test_copies_are_found_where_training_and_validation_name_the_same_pictures(tmp_path):
    for name in ("a", "copy", "third"):
        write_picture(tmp_path / f"{name}.png")
    write_picture(tmp_path / "other.png", height=9)
    both = [known(tmp_path / f"{name}.png") for name in ("a", "copy", "other")]
    (found,) = findings("same-picture-twice", {"train": both, "val": both})
    assert (found.count, found.names, found.files) == (1, ("a.png = copy.png",), ("a.png", "copy.png"))
    apart = {"train": both[:1], "val": [*both[1:], known(tmp_path / "third.png")]}
    (found,) = findings("same-picture-twice", apart)
    assert found.names == ("copy.png = third.png",)
    (found,) = findings("same-picture-twice", {"train": both, "val": both[:1]})
    assert found.names == ("a.png = copy.png",), "both are in train"
