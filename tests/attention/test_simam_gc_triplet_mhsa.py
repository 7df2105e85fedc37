"""Numbers of SimAM, global context, triplet attention and multi-head self-attention worked out by hand."""

import math

import keras
import numpy as np
import pytest
from keras import ops

import attention
from attention.self_attention import positions
from tests.backends import array


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


@pytest.mark.parametrize(
    ("spec", "parameters"),
    [
        ("simam", 0),
        ("simam(identity_start=True)", 1),
        ("gc", 64 + (64 * 4 + 4) + 2 * 4 + (4 * 64 + 64)),  # mask, squeeze, norm, excite
        ("triplet", 3 * (7 * 7 * 2 + 4)),  # a convolution and a batch norm for each plane
        ("triplet(spatial=False)", 2 * (7 * 7 * 2 + 4)),
        ("mhsa", 4 * 64 * 64 + 2 * 64),  # query, key, value, projection and the norm
    ],
)
def test_a_block_for_64_channels_has_as_many_parameters_as_counted_by_hand(spec, parameters):
    block = attention.create(spec)
    block.build((None, None, None, 64))
    assert block.count_params() == parameters


@pytest.mark.parametrize("name", ["simam", "gc", "triplet", "mhsa"])
def test_a_map_whose_sums_and_squares_are_over_the_range_of_float16_is_computed_in_it(name):
    x = np.random.default_rng(0).normal(200, 400, (2, 32, 30, 16)).astype(np.float16)
    exact, block = attention.create(name), attention.create(name, dtype="mixed_float16")
    for layer in (exact, block):
        layer.build(x.shape)
    block.set_weights(exact.get_weights())
    expected = array(exact(x.astype(np.float32), training=True))  # batch norm brings the logits into range
    np.testing.assert_allclose(array(block(x, training=True)), expected, rtol=0.01, atol=1)


def test_simam_gates_four_values_as_worked_by_hand():
    # 1, 1, 1, 5: mean 2, squares 1, 1, 1, 9, variance 12 / 3; logits 1 / 20 + 0.5 and 9 / 20 + 0.5
    block = attention.SimAM(e_lambda=1)
    result = array(block(np.reshape([1, 1, 1, 5], (1, 2, 2, 1)).astype(np.float32)))
    np.testing.assert_allclose(result.ravel(), [sigmoid(0.55)] * 3 + [5 * sigmoid(0.95)], rtol=1e-6)


def test_simam_after_an_identity_start_doubles_the_gates_it_has_learned():
    x = np.reshape([1, 1, 1, 5], (1, 2, 2, 1)).astype(np.float32)
    block = attention.SimAM(e_lambda=1, identity_start=True)
    block.build(x.shape)
    block.strength.assign(-2)
    np.testing.assert_allclose(array(block(x))[0, 1, 1, 0], 10 * sigmoid(-2 * 0.95), rtol=1e-6)


def test_simam_of_a_single_place_is_the_input_times_the_gate_of_one_half():
    x = np.array([[[[-3, 0, 7]]]], np.float32)
    np.testing.assert_allclose(array(attention.SimAM()(x)), x * sigmoid(0.5), rtol=1e-6)


@pytest.mark.parametrize("fusion", ["add", "scale"])
def test_global_context_of_two_places_is_as_worked_by_hand(fusion):
    # mask logits 0 and ln 3, so weights 1/4 and 3/4; hidden 3, 1, -1, -3 of variance 5; the relu leaves 3 and 1
    x = np.array([[[[0, 0, 0, 0], [math.log(3), 0, 4, 4 / 3]]]], np.float32)
    block = attention.GlobalContext(fusion=fusion)
    block.build(x.shape)
    squeeze = np.zeros((4, 4))
    squeeze[2, 0] = squeeze[3, 1] = 1
    block.mask.set_weights([np.array([[1], [0], [0], [0]])])
    block.squeeze.set_weights([squeeze, np.array([0, 0, -1, -3])])
    block.excite.set_weights([np.ones((4, 4)), np.zeros(4)])
    transformed = 4 / math.sqrt(5)
    expected = x + transformed if fusion == "add" else x * sigmoid(transformed)
    np.testing.assert_allclose(array(block(x)), expected, rtol=1e-5)


