"""Boxes are painted where they are, labels stay inside the picture."""

import cv2
import numpy as np
import pytest

from yolo.inference.draw import _face, color, draw
from yolo.samples import Detections

NAMES = ("dog", "traffic light", "собака", "Äpfel")


def detections(boxes, labels):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    scores = np.linspace(0.9, 0.3, len(boxes), dtype=np.float32)
    return Detections(boxes, scores, np.array(labels, np.int32), NAMES)


def test_the_frame_lies_on_the_outermost_pixels_of_the_box():
    painted = draw(np.zeros((200, 300, 3), np.uint8), detections([[50, 100, 120, 180]], [0]))
    mask = (painted == color(0)).all(axis=2)
    rows, columns = np.nonzero(mask[100:])  # the label is above
    assert (columns.min(), columns.max() + 1, rows.max() + 101) == (50, 120, 180)
    assert mask[100, 50:120].all()
    assert mask[100:180, 50].all()
    assert not painted[110:170, 60:110].any()  # nothing inside


def test_the_picture_given_is_not_changed_and_nothing_found_paints_nothing():
    image = np.random.default_rng(0).integers(0, 256, (50, 70, 3), np.uint8)
    before = image.copy()
    draw(image, detections([[5, 5, 30, 30]], [1]))
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(draw(image, detections([], [])), image)


@pytest.mark.parametrize("shape", [(40, 60), (4, 3), (1, 1), (1080, 1920), (30, 900)])
def test_any_box_in_any_picture_can_be_painted(shape):
    height, width = shape
    image = np.full((height, width, 3), 128, np.uint8)
    boxes = [[0, 0, width, height], [width - 1, height - 1, width, height], [width - 0.3, 0, width, 0.2]]
    assert draw(image, detections(boxes, [0, 1, 2])).shape == (height, width, 3)


def test_a_label_at_the_right_border_is_moved_into_the_picture():
    painted = draw(np.zeros((200, 300, 3), np.uint8), detections([[290, 100, 300, 150]], [1]))
    columns = np.nonzero((painted[80:100] == color(1)).all(axis=2))[1]
    assert columns.max() == 299
    assert columns.min() < 240


def test_twenty_classes_have_colours_that_are_told_apart_at_a_glance():
    colors = np.float32([[color(label) for label in range(20)]]) / 255
    lab = cv2.cvtColor(colors, cv2.COLOR_RGB2Lab)[0]  # where 2.3 is a difference that is just seen
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=-1)[np.triu_indices(20, 1)]
    assert distances.min() > 30
    assert len({color(label) for label in range(80)}) == 80


@pytest.mark.parametrize("top", [0, 100, 160])
def test_labels_of_boxes_in_one_place_lie_above_one_another(top):
    image = np.zeros((200, 300, 3), np.uint8)
    boxes, labels = [[50, top, 70, top + 40]] * 3, [0, 1, 3]  # the labels are larger than the frames
    together = draw(image, detections(boxes, labels))
    for box, label in zip(boxes, labels, strict=True):
        alone = draw(image, detections([box], [label]))
        assert painted_in(together, label) > 0.4 * painted_in(alone, label)


def painted_in(picture, label):
    """How many pixels have the colour of a class."""
    return (picture == color(label)).all(axis=2).sum()


def test_a_crowd_without_room_for_its_labels_is_painted_all_the_same():
    boxes = [[10, 12, 20, 30]] * 50
    painted = draw(np.zeros((40, 80, 3), np.uint8), detections(boxes, [label % 4 for label in range(50)]))
    assert (painted[:, 21:] == color(0)).all(axis=2).any()  # right of the box


def test_letters_of_other_scripts_are_drawn_as_letters():
    image = np.zeros((200, 300, 3), np.uint8)
    box = [[10, 100, 250, 150]]
    russian, german = draw(image, detections(box, [2])), draw(image, detections(box, [3]))
    assert (russian != german).any()
    assert _face(frozenset("собака")) is not None


def test_what_no_font_can_write_is_said(caplog):
    _face.cache_clear()
    _face(frozenset("\U0010fffe"))
    assert "no font on this machine" in caplog.text


def test_a_name_of_several_lines_is_written_in_one():
    box, image = [[10, 50, 90, 90]], np.zeros((100, 300, 3), np.uint8)
    two, one = (Detections(np.float32(box), np.float32([0.5]), np.int32([0]), (name,)) for name in ("a\nb", "a b"))
    np.testing.assert_array_equal(draw(image, two), draw(image, one))
