"""Boxes are painted where they are, labels stay inside the picture."""

import cv2
import numpy as np
import pytest
from PIL import Image

from yolo.inference.draw import color, draw
from yolo.structures import Detections

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


def test_a_grey_a_pil_and_a_transparent_picture_and_a_file_are_drawn_on_as_rgb(tmp_path):
    grey = np.random.default_rng(0).integers(0, 256, (50, 70), np.uint8)
    rgb = np.repeat(grey[..., None], 3, axis=2)
    found = detections([[5, 5, 30, 30]], [1])
    Image.fromarray(grey).save(tmp_path / "grey.png")
    transparent = np.concatenate([rgb, np.full((50, 70, 1), 9, np.uint8)], axis=2)
    for picture in (grey, Image.fromarray(grey), Image.fromarray(rgb), transparent, tmp_path / "grey.png"):
        np.testing.assert_array_equal(draw(picture, found), draw(rgb, found))


def test_what_is_no_picture_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="a picture is a NumPy array of uint8"):
        draw(np.zeros((50, 70, 3), np.float32), detections([], []))


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


# Machado et al. 2009, https://doi.org/10.1109/TVCG.2009.113, table 1 at severity 1.0, on linear RGB
SEEN = {
    "by most": np.eye(3),
    "with deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "with protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
}


@pytest.mark.parametrize(
    ("eyes", "classes", "apart"),
    [
        ("by most", 20, 30),
        *(("with deuteranopia", 10, 25), ("with deuteranopia", 20, 7)),
        *(("with protanopia", 10, 25), ("with protanopia", 20, 7)),
    ],
)
def test_the_colours_of_twenty_classes_are_told_apart_at_a_glance(eyes, classes, apart):
    colors = np.array([color(label) for label in range(classes)]) / 255
    seen = (colors**2.2 @ np.transpose(SEEN[eyes])).clip(0, 1) ** (1 / 2.2)
    lab = cv2.cvtColor(np.float32([seen]), cv2.COLOR_RGB2Lab)[0]  # where 2.3 is a difference that is just seen
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=-1)[np.triu_indices(classes, 1)]
    assert distances.min() > apart


def test_eighty_classes_have_a_colour_each_and_none_is_neon_green():
    assert len({color(label) for label in range(80)}) == 80
    assert not [rgb for rgb in map(color, range(80)) if rgb[1] > 200 and max(rgb[0], rgb[2]) < 100]


def test_labels_do_not_hide_small_objects_and_their_lines_are_thin():
    image = np.zeros((1000, 1000, 3), np.uint8)
    large = [200, 200, 800, 900]
    small = [[x, 160, x + 16, 195] for x in range(200, 380, 30)]  # where the label of the large one would be
    painted = draw(image, detections([large, *small], [0] + [1] * 6))
    for x1, y1, x2, y2 in small:
        assert painted[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1].any(axis=2).mean() < 0.3
    assert (painted[300:800, 200:203] == color(0)).all()


def test_of_a_crowd_only_the_labels_that_fit_are_written_and_every_box_is_drawn():
    image = np.zeros((600, 600, 3), np.uint8)
    boxes = [[x, y, x + 12, y + 12] for y in range(5, 580, 15) for x in range(5, 580, 15)]
    painted = draw(image, detections(boxes, [0] * len(boxes)))
    framed = [(painted[y1, x1:x2] == color(0)).all() for x1, y1, x2, _ in boxes]
    assert np.mean(framed) > 0.95
    inside = [painted[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].any() for x1, y1, x2, y2 in boxes]
    assert np.mean(inside) < 0.1


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


def test_a_name_of_several_lines_is_written_in_one():
    box, image = [[10, 50, 90, 90]], np.zeros((100, 300, 3), np.uint8)
    two, one = (Detections(np.float32(box), np.float32([0.5]), np.int32([0]), (name,)) for name in ("a\nb", "a b"))
    np.testing.assert_array_equal(draw(image, two), draw(image, one))