def test_triplet_attention_averages_the_gates_of_the_three_planes_a_value_lies_in():
    x = np.ones((1, 2, 2, 2), np.float32)
    x[0, 0, 0, 0] = 2
    block = attention.TripletAttention(kernel_size=1)
    block.build(x.shape)
    for convolution in block.convolutions:
        convolution.set_weights([np.reshape([1.0, 0.0], (1, 1, 2, 1))])  # the maximum only
    result = array(block(x))[0]
    one, two = (sigmoid(value / math.sqrt(1 + 1e-5)) for value in (1, 2))
    assert result[0, 0, 0] == pytest.approx(2 * two)
    assert result[1, 1, 1] == pytest.approx(one)
    for neighbor in [(1, 0, 0), (0, 1, 0), (0, 0, 1)]:  # each shares one pooled line with the 2
        assert result[neighbor] == pytest.approx((two + 2 * one) / 3)
    for diagonal in [(1, 1, 0), (1, 0, 1), (0, 1, 1)]:
        assert result[diagonal] == pytest.approx(one)


def test_positions_are_the_sines_and_cosines_worked_by_hand():
    # four channels: one wave for each axis; the row is at a full turn, the columns at a half and a full one
    np.testing.assert_allclose(array(positions(1, 2, 4)), [[[0, 1, 0, -1], [0, 1, 0, 1]]], atol=1e-6)
    # eight channels: the second wave is 10000^(2/4) = 100 times slower, 0.0628 radians
    np.testing.assert_allclose(array(positions(1, 1, 8))[0, 0], [0, 1, 0.0627905, 0.9980267] * 2, atol=1e-6)


def test_self_attention_equals_the_attention_layer_of_keras():
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 16)).astype(np.float32)
    block = attention.MultiHeadSelfAttention(heads=2)
    block.build(x.shape)
    theirs = keras.layers.MultiHeadAttention(2, key_dim=8, use_bias=False)
    values = ops.reshape(block.norm(x), (2, 15, 16))
    places = values + ops.reshape(positions(3, 5, 16), (1, 15, 16))
    theirs.build(places.shape, values.shape, places.shape)
    kernels = [layer.get_weights()[0] for layer in (block.query, block.key, block.value, block.project)]
    shapes = [weight.shape for weight in theirs.get_weights()]
    theirs.set_weights([kernel.reshape(shape) for kernel, shape in zip(kernels, shapes, strict=True)])
    expected = x + array(theirs(places, values, places)).reshape(x.shape)
    np.testing.assert_allclose(array(block(x)), expected, atol=1e-5)


@pytest.mark.parametrize(("channels", "heads"), [(6, 2), (64, 3)])
def test_self_attention_refuses_channels_that_it_cannot_share_out(channels, heads):
    block = attention.MultiHeadSelfAttention(heads=heads)
    with pytest.raises(ValueError, match=f"channels must be a multiple of 4 and of heads={heads}, got {channels}"):
        block(np.zeros((1, 2, 2, channels), np.float32))


@pytest.mark.parametrize("name", ["gc", "mhsa"])
def test_a_block_that_adds_is_the_identity_at_the_start_only_when_told(name):
    x = np.random.default_rng(0).normal(size=(1, 4, 3, 16)).astype(np.float32)
    assert np.abs(array(attention.create(name)(x)) - x).max() > 0.1
    np.testing.assert_array_equal(array(attention.create(name, identity_start=True)(x)), x)


def test_simam_begins_as_the_identity_in_float16_also_where_its_logits_do_not_fit():
    x = np.zeros((1, 640, 640, 1), np.float16)
    x[0, 3, 5] = 100  # one value far from all others: a logit of 640 * 640 / 4, more than float16 holds
    block = attention.create("simam(identity_start=True)", dtype="float16")
    np.testing.assert_array_equal(array(block(x)), x)


@pytest.mark.parametrize("value", [np.int64(4), np.int32(4)])
def test_numbers_of_numpy_are_taken_as_pythons(value):
    block = attention.create("mhsa", heads=value)
    assert type(block.get_config()["heads"]) is int
