"""Folding batch norm away changes no answer."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tests.yolo.export.detectors import spread
from yolo.nets.batch_norm_folding import folded
from yolo.nets.model import YoloV4Tiny

CONVOLUTIONS = 21


@pytest.mark.parametrize("attention", ["none", "cbam/gate-bn", "bam@p4, ca@p5, triplet@up, se@c3"])
@pytest.mark.parametrize("epsilon", [1e-5, 1e-3])
def test_the_maps_are_the_same_and_only_the_batch_norm_of_attention_is_left(attention, epsilon):
    network = spread(YoloV4Tiny(("Äpfel", "b"), attention=attention, epsilon=epsilon))
    pictures = np.random.default_rng(0).random((2, 96, 64, 3), np.float32)
    model = folded(network)
    for mine, theirs in zip(model(pictures), network(pictures, training=False), strict=True):
        mine, theirs = keras.ops.convert_to_numpy(mine), keras.ops.convert_to_numpy(theirs)
        assert np.abs(theirs).max() > 0.1
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-4)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Conv2D") == CONVOLUTIONS
    assert "BatchNormalization" not in kinds


def test_one_convolution_worked_out_by_hand():
    network = YoloV4Tiny(("a",), epsilon=1e-3)
    norm = network.get_layer("stem_1_bn")
    for weight, value in ((norm.gamma, 3), (norm.beta, 5), (norm.moving_mean, 2), (norm.moving_variance, 4 - 1e-3)):
        weight.assign(np.full(weight.shape, value))
    convolution = network.get_layer("stem_1_conv")
    convolution.kernel.assign(np.full(convolution.kernel.shape, 0.5))
    kernel, bias = folded(network).get_layer("stem_1_conv").get_weights()
    np.testing.assert_allclose(kernel, 0.75, rtol=1e-6)  # 0.5 * 3 / 2
    np.testing.assert_allclose(bias, 2, rtol=1e-6)  # 5 - 2 * 3 / 2


def test_the_network_keeps_its_layers_and_its_later_changes_are_not_seen():
    network = spread(YoloV4Tiny(("a",), attention="se"))
    pictures = np.random.default_rng(0).random((1, 64, 64, 3), np.float32)
    model = folded(network)
    before = [keras.ops.convert_to_numpy(raw) for raw in model(pictures)]
    assert len(network.layers) > len(model.layers)
    network.set_weights([weight + 1 for weight in network.get_weights()])
    for mine, expected in zip(model(pictures), before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(mine), expected)


def test_a_bias_that_the_convolution_has_already_is_folded_too():
    pictures = keras.Input((8, 8, 3))
    maps = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3)(pictures))
    network = spread(keras.Model(pictures, maps))
    model = folded(SimpleNamespace(copy=lambda dtype: network))
    x = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    np.testing.assert_allclose(model(x), network(x, training=False), rtol=1e-4, atol=1e-5)
