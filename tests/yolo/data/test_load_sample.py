"""From annotation to sample."""

from dataclasses import replace

import numpy as np
import pytest

from tests.yolo.data.folders import write_picture
from yolo.data.load_sample import load_sample
from yolo.errors import UserError
from yolo.structures import DIFFICULT, Annotation


def annotation(path, boxes, labels, difficult):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Annotation(path, boxes, np.array(labels, np.int32), np.array(difficult, bool))


def test_the_picture_is_read_and_difficult_objects_are_marked(tmp_path):
    write_picture(tmp_path / "ä.png", height=24, width=32)
    boxes = [[0, 0, 32, 24], [2, 3, 4, 5]]
    given = annotation(tmp_path / "ä.png", boxes, [0, 1], [False, True])
    sample = load_sample(given)
    assert sample.image.shape == (24, 32, 3)
    assert sample.boxes.tolist() == boxes
    assert sample.labels.tolist() == [0, DIFFICULT]
    assert (sample.boxes.dtype, sample.labels.dtype) == (np.float32, np.int32)
    assert given.labels.tolist() == [0, 1]


def test_objects_are_sure_and_pictures_complete_unless_a_teacher_says_otherwise(tmp_path):
    write_picture(tmp_path / "a.png")
    given = annotation(tmp_path / "a.png", [[0, 0, 9, 9], [2, 3, 4, 5]], [0, 1], [False, False])
    sample = load_sample(given)
    assert (sample.scores.tolist(), sample.scores.dtype, sample.is_complete) == ([1, 1], np.float32, True)
    unsure = load_sample(replace(given, scores=np.float32([0.5, 0.75]), is_complete=False))
    assert (unsure.scores.tolist(), unsure.is_complete) == ([0.5, 0.75], False)
    part = replace(given, scores=np.float32([0.5, 0.75]), is_complete=False).only(np.array([False, True]))
    assert (part.scores.tolist(), part.labels.tolist(), part.is_complete) == ([0.75], [1], False)


def test_a_picture_without_objects_keeps_the_shapes(tmp_path):
    write_picture(tmp_path / "a.png")
    sample = load_sample(annotation(tmp_path / "a.png", [], [], []))
    assert (sample.boxes.shape, sample.labels.shape) == ((0, 4), (0,))


def test_a_picture_that_cannot_be_read_is_a_users_mistake(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"a\.png"):
        load_sample(annotation(tmp_path / "a.png", [], [], []))
