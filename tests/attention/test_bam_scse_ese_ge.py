"""Numbers of BAM, scSE, effective SE and gather-excite worked out by hand."""

import numpy as np
import pytest
from keras import ops

import attention
from tests.attention.cases import randomized, twin_of
from tests.backends import array, gradients_of_weights

KINDS = ("theta_minus", "theta", "theta_plus")
EXTENTS = (0, 2, 4, 8)

PARAMETERS = {
    # hidden 4: squeeze and reduce 64 * 4, excite 4 * 64 + 64, two 3 * 3 * 4 * 4, place 4 + 1, four batch norms 4 * 4
    "bam": 2 * 256 + 320 + 2 * 144 + 5 + 4 * 16,
    # hidden 4, one dilated convolution and its batch norm fewer
    "bam(convolutions=1)": 2 * 256 + 320 + 144 + 5 + 3 * 16,
    # hidden 32: 64 * 32 + 32, 32 * 64 + 64, and 64 + 1 of the spatial gate
    "scse": 2080 + 2112 + 65,
    # 64 * 64 + 64
    "ese": 4160,
    "gather_excite(kind='theta_minus')": 0,
    "gather_excite(kind='theta_minus', extent=8, identity_start=True)": 1,
    # 3 * 3 * 64 and a batch norm of 4 * 64 for each halving
    "gather_excite(kind='theta', extent=2)": 576 + 256,
    "gather_excite(kind='theta', extent=4)": 2 * (576 + 256),
    "gather_excite(kind='theta', extent=8)": 3 * (576 + 256),
    # 7 * 7 * 64 and one batch norm; then hidden 4: 64 * 4 + 4 and 4 * 64 + 64
    "gather_excite(kind='theta')": 3136 + 256,
    "gather_excite": 3136 + 256 + 260 + 320,
    "gather_excite(extent=8)": 3 * (576 + 256) + 260 + 320,
}


def built(spec, channels, **weights):
    """A block whose weights of these names, with `__` for `/`, are filled with one value or array each."""
    block = attention.create(spec, name="here")
    block.build((None, None, None, channels))
    for name, value in weights.items():
        (weight,) = (weight for weight in block.weights if weight.path == f"here/{name.replace('__', '/')}")
        weight.assign(np.broadcast_to(value, weight.shape))
    return block


@pytest.mark.parametrize(("spec", "count"), list(PARAMETERS.items()))
def test_a_block_of_64_channels_has_as_many_parameters_as_counted_by_hand(spec, count):
    assert built(spec, 64).count_params() == count


def test_bam_scales_by_one_plus_the_sigmoid_of_the_sum_of_both_branches():
    # only the last biases count: ln 2 of the channel and ln 1.5 of the place make the odds 3, the gate 3/4
    zeros = {"excite__kernel": 0, "place__kernel": 0}
    block = built("bam", 4, **zeros, excite__bias=np.log(2), place__bias=np.log(1.5))
    np.testing.assert_allclose(array(block(np.full((1, 2, 3, 4), 4.0))), 7, rtol=1e-6)


