"""Activation maps against a network small enough to work out by hand, and against a candidate that is known."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from yolo.explain import explainer
from yolo.explain.class_activation import ActivationMap, candidate_of, grad_cam, layer_cam, weighed
from yolo.inference.sources import Frame
from yolo.letterbox import place
from yolo.nets.model import YoloV4Tiny
from yolo.structures import Detections

# Two features of a 1 x 2 picture p: f0 = p, f1 = -2p. The score is the sum over places and features of these weights:
WEIGHTS = np.array([[[3.0, 1.0], [-1.0, 2.0]]], np.float32)  # (1, 2, 2), which are the gradients too
PICTURE = np.array([[5.0, 7.0]], np.float32)[None, ..., None]


@pytest.fixture(scope="module")
def tiny():
    picture = keras.Input((1, 2, 1))
    features = keras.layers.Conv2D(2, 1, use_bias=False, name="features")
    model = keras.Model(picture, [features(picture), keras.layers.Identity()(features.output)])
    features.set_weights([np.array([[[[1.0, -2.0]]]], np.float32)])
    return model


@pytest.mark.parametrize(
    ("weigh", "map_by_hand"),
    [
        # mean gradients (3 - 1) / 2 = 1 and (1 + 2) / 2 = 1.5: 1 * 5 - 1.5 * 10 = -10 and 7 - 1.5 * 14 = -14
        (grad_cam, [[0, 0]]),
        # positive gradients 3, 1 and 0, 2: 3 * 5 - 1 * 10 = 5 and 0 * 7 - 2 * 14 = -28
        (layer_cam, [[5, 0]]),
    ],
)
def test_the_map_of_a_tiny_network_is_that_worked_out_by_hand(tiny, weigh, map_by_hand):
    values = weighed(tiny, PICTURE, lambda outputs: tf.reduce_sum(outputs[0] * WEIGHTS), weigh)
    np.testing.assert_allclose(values, map_by_hand, rtol=1e-6)


def test_grad_cam_of_a_negative_picture_is_worked_out_by_hand_too(tiny):
    values = weighed(tiny, -PICTURE, lambda outputs: tf.reduce_sum(outputs[0] * WEIGHTS), grad_cam)
    np.testing.assert_allclose(values, [[10, 14]], rtol=1e-6)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    model = YoloV4Tiny(("a", "b"), input_size=(96, 160))
    rng = np.random.default_rng(0)
    model.set_weights([w + rng.normal(0, 0.01, w.shape).astype(np.float32) for w in model.get_weights()])
    return model


def pictures():
    return np.random.default_rng(1).integers(0, 256, (1, 96, 160, 3), np.uint8)


@pytest.mark.parametrize("candidate", [0, 44, 45, 224])  # 3 * 5 * 3 candidates of stride 32, then 6 * 10 * 3 of 16
def test_the_objectness_and_the_class_of_the_candidate_are_asked_and_nothing_else(network, candidate):
    activation = ActivationMap(network, "layercam")
    layer = network.get_layer("p5_out" if candidate < 45 else "p4_out")
    kernel, bias = layer.get_weights()
    first = candidate % 3 * 7  # channel of its anchor: x, y, w, h, objectness, class 0, class 1 from there

    def with_only(channels):
        alone = np.zeros_like(kernel)
        alone[..., channels] = kernel[..., channels]
        layer.set_weights([alone, bias])
        return activation(pictures(), candidate, 1)

    whole, objectness, label = with_only(np.arange(21)), with_only([first + 4]), with_only([first + 6])
    both, rest = with_only([first + 4, first + 6]), with_only(np.delete(np.arange(21), [first + 4, first + 6]))
    layer.set_weights([kernel, bias])
    assert whole.shape == (6, 10)
    assert objectness.max() > 0
    assert label.max() > 0
    assert rest.max() == 0
    np.testing.assert_allclose(both, whole, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize(
    ("candidate", "near", "far"), [(0, np.s_[:4, :4], np.s_[:, 8:]), (224, np.s_[2:, 6:], np.s_[:, :2])]
)
def test_the_map_lies_where_the_candidate_is(network, candidate, near, far):
    activation = ActivationMap(network, "layercam")(pictures(), candidate, 0)
    assert activation[near].max() > 0
    assert activation[far].max() == 0


def test_a_detection_is_traced_to_its_candidate_among_equal_boxes():
    placement = place(100, 200, (416, 416))
    boxes = np.array([[10, 110, 60, 200], [-9, 90, 500, 400], [-20, 80, 600, 500], [10, 110, 60, 200]], np.float32)
    scores = np.array([[0.5, 0.9], [0.3, 0.6], [0.3, 0.7], [0.8, 0.4]], np.float32)
    for row, label in ((0, 1), (0, 0), (1, 1), (2, 1), (3, 0)):
        detection = Detections(
            placement.undo(boxes[[row]]), scores[[row], label], np.array([label], np.int32), ("a", "b")
        )
        assert candidate_of(detection, boxes, scores, placement) == row


def test_a_detection_whose_score_was_scaled_is_traced_to_its_candidate_too(network, monkeypatch):
    asked = []
    monkeypatch.setattr(
        explainer, "candidate_of", lambda *arguments: asked.append(arguments) or candidate_of(*arguments)
    )
    explained = explainer.Explainer(network.copy(temperature=3.0), score_threshold=0.0)
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    assert explained(Frame(image, "a.png")).activation.shape == (64, 96)
    ((found, boxes, scores, placement),) = asked
    chosen = candidate_of(found, boxes, scores, placement)
    assert scores[chosen, found.labels[0]] == pytest.approx(found.scores[0], rel=1e-5)
