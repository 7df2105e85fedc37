"""Pictures of any size go in, boxes in their own pixels come out."""

import io

import numpy as np
import PIL.Image
import pytest

from tests.yolo.inference.fake import ColorRuntime, color_detector, scene
from yolo.inference.detector import Detector


@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
@pytest.mark.parametrize("size", [(416, 416), (320, 512)])
@pytest.mark.parametrize(("height", "width"), [(576, 768), (333, 517), (900, 300), (90, 61)])
def test_a_box_comes_back_in_the_pixels_of_the_original(mode, size, height, width):
    box = [width // 5, height // 4, width // 2, height * 3 // 4]
    found = color_detector(input_size=size, resize_mode=mode)(scene(height, width, red=box))
    assert found.names == ["red"]
    tolerance = 1 + max(height / size[0], width / size[1])  # a pixel of the canvas, in pixels of the original
    np.testing.assert_allclose(found.boxes, [box], atol=tolerance)
    assert found.boxes.dtype == np.float32


def test_a_batch_of_pictures_of_different_sizes_equals_one_by_one():
    pictures = [
        scene(120, 200, red=[10, 20, 60, 80], blue=[100, 30, 150, 90]),
        scene(300, 100),
        scene(416, 416, blue=[0, 0, 416, 416]),
    ]
    detector = color_detector()
    together = detector.detect(pictures)
    assert detector.runtime.batches == [3]
    assert [found.names for found in together] == [["red", "blue"], [], ["blue"]]
    for found, picture in zip(together, pictures, strict=True):
        alone = detector(picture)
        np.testing.assert_array_equal(found.boxes, alone.boxes)
        np.testing.assert_array_equal(found.scores, alone.scores)


def test_no_pictures_give_no_results():
    assert color_detector().detect([]) == []


def test_thresholds_of_a_call_come_before_the_detectors_own():
    picture = scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90])  # scores 0.9 and 0.8
    detector = Detector(ColorRuntime(), score_threshold=0.85)
    assert detector(picture).names == ["red"]
    assert detector.detect([picture], score_threshold=0.5)[0].names == ["red", "blue"]
    assert detector.detect([picture], score_threshold=0.0, max_detections=1)[0].names == ["red"]


@pytest.mark.parametrize("value", [float("nan"), 2, -0.1, "0.5", True, np.array([0.5, 0.6])])
@pytest.mark.parametrize("name", ["score_threshold", "iou_threshold"])
def test_a_threshold_that_is_no_number_from_0_to_1_is_refused_in_a_sentence(name, value):
    for attempt in (
        lambda: Detector(ColorRuntime(), **{name: value}),
        lambda: color_detector()(scene(), **{name: value}),
    ):
        with pytest.raises(ValueError, match=f"^{name} is a number from 0 to 1; got .*\\.$"):
            attempt()


def test_thresholds_may_be_numpy_scalars_and_the_bounds_themselves():
    Detector(ColorRuntime(), np.float32(0.5), 1)
    Detector(ColorRuntime(), 0, np.float64(1.0))


class Trained(ColorRuntime):
    """A runtime whose model file has a threshold for each class; red has a score of 0.9, blue of 0.8."""

    score_thresholds = (0.95, 0.75)


BOTH = {"red": [10, 20, 60, 80], "blue": [100, 30, 150, 90]}


def test_the_thresholds_of_the_model_hold_for_each_class_unless_others_are_given():
    picture, detector = scene(**BOTH), Detector(Trained())
    assert detector.score_thresholds == (0.95, 0.75)
    assert detector(picture).names == ["blue"]
    assert detector(picture, score_threshold=0.25).names == ["red", "blue"]
    assert detector(picture, score_threshold=0.85).names == ["red"]
    assert Detector(Trained(), 0.25)(picture).names == ["red", "blue"]
    assert Detector(Trained(), 0.25).score_thresholds == (0.25, 0.25)
    prepared, placements = detector.prepare([picture])
    for labels, names in (([0], []), ([1], ["blue"])):
        assert detector.find(*detector.runtime(prepared), placements, labels=labels)[0].names == names


def test_a_model_without_thresholds_keeps_the_default():
    assert color_detector().score_thresholds == (0.25, 0.25)


