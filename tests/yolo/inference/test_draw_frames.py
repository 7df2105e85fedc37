"""The frame of each object has the colour of its own class, and is thicker in a larger picture."""

import numpy as np
import pytest

from yolo.inference.draw import color, draw
from yolo.structures import Detections

NAMES = tuple(f"class {number}" for number in range(30))


def painted(boxes, labels, shape):
    scores = np.linspace(0.9, 0.3, len(boxes), dtype=np.float32)
    found = Detections(np.array(boxes, np.float32), scores, np.array(labels, np.int32), NAMES)
    return draw(np.full((*shape, 3), (3, 2, 1), np.uint8), found)


@pytest.mark.parametrize("labels", [(0, 1, 2, 3), (3, 0, 2, 1), (25, 5, 5, 0), (7, 29, 0, 7)])
def test_each_frame_and_its_label_have_the_colour_of_the_class(labels):
    boxes = [(300, 300, 380, 380), (20, 40, 100, 120), (300, 40, 380, 120), (20, 300, 100, 380)]
    picture = painted(boxes, labels, (400, 500))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        sides = [picture[y1, x1:x2], picture[y2 - 1, x1:x2], picture[y1:y2, x1], picture[y1:y2, x2 - 1]]
        assert all((side == color(label)).all() for side in sides)
        label_area = picture[y1 - 10 : y1 - 1, x1 : x1 + 60].reshape(-1, 3)
        colors, counts = np.unique(label_area, axis=0, return_counts=True)
        assert tuple(colors[counts.argmax()]) == color(label)


def test_where_frames_cross_the_better_one_lies_on_top():
    picture = painted([(50, 50, 150, 150), (100, 100, 200, 200)], (4, 2), (250, 250))
    assert tuple(picture[100, 149]) == tuple(picture[149, 100]) == color(4)


def thickness(shape, share=0.6):
    """Pixels of the left side of the frame around an object of a share of the sides of the picture."""
    height, width = (round(side * share) for side in shape)
    picture = painted([(10, 60, 10 + width, 60 + height)], (0,), shape)
    return (picture[60 + height // 2, : 10 + width // 2] == color(0)).all(axis=1).sum()


def test_lines_grow_with_the_picture_and_stay_thin():
    lines = [thickness(shape) for shape in ((300, 400), (1200, 1600), (2400, 3200))]
    assert lines[0] < lines[1] < lines[2]
    assert np.all(np.array(lines) / (300, 1200, 2400) < 0.01)


def test_lines_are_finer_on_a_small_object_but_always_there():
    assert 1 <= thickness((1200, 1600), 0.05) < thickness((1200, 1600))
    assert thickness((100, 150), 0.1) == 1
