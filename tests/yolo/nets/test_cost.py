"""What a network costs: the published figures, numbers worked out by hand, and TensorFlow's own profiler."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

import attention
from tests.backends import tensorflow_only
from yolo.errors import UserError
from yolo.nets.cost import cost, part_of
from yolo.nets.model import YoloV4Tiny

pytestmark = tensorflow_only  # whose graph is counted

HEIGHT, WIDTH, CHANNELS = 13, 11, 8
N = HEIGHT * WIDTH


def named(count):
    return [str(number) for number in range(count)]


@pytest.fixture(scope="module")
def network():
    return YoloV4Tiny(named(80))


@pytest.mark.parametrize(("classes", "parameters"), [(20, 5_924_214), (80, 6_062_814)])
def test_the_parameters_are_darknets(network, classes, parameters):
    assert cost(network.twin(class_names=named(classes)), (64, 64)).parameters == parameters


def test_the_arithmetic_at_416_with_80_classes_is_the_published_one(network):
    found = cost(network)
    assert found.input_size == (416, 416)
    assert round(found.gflops, 3) == 6.908
    stem = 2 * (208**2 * 9 * 3 * 32 + 104**2 * 9 * 32 * 64)
    assert {part.name: part.flops for part in found.parts}["stem"] == stem


def test_the_arithmetic_grows_with_the_area_whichever_side_is_longer(network):
    once, turned, twice = (cost(network, size) for size in ((64, 96), (96, 64), (128, 96)))
    assert once.input_size == (64, 96)
    assert once.gflops == turned.gflops == twice.gflops / 2
    assert (once.layers[-1].shape, turned.layers[-1].shape) == ((4, 6, 255), (6, 4, 255))


PLACES = {"p4": (26, 256), "p5": (13, 512), "up": (26, 128)}  # side and channels at 416 x 416


@pytest.mark.parametrize(
    ("block", "parameters", "multiplications"),
    [
        ("se(ratio=16)", 43_008, lambda side, c: 2 * c * c // 16),
        ("cbam(ratio=8)", 86_310, lambda side, c: 2 * 2 * c * c // 8 + side * side * 7 * 7 * 2),
        ("eca", 15, lambda side, c: 5 * c),
        ("ca", 64_736, lambda side, c: 2 * (side + side) * c * max(c // 16, 8)),
    ],
)
def test_attention_adds_what_was_worked_out_by_hand(network, block, parameters, multiplications):
    found, without = cost(network.twin(attention=block)), cost(network)
    assert found.parameters - without.parameters == parameters
    parts = {part.name: part for part in found.parts}
    for place, (side, channels) in PLACES.items():
        assert parts.pop(f"attention {place}").flops == 2 * multiplications(side, channels), place
    assert tuple(parts.values()) == without.parts


def model_with(layer, channels=CHANNELS):
    """A model that ends in a layer called "tried", which is built without knowing the size of the pictures."""
    pictures = keras.Input((None, None, 3))
    layer.name = "tried"
    return keras.Model(pictures, layer(layers.Conv2D(channels, 1)(pictures)))


def layer_cost(layer):
    """The `LayerCost` of a layer that sees (1, 13, 11, 8)."""
    return cost(model_with(layer), (HEIGHT, WIDTH)).layers[-1]


def profiled(model, size):
    """FLOPs of convolutions and matrix products by TensorFlow's profiler, which knows no Einsum."""
    graph = tf.function(model).get_concrete_function(tf.TensorSpec((1, *size, 3))).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    node = tf.compat.v1.profiler.profile(graph, cmd="op", options=options)
    total = 0
    while True:
        total += node.float_ops * node.name.startswith(("Conv2D", "Depthwise", "MatMul", "BatchMatMul"))
        if not node.children:
            return total
        node = node.children[0]


EINSUMS = {"mhsa": 2 * 2 * (8 * 16) ** 2 * 64}  # scores and means, each a product of places, places and channels


@pytest.mark.parametrize("block", attention.available())
def test_every_block_costs_what_tensorflows_profiler_says(block):
    model, size = model_with(attention.create(block), channels=64), (8, 16)
    assert sum(layer.flops for layer in cost(model, size).layers) == profiled(model, size) + EINSUMS.get(block, 0)


@pytest.mark.parametrize(
    ("layer", "multiplications"),
    [
        (layers.Conv2D(6, (3, 5), padding="same"), N * 6 * 15 * 8),
        (layers.Conv2D(6, 3, strides=2, padding="same"), 7 * 6 * 6 * 9 * 8),
        (layers.Conv2D(6, 3, dilation_rate=2, padding="same"), N * 6 * 9 * 8),
        (layers.Conv2D(6, 3, dilation_rate=(3, 2)), 7 * 7 * 6 * 9 * 8),
        (layers.Conv2D(12, 3, groups=4, padding="same"), N * 12 * 9 * 2),
        (layers.Conv2DTranspose(6, 3, strides=2, padding="same"), N * 8 * 9 * 6),
        (layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), N * 16 * 9),
        (layers.DepthwiseConv2D(3, dilation_rate=2, padding="same"), N * 8 * 9),
        (layers.SeparableConv2D(6, 3, padding="same"), N * 8 * 9 + N * 8 * 6),
        (layers.Dense(5), N * 8 * 5),
        (layers.EinsumDense("...x,xy->...y", 5), N * 8 * 5),
        (layers.EinsumDense("abcd,de->abe", (None, 5)), HEIGHT * WIDTH * 8 * 5),
        (layers.BatchNormalization(), 0),
        (layers.LeakyReLU(), 0),
        (layers.MaxPooling2D(2), 0),
    ],
    ids=lambda value: f"{value.name}" if isinstance(value, keras.Layer) else "",
)
def test_a_layer_of_keras_costs_what_was_worked_out_by_hand(layer, multiplications):
    assert layer_cost(layer).flops == 2 * multiplications


