"""Pictures lost in the middle of a run: named once, and others shown in their place."""

import logging

import numpy as np
import pytest

from yolo import picture_files
from yolo.data.lost_pictures import LostPictures
from yolo.data.training_batches import TrainingData
from yolo.errors import UserError
from yolo.structures import Annotation

SIZE = (64, 96)


@pytest.fixture
def annotations(tmp_path):
    """Four pictures, each of a brightness of its own and with one object of a class of its own."""
    found = []
    for i in range(4):
        picture_files.write(tmp_path / f"{i}.png", np.full((*SIZE, 3), 40 + 20 * i, np.uint8))
        boxes, labels = np.array([[10, 10, 50, 50]], np.float32), np.array([i], np.int32)
        found.append(Annotation(tmp_path / f"{i}.png", boxes, labels, np.array([False])))
    return tuple(found)


def made(annotations, **settings):
    return TrainingData(annotations, **{"input_size": SIZE, "batch_size": 4, "mosaic": 0.5, "mixup": 0.5} | settings)


def batch_bytes(data, workers):
    return [array.numpy().tobytes() for x, y in data.batches(0, 3, workers) for array in (x, y["boxes"], y["labels"])]


def test_the_next_picture_that_can_be_read_is_shown_with_its_own_objects(annotations, caplog):
    annotations[1].path.unlink()
    annotations[2].path.write_bytes(b"no picture")
    data = made(annotations)
    shown = [int(data._resized(i).labels[0]) for i in range(4)]
    assert shown == [0, 3, 3, 3]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "1.png" in caplog.messages[0]
    assert "another one is shown in its place" in caplog.messages[0]
    assert data.lost.summary() == "2 pictures could not be read any more during this run: 1.png, 2.png"


@pytest.mark.parametrize("cache", [False, True])
def test_batches_are_the_same_for_any_number_of_workers_and_each_loss_is_named_once(annotations, caplog, cache):
    annotations[2].path.unlink()
    one, four = (batch_bytes(made(annotations, cache=cache), workers) for workers in (1, 4))
    assert one == four
    assert len([message for message in caplog.messages if "2.png" in message]) == 2  # once for each of the two sets


def test_where_no_picture_is_left_it_is_one_sentence(annotations):
    for known in annotations:
        known.path.unlink()
    data = made(annotations)
    with pytest.raises(UserError, match=r"none of the 4 pictures can be read any more \(cannot read the picture .*png"):
        data.sample(0, 0)
    assert data.lost.all_gone is not None


def test_nothing_lost_is_nothing_said(annotations):
    data = made(annotations)
    data.batch(0, 0)
    assert (data.lost.summary(), data.lost.all_gone) == ("", None)


def test_many_names_are_cut_short(tmp_path):
    lost = LostPictures()
    for i in range(8):
        lost.add(tmp_path / f"{i}.png", "gone.", "so be it")
    assert lost.summary().endswith("8 pictures could not be read any more during this run: 0.png, 1.png, 2.png, 3.png, "
                                   "4.png and 3 more")  # fmt: skip
    assert tmp_path / "3.png" in lost
