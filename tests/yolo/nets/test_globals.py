"""A network is the same whatever the global settings of Keras are, such as those of a user's ~/.keras/keras.json."""

import keras
import numpy as np
import pytest

import attention
from tests.backends import array
from yolo.loss.loss import DetectionLoss
from yolo.nets.model import YoloV4Tiny

SETTINGS = {
    "channels_first": lambda: keras.config.set_image_data_format("channels_first"),
    "float16": lambda: keras.config.set_floatx("float16"),
    "float64": lambda: keras.config.set_floatx("float64"),
    "mixed_float16": lambda: keras.config.set_dtype_policy("mixed_float16"),
    "large epsilon": lambda: keras.config.set_epsilon(0.5),
}
PICTURES = np.random.default_rng(0).random((2, 64, 96, 3), np.float32)


@pytest.fixture(params=SETTINGS)
def setting(request):
    """A function that makes the setting; what was set before comes back afterwards."""
    config = keras.config
    before = config.image_data_format(), config.floatx(), config.epsilon(), config.dtype_policy()
    yield SETTINGS[request.param]
    config.set_image_data_format(before[0])
    config.set_floatx(before[1])
    config.set_epsilon(before[2])
    config.set_dtype_policy(before[3])


def made():
    """A network with attention, and its raw maps, boxes, scores and loss of two pictures."""
    keras.utils.set_random_seed(3)
    network = YoloV4Tiny(("cat", "dog"), attention="cbam@p4, bam@p5, gather_excite@up", input_size=(64, 96))
    maps = network(PICTURES, training=False)
    boxes = np.array([[[5, 6, 40, 50]], [[20, 3, 90, 60]]], np.float32)
    loss = DetectionLoss(network.anchors, network.masks)(
        {"boxes": boxes, "labels": np.array([[1], [0]], np.int32)}, maps
    )
    return network, [array(part) for part in (*maps, *network.decoder()(maps), *loss.values())]


def test_a_network_computes_the_same(setting):
    _, before = made()
    setting()
    network, after = made()
    assert {weight.dtype for weight in network.weights} == {"float32"}
    for expected, got in zip(before, after, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", attention.available())
def test_a_block_made_for_float32_computes_the_same(setting, name):
    x = np.random.default_rng(1).standard_normal((2, 8, 12, 16), np.float32)

    def attended():
        keras.utils.set_random_seed(3)
        return array(attention.create(name, dtype="float32")(x))

    before = attended()
    setting()
    after = attended()
    assert after.dtype == np.float32
    np.testing.assert_allclose(after, before, rtol=1e-5, atol=1e-6)