class SelfAttention(layers.Layer):
    """Every place looks at every other: scores by a product with a transposed matrix, then a weighted mean."""

    def build(self, shape):
        self.query = layers.Dense(4)
        self.key = layers.Dense(4)
        self.query.build(shape)
        self.key.build(shape)

    def weigh(self, query, key, x):
        return ops.softmax(query @ ops.transpose(key, (0, 2, 1))) @ x

    def call(self, x):
        batch, height, width, channels = ops.shape(x)
        flat = (batch, height * width, -1)
        query, key = (ops.reshape(dense(x), flat) for dense in (self.query, self.key))
        return ops.reshape(self.weigh(query, key, ops.reshape(x, flat)), (batch, height, width, channels))

    def compute_output_shape(self, shape):
        return shape


class ByEinsum(SelfAttention):
    def weigh(self, query, key, x):
        return tf.einsum("b...q,bqc->b...c", tf.nn.softmax(tf.einsum("...qd,...kd->...qk", query, key)), x)


class InAFunction(SelfAttention):
    def weigh(self, query, key, x):
        return tf.function(super().weigh)(query, key, x)


class TransposedFirst(SelfAttention):
    def weigh(self, query, key, x):
        query = tf.transpose(query, (0, 2, 1))
        return tf.matmul(tf.nn.softmax(tf.matmul(query, key, transpose_a=True, transpose_b=True)), x)


class DynamicShape(SelfAttention):
    def weigh(self, query, key, x):
        shape = tf.shape(x)
        return tf.reshape(super().weigh(query, key, x), (shape[0], shape[1] * shape[2]))


@pytest.mark.parametrize("block", [SelfAttention, ByEinsum, InAFunction, TransposedFirst, DynamicShape])
def test_a_users_self_attention_costs_what_was_worked_out_by_hand(block):
    projections, scores, means = 2 * N * 8 * 4, N * 4 * N, N * N * 8
    found = layer_cost(block())
    assert found.flops == 2 * (projections + scores + means)
    assert (found.parameters, found.kind) == (2 * (8 * 4 + 4), block.__name__)
    assert not tf.config.functions_run_eagerly()


class Loop(layers.Layer):
    def call(self, x):
        return tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x / 2), (0, x))[1]

    def compute_output_shape(self, shape):
        return shape


class ChosenByThePicture(Loop):
    def call(self, x):
        bright = tf.boolean_mask(x, tf.reduce_mean(x, -1) > 0)  # (n, channels)
        return x * tf.matmul(bright, bright, transpose_a=True)[0]


@pytest.mark.parametrize(
    ("block", "reason"),
    [(Loop, "layer tried cannot.*hides a part of the graph"), (ChosenByThePicture, "layer tried .*depends on the pic")],
)
def test_a_block_whose_arithmetic_cannot_be_known_is_refused(block, reason):
    with pytest.raises(UserError, match=reason):
        layer_cost(block())
    assert not tf.config.functions_run_eagerly()


@pytest.mark.parametrize(
    ("layer", "part"),
    [
        ("stem_2_pad", "stem"),
        ("c2_a_conv", "c2"),
        ("c5_act", "c5"),
        ("attention_c3", "attention c3"),
        ("attention_up", "attention up"),
        ("p5_conv", "neck"),
        ("up_sample", "neck"),
        ("p4_join", "neck"),
        ("p5_head_bn", "p5 head"),
        ("p4_out", "p4 head"),
    ],
)
def test_a_layers_part_follows_from_its_name(layer, part):
    assert part_of(layer) == part


@pytest.mark.parametrize("block", ["none", "simam", "se@c3, cbam@p4"])
def test_the_parts_hold_every_layer_once_and_attention_only_where_there_is_a_block(block):
    network = YoloV4Tiny(named(3), attention=block)
    found = cost(network, (64, 96))
    assert [layer.name for layer in found.layers] == [layer.name for layer in network.layers[1:]]
    assert sum(part.parameters for part in found.parts) == found.parameters == network.count_params()
    assert sum(part.gflops for part in found.parts) == pytest.approx(found.gflops)
    shapes = {part.name: part.shape for part in found.parts}
    expected = {
        "none": {},
        "simam": {"attention p4": (4, 6, 256), "attention p5": (2, 3, 512), "attention up": (4, 6, 128)},
        "se@c3, cbam@p4": {"attention c3": (8, 12, 128), "attention p4": (4, 6, 256)},
    }
    assert {name: shape for name, shape in shapes.items() if name.startswith("attention")} == expected[block]
    assert (shapes["c4"], shapes["c5"], shapes["p4 head"]) == ((2, 3, 512), (2, 3, 512), (4, 6, 24))


def test_counting_changes_nothing_and_half_precision_costs_the_same(tmp_path):
    network = YoloV4Tiny(named(2), attention="cbam", dtype="mixed_bfloat16")
    before = [np.array(weight) for weight in network.get_weights()]
    found = cost(network, (64, 96))
    assert found == cost(network, (64, 96)) == cost(network.twin(dtype="float32"), (64, 96))
    for a, b in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    network.save(tmp_path / "größe.keras")
    assert cost(keras.models.load_model(tmp_path / "größe.keras", compile=False), (64, 96)) == found
