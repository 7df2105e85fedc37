"""The network: sizes worked out from the paper's layers, names, configurations, files, and gradients everywhere."""

import sys

import keras
import numpy as np
import pytest

import attention
from tests.backends import array, gradients_of_inputs, gradients_of_weights, tensorflow_only
from tests.reference import loss_numpy
from yolo.errors import UserError
from yolo.loss.loss import DetectionLoss
from yolo.nets.blocks import SecondHalf, Upsample
from yolo.nets.model import YoloV4Tiny

ATTENTIONS = attention.available()
ADDED = {"none": 0, "se": 43_008, "cbam": 86_310, "eca": 15, "ca": 64_736}  # at p4, p5 and up, by hand
NAMES = ("Katze", "größer Hund")


@pytest.fixture(scope="module")
def network():
    return YoloV4Tiny(NAMES)


def pictures(height=64, width=96, batch=2, seed=0):
    return np.random.default_rng(seed).random((batch, height, width, 3), np.float32)


def assert_same_maps(network, other, rtol=0):
    for a, b in zip(network(pictures()), other(pictures()), strict=True):
        np.testing.assert_allclose(array(a), array(b), rtol=rtol, atol=rtol)


def randomize(network):
    """Weights that make every layer matter, batch norm statistics included."""
    rng = np.random.default_rng(0)
    network.set_weights([w + rng.uniform(0, 0.1, w.shape).astype(np.float32) for w in network.get_weights()])
    return network


@pytest.mark.parametrize(("classes", "parameters"), [(20, 5_924_214), (80, 6_062_814)])
def test_the_number_of_parameters_is_darknets(classes, parameters):
    assert YoloV4Tiny([str(i) for i in range(classes)]).count_params() == parameters


@pytest.mark.parametrize("block", ATTENTIONS)
def test_attention_adds_what_its_layers_hold(network, block):
    with_block = YoloV4Tiny(NAMES, attention=block)
    places = {place: with_block.get_layer(f"attention_{place}") for place in ("p4", "p5", "up")}
    assert {place: layer.output.shape[-1] for place, layer in places.items()} == {"p4": 256, "p5": 512, "up": 128}
    held = sum(layer.count_params() for layer in places.values())
    assert with_block.count_params() - network.count_params() == held == ADDED.get(block, held)
    assert len({type(layer) for layer in places.values()}) == 1


