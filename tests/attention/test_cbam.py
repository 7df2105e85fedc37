"""CBAM in its published shapes, with numbers worked out by hand."""

import math

import numpy as np
import pytest
from keras import ops

import attention
from tests.attention.cases import CHANNELS, randomized, twin_of
from tests.backends import array, gradients_of_weights

ORDERS = ["channel-spatial", "spatial-channel", "parallel", "channel", "spatial"]
# At 64 channels:
# cbam            hidden 8: 64*8 + 8*64 = 1024;  7*7*2 = 98
# paper           hidden 4: 64*4 + 4*64 = 512;  7*7*2 = 98
# keras-stacked   hidden 8: 64*8 + 8 + 8*64 + 64 = 1096;  3*3 * (2*64 + 64*32 + 32*16 + 16*1) = 24,336
# tf1-half        hidden 32: 64*32 + 32 + 32*64 + 64 = 4192;  7*7*2 + 1 = 99
# gate-bn         hidden 4: 64*4 + 4 + 4*64 + 64 = 580;  7*7*2 + 1 = 99;  batch norm 4
PARAMETERS = {"cbam": 1122, "cbam/paper": 610, "cbam/keras-stacked": 25_432, "cbam/tf1-half": 4291, "cbam/gate-bn": 683}


@pytest.fixture
def features():
    """Two maps, higher than wide, with values on both sides of zero."""
    return np.random.default_rng(0).normal(size=(2, 6, 5, CHANNELS)).astype(np.float32)


def built(channels, **arguments):
    block = attention.CBAM(**arguments)
    block.build((None, None, None, channels))
    return block


@pytest.mark.parametrize(("spec", "parameters"), list(PARAMETERS.items()))
def test_each_preset_has_as_many_parameters_as_counted_by_hand(spec, parameters):
    block = attention.create(spec)
    block.build((None, None, None, 64))
    assert block.count_params() == parameters


def test_every_preset_is_counted():
    assert PARAMETERS.keys() - {"cbam"} == {f"cbam/{preset}" for preset in attention.presets("cbam")}


@pytest.mark.parametrize(
    ("arguments", "width"),
    [({}, 1), ({"ratio": 3}, 3), ({"ratio": 99}, 1), ({"hidden": 0.75}, 7), ({"hidden": 0.01}, 1)],
)
def test_the_hidden_layer_of_ten_channels_is_as_wide_as_asked(arguments, width):
    assert built(10, **arguments).squeeze.kernel.shape == (10, width)


@pytest.mark.parametrize(
    ("use_bias", "biased"),
    [
        (False, set()),
        (True, {"squeeze", "excite", "spatial_1", "spatial"}),
        ("channel", {"squeeze", "excite"}),
        ("spatial", {"spatial_1", "spatial"}),
    ],
)
def test_biases_are_where_they_were_asked_for(use_bias, biased):
    paths = [weight.path.split("/") for weight in built(8, use_bias=use_bias, widths=(2,), name="here").weights]
    assert {layer for _, layer, kind in paths if kind == "bias"} == biased


@pytest.mark.parametrize(
    ("sigmoid_per_branch", "gates"),
    [
        # channel 0 has mean 1 and maximum 2: the branches say ln 3 and 2 ln 3, whose sigmoids are 3/4 and 9/10
        (False, [27 / 28, 1 / 28]),  # the sigmoids of 3 ln 3 and -3 ln 3
        (True, [0.75 + 0.9, 0.25 + 0.1]),
    ],
)
def test_a_channel_gate_worked_by_hand(sigmoid_per_branch, gates):
    block = built(2, ratio=2, order="channel", sigmoid_per_branch=sigmoid_per_branch)
    block.set_weights([np.array([[1.0], [0.0]]), math.log(3) * np.array([[1.0, -1.0]])])
    x = np.array([[0.0, 5.0], [2.0, -4.0]], np.float32).reshape(1, 2, 1, 2)
    np.testing.assert_allclose(array(block(x)), x * np.array(gates), rtol=1e-6)


def test_a_hidden_value_below_zero_says_nothing():
    block = built(2, ratio=2, order="channel")
    block.set_weights([np.array([[-1.0], [0.0]]), np.array([[5.0, -5.0]])])
    x = np.array([[0.0, 5.0], [2.0, -4.0]], np.float32).reshape(1, 2, 1, 2)
    np.testing.assert_array_equal(array(block(x)), x / 2)


@pytest.mark.parametrize(
    ("tap", "gates"),
    [
        ((1, 0, 0, 0), [0.5, 0.75, 0.9]),  # the mean on the left: nothing, 1, 2 times ln 3
        ((1, 2, 1, 0), [0.9, 0.75, 0.5]),  # the maximum on the right: 2, 1 times ln 3, nothing
    ],
)
def test_a_spatial_gate_worked_by_hand(tap, gates):
    block = built(2, order="spatial", kernel_size=3)
    kernel = np.zeros((3, 3, 2, 1))
    kernel[tap] = math.log(3)
    block.set_weights([kernel])
    x = np.array([[0, 2], [2, 2], [1, -1]], np.float32).reshape(1, 1, 3, 2)
    np.testing.assert_allclose(array(block(x)), x * np.reshape(gates, (1, 1, 3, 1)), rtol=1e-6)


def test_one_gate_alone_leaves_the_other_axes_as_they_were(features):
    for order, axes in {"channel": (1, 2), "spatial": 3}.items():
        block = randomized(attention.CBAM(order=order), np.random.default_rng(1))
        factors = array(block(features)) / features
        assert np.ptp(factors, axis=axes).max() < 1e-5
        assert np.ptp(factors) > 0.1


