"""Test-time augmentation: what is found in the mirrored and the smaller picture lies where the object is."""

import numpy as np
import pytest

from tests.yolo.inference.fake import ColorRuntime, color_detector, scene
from yolo.inference.detector import Detector
from yolo.inference.picture_views import by_picture, nms_of_views

SIZES = [(576, 768), (333, 517), (900, 301), (90, 61), (416, 416)]  # some leave an odd number of columns for the bars


class Biased(ColorRuntime):
    """A runtime that takes every object for 3 pixels too far right."""

    def __call__(self, pictures):
        boxes, scores = super().__call__(pictures)
        return boxes + np.array([3, 0, 3, 0], np.float32), scores


def detector(runtime=ColorRuntime, **settings):
    return Detector(runtime(**settings), tta=True)


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize("size", [(416, 416), (320, 512)])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_every_view_finds_the_box_at_its_place(height, width, size, mode):
    image = scene(height, width, red=[width // 5, height // 4, width // 2, height * 3 // 4])
    settings = {"input_size": size, "resize_mode": mode}
    plain = color_detector(**settings)(image)
    both = detector(**settings)
    prepared, [placement] = both.prepare([image])
    [boxes], _ = by_picture(*both.runtime(prepared), [placement])
    as_it_is, mirrored, smaller = (placement.undo(view[:1]) for view in boxes)  # the first is the red one
    np.testing.assert_array_equal(as_it_is, plain.boxes)
    np.testing.assert_allclose(mirrored, plain.boxes, atol=1e-3 * max(height, width) / min(size))
    pixel = max(height / size[0], width / size[1]) / 0.75
    np.testing.assert_allclose(smaller, plain.boxes, atol=pixel)
    found = both(image)
    assert (found.names, found.scores) == (["red"], plain.scores)
    np.testing.assert_allclose(found.boxes, plain.boxes, atol=pixel / 3 + 1e-3)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_what_one_side_gets_wrong_the_other_makes_good(height, width):
    image = scene(height, width, red=[width // 5, height // 4, width // 2, height * 3 // 4])
    pixel = max(height, width) / 416  # of the canvas, in those of the picture
    shift = detector(Biased)(image).boxes - detector()(image).boxes
    mean = (3 - 3 + 3 / 0.75) / 3 * pixel  # to the right, to the left, and to the right in the smaller view
    np.testing.assert_allclose(shift, [[mean, 0, mean, 0]], atol=0.01 * pixel)


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_both_sides_of_a_symmetric_picture_are_symmetric(height, width, mode):
    image = scene(height, width, red=[width // 4, height // 4, width - width // 4, height * 3 // 4])
    both = detector(Biased, resize_mode=mode)
    prepared, [placement] = both.prepare([image])
    [boxes], _ = by_picture(*both.runtime(prepared), [placement])
    (left, _, right, _), (other_left, _, other_right, _) = placement.undo(boxes[:2, 0])
    assert (other_left, other_right) == (
        pytest.approx(width - right, abs=1e-3 * width),
        pytest.approx(width - left, abs=1e-3 * width),
    )


@pytest.mark.parametrize("view", range(3))
def test_an_object_that_only_one_view_shows_is_found(view):
    class Once(ColorRuntime):
        def __call__(self, pictures):
            boxes, scores = super().__call__(pictures)
            shown = np.arange(len(scores)) == view
            return boxes, scores * shown[:, None, None]

    image = scene(100, 201, blue=[10, 20, 60, 80])
    found = detector(Once)(image)  # blue has a score of 0.8 where it is found
    assert found.names == ["blue"]
    np.testing.assert_allclose(found.scores, [0.8 / 3], rtol=1e-6)
    assert len(detector(Once)(image, score_threshold=0.27)) == 0
    np.testing.assert_allclose(found.boxes, color_detector()(image).boxes, atol=0.7)


def test_all_views_of_all_pictures_are_one_batch():
    pictures = [scene(120, 200, red=[10, 20, 60, 80]), scene(300, 101), scene(416, 416, blue=[0, 0, 300, 416])]
    three = detector()
    together = three.detect(pictures)
    assert three.runtime.batches == [9]
    assert [found.names for found in together] == [["red"], [], ["blue"]]
    for found, picture in zip(together, pictures, strict=True):
        np.testing.assert_array_equal(found.boxes, three(picture).boxes)
    assert three.detect([]) == []


def test_thresholds_and_classes_hold_for_all_views():
    picture = scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90])  # scores 0.9 and 0.8
    three = detector()
    assert three(picture, score_threshold=0.85).names == ["red"]
    prepared, placements = three.prepare([picture])
    [found] = three.find(*three.runtime(prepared), placements, labels=[1])
    assert found.names == ["blue"]
    np.testing.assert_allclose(found.boxes, color_detector()(picture).boxes[1:], atol=0.5)


def test_a_low_score_in_one_view_still_counts():
    box = np.array([[[0, 0, 10, 10]]] * 3, np.float32)
    scores = np.array([0.5, 0.3, 0.1], np.float32).reshape(3, 1, 1)
    for threshold, number in ((0.29, 1), (0.31, 0)):  # their mean is 0.3
        found, score, labels = nms_of_views(box, scores, threshold, 0.5, 300)
        assert (len(found), len(score), len(labels)) == (number, number, number)


def test_the_best_of_all_views_are_kept():
    boxes = np.array([[[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]]] * 3, np.float32)
    scores = np.array([[0.3, 0.6, 0.9], [0.9, 0.5, 0.9], [0.3, 0.7, 0.0]], np.float32)[..., None]
    found, score, _ = nms_of_views(boxes, scores, 0.0, 0.5, 2)
    np.testing.assert_allclose(score, [0.6, 0.6], rtol=1e-6)
    np.testing.assert_array_equal(sorted(found[:, 0]), [20, 40])
