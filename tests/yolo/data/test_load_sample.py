"""From annotation to sample."""

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


def test_a_picture_without_objects_keeps_the_shapes(tmp_path):
    write_picture(tmp_path / "a.png")
    sample = load_sample(annotation(tmp_path / "a.png", [], [], []))
    assert (sample.boxes.shape, sample.labels.shape) == ((0, 4), (0,))


def test_a_picture_that_cannot_be_read_is_a_users_mistake(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"a\.png"):
        load_sample(annotation(tmp_path / "a.png", [], [], []))