def test_a_temperature_changes_the_scores_and_thresholds_are_of_the_changed_ones():
    runtime = ColorRuntime()
    runtime.temperature = 2.0
    found = Detector(runtime)(scene(**BOTH))
    # the odds of 0.9 are 9 to 1 and of 0.8 are 4 to 1; at temperature 2 they are 3 to 1 and 2 to 1
    np.testing.assert_allclose(found.scores, [3 / 4, 2 / 3], rtol=1e-6)
    assert found.scores.dtype == np.float32
    assert Detector(runtime, 0.7)(scene(**BOTH)).names == ["red"]
    assert Detector(runtime, 0.7)(scene(**BOTH), temperature=1).names == ["red", "blue"]
    np.testing.assert_allclose(Detector(runtime, temperature=1)(scene(**BOTH)).scores, [0.9, 0.8])


@pytest.mark.parametrize("value", [0, -1, 1e-3, 101, 10**400, float("inf"), float("nan"), "2", True])
def test_a_temperature_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=r"^temperature is a number from 0\.01 to 100; got"):
        Detector(ColorRuntime(), temperature=value)


def test_a_box_in_the_grey_bars_is_no_object():
    bars = np.array([[[5, 5, 200, 40], [100, 100, 200, 200]]], np.float32)  # the bars of 2:1 end at row 104
    scores = np.array([[[0.9, 0], [0, 0.8]]], np.float32)
    runtime = type("Bars", (ColorRuntime,), {"__call__": lambda runtime, pictures: (bars, scores)})
    found = Detector(runtime())(scene(100, 200))
    assert found.names == ["blue"]
    assert (found.boxes >= 0).all()


def test_a_list_of_pictures_gives_a_list():
    pictures = [scene(red=[10, 20, 60, 80]), scene(), scene(blue=[100, 30, 150, 90])]
    detector = color_detector()
    assert [found.names for found in detector(pictures)] == [["red"], [], ["blue"]]
    assert detector.runtime.batches == [3]
    assert detector([]) == []


def test_thresholds_may_be_given_with_one_picture():
    picture = scene(red=[10, 20, 60, 80], blue=[100, 30, 150, 90])  # scores 0.9 and 0.8
    assert color_detector()(picture, score_threshold=0.85).names == ["red"]
    assert color_detector()(picture, max_detections=1).names == ["red"]
    with pytest.raises(TypeError):
        color_detector()(picture, threshold=0.85)


@pytest.mark.parametrize("labels", [[1], [0, 3], [0, 1, 2, 3], []])
@pytest.mark.parametrize("most", [3, 300])
def test_classes_are_looked_for_as_if_there_were_no_others(labels, most):
    """Even where one row has several classes, and where others would fill the list."""
    rng = np.random.default_rng(0)
    detector = Detector(ColorRuntime(class_names=("a", "b", "c", "d")))
    corners = rng.uniform(0, 300, (2, 200, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(5, 100, (2, 200, 2))], axis=-1).astype(np.float32)
    scores = rng.random((2, 200, 4), np.float32)
    _, placements = detector.prepare([scene(416, 416)] * 2)
    everything = detector.find(boxes, scores, placements, 0.1, max_detections=10**6)
    for found, known in zip(
        detector.find(boxes, scores, placements, 0.1, max_detections=most, labels=labels), everything, strict=True
    ):
        wanted = known[np.isin(known.labels, labels)][:most]
        assert len(known) > len(wanted) or len(labels) == 4
        for name in ("boxes", "scores", "labels"):
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
        assert found.labels.dtype == np.int32


def test_one_picture_is_not_taken_for_a_list_of_them(tmp_path):
    detector = color_detector()
    for one in (scene(), scene()[..., 0], "a.png", tmp_path, PIL.Image.fromarray(scene())):
        with pytest.raises(ValueError, match=r"give \[picture\]"):
            detector.detect(one)
    assert len(detector.detect(scene() for _ in range(2))) == 2
    assert len(detector.detect(np.stack([scene()] * 3))) == 3


def test_a_pil_picture_whose_file_is_cut_off_is_an_error_of_its_own():
    whole = io.BytesIO()
    PIL.Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(whole, "JPEG")
    with pytest.raises(ValueError, match="the PIL picture cannot be read: image file is truncated"):
        color_detector()(PIL.Image.open(io.BytesIO(whole.getvalue()[:1500])))