@pytest.mark.parametrize(("height", "width"), [(64, 96), (416, 416), (32, 160)])
@pytest.mark.parametrize("batch", [1, 2])
def test_the_maps_are_a_32nd_and_a_16th_of_the_picture(network, height, width, batch):
    shapes = [tuple(raw.shape) for raw in network(pictures(height, width, batch))]
    assert shapes == [(batch, height // 32, width // 32, 21), (batch, height // 16, width // 16, 21)]


def test_every_layer_has_a_name_of_its_own_that_does_not_count_up(network):
    names = [layer.name for layer in network.layers]
    assert len(set(names)) == len(names)
    assert names == [layer.name for layer in YoloV4Tiny(NAMES).layers]
    assert {w.path for w in network.weights} == {w.path for w in YoloV4Tiny(NAMES).weights}


def test_a_new_network_finds_nothing_with_a_probability_of_a_hundredth(network):
    biases = [array(network.get_layer(name).bias).reshape(3, 7) for name in ("p5_out", "p4_out")]
    for bias in biases:
        np.testing.assert_allclose(1 / (1 + np.exp(-bias[:, 4])), 0.01, rtol=1e-5)
        np.testing.assert_array_equal(np.delete(bias, 4, axis=1), 0)


SETTINGS = {
    "class_names": NAMES,
    "anchors": tuple((float(10 + i), float(12 + 3 * i)) for i in range(6)),
    "masks": ((3, 4, 5), (1, 2, 3)),
    "attention": "se(ratio=8)",
    "input_size": (320, 512),
    "resize_mode": "stretch",
    "scale_xy": 1.0,
    "epsilon": 1e-3,
    "score_thresholds": (0.3, 0.65),
    "temperature": 1.5,
    "dtype": "mixed_bfloat16",
    "name": "mine",
}


def test_the_configuration_is_complete_and_goes_round():
    network = YoloV4Tiny(**SETTINGS)
    assert network.get_config() == SETTINGS
    assert YoloV4Tiny.from_config(network.get_config()).get_config() == SETTINGS
    assert network.get_layer("stem_1_bn").epsilon == 1e-3
    assert network.get_layer("attention_p5").ratio == 8


def test_a_configuration_of_an_earlier_version_has_no_thresholds():
    older = {name: value for name, value in SETTINGS.items() if name not in ("score_thresholds", "temperature")}
    network = YoloV4Tiny.from_config(older)
    assert (network.score_thresholds, network.temperature) == ((), 1.0)


def test_anchors_may_be_an_array_and_the_configuration_holds_plain_numbers():
    network = YoloV4Tiny(NAMES, anchors=np.array(SETTINGS["anchors"], np.float32), input_size=[64, 96])
    assert network.anchors == SETTINGS["anchors"]
    assert network.input_size == (64, 96)


@pytest.mark.parametrize("block", ATTENTIONS)
def test_a_saved_network_comes_back_the_same(block, tmp_path):
    network = randomize(YoloV4Tiny(**SETTINGS | {"attention": block, "dtype": "float32"}))
    path = tmp_path / "größe.keras"
    network.save(path)
    again = keras.models.load_model(path, compile=False)
    assert type(again) is YoloV4Tiny
    assert again.get_config() == network.get_config()
    assert_same_maps(network, again)


def test_the_decoder_has_the_networks_constants():
    decoder = YoloV4Tiny(**SETTINGS).decoder()
    assert (decoder.anchors, decoder.masks, decoder.scale_xy) == (SETTINGS["anchors"], SETTINGS["masks"], 1.0)


def test_a_twin_shares_the_configuration_but_no_weights():
    network = YoloV4Tiny(**SETTINGS)
    twin = network.twin(dtype="float32")
    assert twin.get_config() == SETTINGS | {"dtype": "float32"}
    assert [layer.name for layer in twin.layers] == [layer.name for layer in network.layers]
    assert [w.shape for w in twin.weights] == [w.shape for w in network.weights]
    assert not {id(w) for w in twin.weights} & {id(w) for w in network.weights}


@pytest.mark.parametrize("block", ATTENTIONS)
def test_a_gradient_reaches_every_weight(block):
    network = YoloV4Tiny(NAMES, attention=block)
    reached = zip(network.trainable_weights, gradients(network), strict=True)
    assert not [weight.path for weight, gradient in reached if not np.any(gradient)]


FLOAT16 = pytest.param(
    "mixed_float16",
    marks=pytest.mark.skipif(
        keras.config.backend() == "torch", reason="PyTorch on a CPU learns no convolution to one channel in float16"
    ),
)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", FLOAT16])
@pytest.mark.parametrize("objects", [True, False], ids=["objects", "no objects"])
def test_maps_loss_and_gradients_are_finite_float32_in_every_precision(dtype, objects):
    network = YoloV4Tiny(NAMES, attention="cbam", dtype=dtype)
    assert network.get_layer("stem_1_conv").compute_dtype == dtype.removeprefix("mixed_")
    assert network.get_layer("attention_p4").compute_dtype == dtype.removeprefix("mixed_")
    assert [keras.backend.standardize_dtype(raw.dtype) for raw in network(pictures())] == ["float32", "float32"]
    assert all(gradient.dtype == "float32" and np.isfinite(gradient).all() for gradient in gradients(network, objects))


def gradients(network, objects=True):
    """The gradient of the training loss for each trainable weight."""
    rows = [((8, 4, 31, 31), 0), ((30, 0, 90, 60), 1)] if objects else []
    boxes, labels = loss_numpy.padded([rows, []], 3)
    loss = DetectionLoss(network.anchors, network.masks)

    def total(maps):
        return sum(loss({"boxes": boxes, "labels": labels}, maps).values())

    return gradients_of_weights(network, pictures(), total, training=True)


MODULE = """
import keras

class Halve(keras.layers.Layer):
    def call(self, x):
        return x / 2

class Outer:
    class Inner(Halve):
        pass
"""


@pytest.fixture
def halving(tmp_path, monkeypatch):
    """A user's module with a block in it."""
    (tmp_path / "my_blocks_of_this_test.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import my_blocks_of_this_test as module

    yield module
    del sys.modules[module.__name__]


@pytest.mark.parametrize("given", ["class", "text"])
def test_a_users_block_survives_saving(halving, given, tmp_path):
    spec = halving.Halve if given == "class" else "my_blocks_of_this_test:Halve"
    network = YoloV4Tiny(NAMES, attention=spec)
    assert network.attention == "my_blocks_of_this_test:Halve"
    assert type(network.twin().get_layer("attention_up")).__name__ == "Halve"
    network.save(tmp_path / "mine.keras")
    again = keras.models.load_model(tmp_path / "mine.keras", compile=False)
    assert again.attention == network.attention
    assert_same_maps(network, again)


def test_a_class_that_no_file_could_name_is_refused(halving):
    class Local(keras.layers.Layer):
        pass

    for cls in (Local, halving.Outer.Inner):
        with pytest.raises(UserError, match=r"(Local|Inner).*top level of a module"):
            YoloV4Tiny(NAMES, attention=cls)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("foo", "unknown attention 'foo'.*cbam"),
        (99, "unknown attention 99"),
        ("se(ratio=0)", "ratio must be"),
        ("no_such_module:Block", "cannot import module"),
        (3.5, "no keras.layers.Layer"),
        ("keras.layers:Flatten", "attention_p4.*must keep the shape"),
        ("keras.layers:MaxPooling2D", "attention_p4.*must keep the shape"),
        ("keras.layers:Dense(units=7)", "attention_p4.*must keep the shape"),
    ],
)
def test_a_wrong_attention_is_a_users_error(spec, reason):
    with pytest.raises(UserError, match=reason):
        YoloV4Tiny(NAMES, attention=spec)


@pytest.mark.parametrize("spec", [2, np.int64(2), None])
def test_a_number_or_none_survives_saving(spec, tmp_path):
    network = YoloV4Tiny(NAMES, attention=spec)
    network.save(tmp_path / "numbered.keras")
    again = keras.models.load_model(tmp_path / "numbered.keras", compile=False)
    assert again.get_config() == network.get_config()
    assert again.count_params() == network.count_params()


class Newcomer(keras.layers.Layer):
    """A block whose layer within says nothing of its precision."""

    def build(self, shape):
        self.judge = keras.layers.Conv2D(shape[-1], 1, activation="sigmoid")

    def call(self, x):
        return x * self.judge(x)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_a_block_of_ones_own_with_layers_within_computes_as_the_network_does(dtype):
    network = YoloV4Tiny(("a",), attention=f"{__name__}:Newcomer", dtype=dtype)
    block = network.get_layer("attention_p4")
    assert block.judge.compute_dtype == block.compute_dtype == dtype.removeprefix("mixed_")
    assert keras.config.dtype_policy().name == "float32"
    maps = network(np.zeros((1, 64, 96, 3), np.float32))
    assert [tuple(raw.shape) for raw in maps] == [(1, 2, 3, 18), (1, 4, 6, 18)]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_upsampling_is_that_of_keras(dtype):
    x = keras.ops.cast(pictures(3, 5), dtype)
    expected = keras.layers.UpSampling2D(2, data_format="channels_last", interpolation="nearest", dtype=dtype)(x)
    found = Upsample(dtype=dtype)(x)
    assert found.dtype == x.dtype
    np.testing.assert_array_equal(array(found), array(expected))
    assert Upsample().compute_output_shape((None, 3, None, 8)) == (None, 6, None, 8)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_second_half_of_the_channels_passes_its_gradient_to_these_alone(dtype):
    x, weight = np.random.default_rng(0).integers(-9, 9, (2, 2, 3, 5, 8)).astype(np.float32)  # exact in bfloat16
    layer = SecondHalf(dtype=dtype)
    found = layer(keras.ops.cast(x, dtype))
    np.testing.assert_array_equal(array(keras.ops.cast(found, "float32")), x[..., 4:])
    assert layer.compute_output_shape((None, 3, None, 8)) == (None, 3, None, 4)

    def weighted(values):
        return keras.ops.sum(keras.ops.cast(layer(keras.ops.cast(values, dtype)), "float32") * weight[..., 4:])

    (gradient,) = gradients_of_inputs(weighted, [x])
    np.testing.assert_array_equal(gradient, np.concatenate([np.zeros_like(x[..., :4]), weight[..., 4:]], axis=-1))


@tensorflow_only
def test_no_gradient_of_features_is_computed_by_the_slow_gradient_of_an_index():
    import tensorflow as tf

    network = YoloV4Tiny(NAMES)

    @tf.function
    def gradients(x):
        with tf.GradientTape() as tape:
            number = sum(tf.reduce_sum(raw) for raw in network(x, training=True))
        return tape.gradient(number, network.trainable_variables)

    operations = gradients.get_concrete_function(tf.TensorSpec((2, 64, 96, 3))).graph.get_operations()
    assert "Conv2DBackpropFilter" in {operation.type for operation in operations}
    assert not [operation.name for operation in operations if operation.type == "StridedSliceGrad"]