def test_the_order_decides_what_each_gate_is_computed_from(features):
    blocks = {order: randomized(attention.CBAM(order=order), np.random.default_rng(1)) for order in ORDERS}
    channel, spatial = blocks["channel"], blocks["spatial"]
    for order in ("channel-spatial", "spatial-channel", "parallel"):
        for layer in ("squeeze", "excite"):
            getattr(blocks[order], layer).set_weights(getattr(channel, layer).get_weights())
        blocks[order].spatial.set_weights(spatial.get_weights())
    expected = {
        "channel-spatial": array(spatial(channel(features))),
        "spatial-channel": array(channel(spatial(features))),
        "parallel": array(channel(features)) * array(spatial(features)) / features,
    }
    results = {order: array(blocks[order](features)) for order in expected}
    for order, result in results.items():
        np.testing.assert_allclose(result, expected[order], atol=1e-5, rtol=1e-5, err_msg=order)
        others = [other for name, other in results.items() if name != order]
        assert all(np.abs(result - other).max() > 0.01 for other in others)


def test_batch_norm_learns_its_statistics_from_the_logits_of_the_places(features):
    block = built(CHANNELS, order="spatial", batch_norm=True)
    summary = np.stack([features.mean(axis=3), features.max(axis=3)], axis=-1)
    logits = array(block.spatial(summary))
    result = array(block(features, training=True))
    gates = 1 / (1 + np.exp(-(logits - logits.mean()) / np.sqrt(logits.var() + 1e-5)))
    np.testing.assert_allclose(result, features * gates, atol=1e-5)
    np.testing.assert_allclose(block.norm[0].moving_mean, [0.1 * logits.mean()], atol=1e-6)
    np.testing.assert_allclose(block.norm[0].moving_variance, [0.9 + 0.1 * logits.var()], atol=1e-6)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("spec", list(PARAMETERS))
def test_every_shape_can_begin_as_the_identity_and_all_of_it_learns(spec, order, features):
    for dtype in ("mixed_bfloat16", "float32"):
        block = attention.create(spec, order=order, identity_start=True, dtype=dtype)
        x = ops.cast(features, block.compute_dtype)
        for training in (True, False):
            np.testing.assert_array_equal(array(block(x, training=training)), array(x))
    if order != "spatial":
        block.squeeze.kernel.assign(np.abs(block.squeeze.kernel))  # the maxima then pass the relu
    for _ in range(2):  # what lies before a layer of zeros is reached when that has moved
        for weight, gradient in zip(block.trainable_weights, gradients_of_weights(block, features), strict=True):
            weight.assign_sub(0.01 * np.sign(gradient))
    for weight, gradient in zip(block.trainable_weights, gradients_of_weights(block, features), strict=True):
        assert np.abs(gradient).max() > 0, weight.path


POOLINGS = ["both", "average", "max"]


@pytest.mark.parametrize("spatial", POOLINGS)
@pytest.mark.parametrize("channel", POOLINGS)
def test_each_pooling_equals_its_numpy_twin_and_its_gates_keep_within_their_bounds(channel, spatial, features):
    for arguments in ({}, {"sigmoid_per_branch": True}, {"identity_start": True, "sigmoid_per_branch": True}):
        block = attention.CBAM(channel_pooling=channel, spatial_pooling=spatial, **arguments)
        randomized(block, np.random.default_rng(2))
        np.testing.assert_allclose(array(block(features)), twin_of(block)(features), atol=1e-5, rtol=1e-5)
        for kind, gate in block.gates(features).items():
            low, high = block.bounds(kind)
            assert low <= array(gate).min()
            assert array(gate).max() <= high


@pytest.mark.parametrize(("spatial", "taps"), [("both", 98), ("average", 49), ("max", 49)])
def test_one_pooling_of_the_places_halves_the_kernel_and_of_the_channels_changes_no_count(spatial, taps):
    for channel in POOLINGS:
        assert built(64, channel_pooling=channel, spatial_pooling=spatial).count_params() == 1024 + taps


@pytest.mark.parametrize("channel", POOLINGS)
def test_every_pooling_can_begin_as_the_identity(channel, features):
    block = attention.CBAM(
        channel_pooling=channel, spatial_pooling=channel, sigmoid_per_branch=True, identity_start=True
    )
    np.testing.assert_array_equal(array(block(features)), features)


@pytest.mark.parametrize(
    "spec", ["cbam(channel_pooling=max)", "cbam(channel_pooling='max')", "cbam/paper(channel_pooling=max)"]
)
def test_a_word_needs_no_quotes(spec):
    assert attention.create(spec).channel_pooling == "max"
    assert attention.create("cbam(order=spatial-channel)").order == "spatial-channel"


def test_widths_may_be_a_list_as_they_are_in_json():
    assert built(8, widths=[4, 2]).get_config()["widths"] == (4, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        "order='serial'",
        "order='spatial-spatial'",
        "hidden=0",
        "hidden=True",
        "use_bias='both'",
        "widths=()",
        "widths=8",
        "widths=(8, 0)",
        "widths=(8, 2.5)",
        "kernel_size=(3, 3)",
        "channel_pooling='mean'",
        "channel_pooling=None",
        "spatial_pooling=True",
        "spatial_pooling=maximum",
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_argument(arguments):
    with pytest.raises(ValueError, match=f"{arguments.partition('=')[0]} must be "):
        attention.create(f"cbam({arguments})")
