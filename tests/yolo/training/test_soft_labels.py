"""What becomes of the labels of a picture, and of a picture without any, when a teacher has looked at it: by hand."""

from pathlib import Path

import numpy as np
import pytest

from yolo.structures import Annotation, Detections
from yolo.training.soft_labels import label, soften, softened

NAMES = ("cat", "dog", "eel")


def found(*detections):
    """Detections, each of (box, label, score)."""
    boxes, labels, scores = zip(*detections, strict=True) if detections else ((), (), ())
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), np.array(labels, np.int32), NAMES
    )


def annotation(*objects):
    """The labels of a picture, each of (box, label, difficult)."""
    boxes, labels, difficult = zip(*objects, strict=True) if objects else ((), (), ())
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Annotation(Path("a.jpg"), boxes, np.array(labels, np.int32), np.array(difficult, bool))


LEFT, HALF, RIGHT, BELOW = (0, 0, 10, 10), (0, 0, 10, 5), (20, 0, 30, 10), (0, 20, 10, 30)


def test_the_score_of_a_label_is_the_mean_of_one_and_the_teachers():
    assert [float(softened(score)) for score in (0, 0.5, 1)] == [0.5, 0.75, 1]
    seen = found((RIGHT, 1, 0.9), (LEFT, 0, 0.8), (HALF, 0, 0.6))
    soft = soften(annotation((LEFT, 0, False), (RIGHT, 1, False), (BELOW, 0, False)), seen, range(3))
    np.testing.assert_allclose(soft.scores, [0.9, 0.95, 0.5], rtol=1e-6)
    assert soft.labels.tolist() == [0, 1, 0]
    assert not soft.difficult.any()
    assert soft.is_complete


def test_a_detection_is_the_same_object_from_half_of_iou_on_and_only_if_of_its_class():
    labels = annotation((LEFT, 0, False))
    assert soften(labels, found((HALF, 0, 0.8)), [0]).scores.tolist() == pytest.approx([0.9])
    assert soften(labels, found(((0, 0, 10, 4.9), 0, 0.4)), [0]).scores.tolist() == [0.5]
    other = soften(labels, found((LEFT, 1, 0.8)), [0, 1])
    assert (other.scores.tolist(), other.labels.tolist()) == ([0.5], [0]), "no second object in the place of the label"


def test_a_class_that_the_teacher_does_not_know_and_a_difficult_object_stay_as_they_are():
    labels = annotation((LEFT, 2, False), (RIGHT, 0, True), (BELOW, 0, False))
    soft = soften(labels, found(), [0, 1])
    assert (soft.scores.tolist(), soft.difficult.tolist()) == ([1, 1, 0.5], [False, True, False])


def test_what_only_the_teacher_is_sure_of_is_left_open_and_what_it_doubts_is_background():
    seen = found((BELOW, 1, 0.5), (RIGHT, 2, 0.49))
    soft = soften(annotation((LEFT, 0, True)), seen, range(3))
    assert soft.boxes.tolist() == [list(LEFT), list(BELOW)]
    assert (soft.labels.tolist(), soft.difficult.tolist(), soft.scores.tolist()) == ([0, 1], [True, True], [1, 1])
    assert soften(annotation(), seen, range(3)).boxes.tolist() == [list(BELOW)]


def test_nothing_seen_and_nothing_labelled_keeps_shapes_and_types():
    soft = soften(annotation(), found(), [])
    arrays = (soft.boxes, soft.labels, soft.difficult, soft.scores)
    assert [array.shape for array in arrays] == [(0, 4), (0,), (0,), (0,)]
    assert [array.dtype for array in arrays] == [np.float32, np.int32, bool, np.float32]


def test_without_a_teacher_labels_stay_what_they_are():
    labels = annotation((LEFT, 0, False), (RIGHT, 1, True))
    same = soften(labels, found(), [])
    for name in ("boxes", "labels", "difficult", "scores"):
        before, after = getattr(labels, name), getattr(same, name)
        assert (before.tobytes(), before.dtype) == (after.tobytes(), after.dtype)


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_picture_without_labels_has_what_the_teacher_is_sure_of_and_the_rest_is_open(is_complete):
    made = label(Path("b.jpg"), found((LEFT, 0, 0.9), (RIGHT, 2, 0.5), (BELOW, 1, 0.3)), is_complete)
    assert (made.path, made.boxes.tolist()) == (Path("b.jpg"), [list(LEFT), list(RIGHT), list(BELOW)])
    np.testing.assert_allclose(made.scores, [0.9, 0.5, 1], rtol=1e-6)
    assert (made.labels.tolist(), made.difficult.tolist()) == ([0, 2, 1], [False, False, True])
    assert made.is_complete == is_complete