def test_bam_sees_as_far_as_its_dilation():
    # one channel, one place lit: the logit of the place four to the right is 1 (1 through all), that beside it is 0
    x = np.zeros((1, 1, 9, 1), np.float32)
    x[0, 0, 4] = 1
    kernel = np.zeros((3, 3, 1, 1))
    kernel[1, 0] = 1  # looks to the left
    weights = {"reduce__kernel": 1, "dilated_0__kernel": kernel, "place__kernel": 1, "excite__kernel": 0}
    for dilation in (1, 4):
        gate = array(built(f"bam(convolutions=1, dilation={dilation})", 1, **weights).gates(x)["value"])[0, 0, :, 0]
        lit = 1 + 1 / (1 + np.exp(-1 / (1 + 1e-5)))  # two batch norms divide by sqrt(1 + 1e-5) each
        expected = np.full(9, 1.5)
        expected[4 + dilation] = lit
        np.testing.assert_allclose(gate, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("aggregation", "positive", "negative"),
    # gates 3/4 of the channel and 1/4 of the place, of 8: 6 and 2; of -8: -6 and -2
    [("max", 6, -2), ("add", 8, -8), ("multiply", 1.5, -1.5)],
)
def test_scse_joins_the_map_scaled_by_channel_and_the_map_scaled_by_place(aggregation, positive, negative):
    logits = {"excite__bias": np.log(3), "spatial__bias": -np.log(3), "excite__kernel": 0, "spatial__kernel": 0}
    block = built(f"scse(aggregation={aggregation!r})", 2, **logits)
    x = np.tile(np.float32([8, -8]), (1, 2, 3, 1))
    np.testing.assert_allclose(array(block(x)), np.tile([positive, negative], (1, 2, 3, 1)), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("aggregation", ["max", "add", "multiply"])
def test_scse_begins_with_the_input_however_its_maps_are_joined(aggregation, dtype):
    x = ops.cast(np.random.default_rng(0).normal(size=(2, 3, 7, 8)), "bfloat16" if "16" in dtype else "float32")
    block = attention.create("scse", aggregation=aggregation, identity_start=True, dtype=dtype)
    np.testing.assert_array_equal(array(ops.cast(block(x), "float32")), array(ops.cast(x, "float32")))


@pytest.mark.parametrize("identity_start", [False, True])
@pytest.mark.parametrize("aggregation", ["max", "add", "multiply"])
def test_scse_equals_its_numpy_twin_with_each_aggregation(aggregation, identity_start):
    rng = np.random.default_rng(0)
    block = attention.create("scse", aggregation=aggregation, identity_start=identity_start)
    x = rng.normal(size=(2, 6, 5, 32)).astype(np.float32)
    np.testing.assert_allclose(array(randomized(block, rng)(x)), twin_of(block)(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("logit", "gate"), [(-4, 0), (-3, 0), (-1.5, 0.25), (0, 0.5), (1.5, 0.75), (3, 1), (4, 1)])
def test_the_gate_of_effective_se_rises_by_a_sixth_between_minus_three_and_three(logit, gate):
    block = built("ese", 2, excite__kernel=np.eye(2) * 2, excite__bias=0.5)  # of a mean m: 2 m + 0.5
    x = np.full((1, 1, 2, 2), (logit - 0.5) / 2, np.float32) + np.float32([[1], [-1]])
    np.testing.assert_allclose(array(block(x)), x * gate, atol=1e-6)


def test_the_free_gather_averages_what_lies_around_every_second_place():
    # a row of five: windows around 0, 2 and 4 hold (0, 6), (6, 0, 3) and (3, 9): means 3, 3 and 6
    row = np.float32([0, 6, 0, 3, 9])
    block = attention.create("gather_excite", kind="theta_minus", extent=2)
    gate = 1 / (1 + np.exp(-np.float64([3, 3, 3, 3, 6])))  # nearest: two places of each, the last cut off
    np.testing.assert_allclose(array(block(row.reshape(1, 1, 5, 1)))[0, 0, :, 0], row * gate, rtol=1e-6)
    np.testing.assert_allclose(array(block(row.reshape(1, 5, 1, 1)))[0, :, 0, 0], row * gate, rtol=1e-6)


@pytest.mark.parametrize("side", [3, 7])
def test_a_global_gather_is_one_convolution_on_a_map_as_large_as_its_kernel(side):
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(2, side, side, 4)).astype(np.float32), rng.normal(size=(side, side, 4, 1))
    block = built(f"gather_excite(kind='theta', grid={side})", 4, gather_0__kernel=kernel)
    logits = (x * kernel[:, :, :, 0]).sum(axis=(1, 2)) / np.sqrt(1 + 1e-5)
    gate = array(block.gates(x)["neighborhood"])
    np.testing.assert_allclose(gate, 1 / (1 + np.exp(-logits[:, None, None])), rtol=1e-4)


def test_a_global_gather_cuts_a_map_into_equal_parts_even_within_pixels():
    # two parts of three pixels: (a + b/2) / 1.5 and (b/2 + c) / 1.5; weighed 1 and 10
    column, kernel = np.float32([3, 6, 0]), np.zeros((2, 2, 1, 1))
    kernel[0, 0], kernel[1, 0] = 1, 10
    block = built("gather_excite(kind='theta', grid=2)", 1, gather_0__kernel=kernel, norm_0__moving_mean=20)
    logit = (4 + 10 * 2 - 20) / np.sqrt(1 + 1e-5)
    gate = array(block.gates(column.reshape(1, 3, 1, 1))["neighborhood"])
    np.testing.assert_allclose(gate, 1 / (1 + np.exp(-logit)), rtol=1e-5)


@pytest.mark.parametrize("extent", EXTENTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("identity_start", [False, True])
def test_gather_excite_equals_its_numpy_twin_with_any_size_of_map(kind, extent, identity_start):
    rng = np.random.default_rng(0)
    block = attention.create("gather_excite", kind=kind, extent=extent, identity_start=identity_start)
    randomized(block, rng)
    for height, width in [(6, 5), (1, 1), (3, 7), (8, 2), (9, 17), (16, 8)]:
        x = rng.normal(size=(2, height, width, 32)).astype(np.float32)
        np.testing.assert_allclose(
            array(block(x)), twin_of(block)(x), atol=1e-5, rtol=1e-5, err_msg=f"{height} x {width}"
        )


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("extent", EXTENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_gather_excite_of_each_kind_begins_with_the_input_and_can_learn(kind, extent, dtype):
    features = np.random.default_rng(0).normal(size=(2, 6, 5, 8)).astype(np.float32)
    block = attention.create("gather_excite", kind=kind, extent=extent, identity_start=True, dtype=dtype)
    x = ops.cast(features, block.compute_dtype)
    for training in (False, True):
        np.testing.assert_array_equal(
            array(ops.cast(block(x, training=training), "float32")), array(ops.cast(x, "float32"))
        )
    assert any(np.abs(gradient).max() > 0 for gradient in gradients_of_weights(block, features))
