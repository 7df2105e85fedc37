"""One set of tests for every registered block."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import attention
from tests.reference import attention_numpy

CHANNELS = 32
OTHER_ARGUMENTS = {  # for each block, another value of every argument
    "none": {},
    "se": {"ratio": 4},
    "cbam": {"ratio": 4, "kernel_size": 3},
    "eca": {"gamma": 1, "b": 5},
    "ca": {"ratio": 2},
}
VARIANTS = [(name, key, value) for name, arguments in OTHER_ARGUMENTS.items() for key, value in arguments.items()]
every_block = pytest.mark.parametrize("name", attention.available())


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def features(rng):
    """Two maps, higher than wide, with values on both sides of zero."""
    return rng.normal(size=(2, 6, 5, CHANNELS)).astype(np.float32)


def randomized(block, rng):
    """The block, built for CHANNELS, with random weights; all are positive where a variance is needed."""
    if not block.built:
        block.build((None, None, None, CHANNELS))
    for weight in block.weights:
        value = rng.normal(scale=0.5, size=weight.shape)
        weight.assign(np.abs(value) + 0.1 if "variance" in weight.path else value)
    return block


@every_block
def test_a_block_keeps_the_shape_of_its_input(name, features):
    assert attention.create(name)(features).shape == features.shape


@every_block
def test_a_block_equals_its_numpy_twin(name, features, rng):
    block = randomized(attention.create(name), rng)
    twin = getattr(attention_numpy, name)
    expected = twin(features.astype(np.float64), *(w.astype(np.float64) for w in block.get_weights()))
    np.testing.assert_allclose(block(features), expected, atol=1e-5)


@pytest.mark.parametrize(("name", "key", "value"), VARIANTS)
def test_a_block_with_another_argument_equals_its_numpy_twin(name, key, value, features, rng):
    block = randomized(attention.create(name, **{key: value}), rng)
    expected = getattr(attention_numpy, name)(features, *block.get_weights())
    np.testing.assert_allclose(block(features), expected, atol=1e-5)


@every_block
def test_a_gradient_reaches_every_weight(name, features, rng):
    block = randomized(attention.create(name), rng)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(block(features) ** 2)
    for weight, gradient in zip(
        block.trainable_weights, tape.gradient(loss, [w.value for w in block.trainable_weights]), strict=True
    ):
        assert gradient is not None, weight.path
        assert np.abs(gradient).max() > 0, weight.path


@every_block
def test_a_block_is_made_again_from_its_config(name):
    block = attention.create(name, name="here", **OTHER_ARGUMENTS[name])
    again = type(block).from_config(block.get_config())
    assert again.get_config() == block.get_config()
    assert OTHER_ARGUMENTS[name].items() <= block.get_config().items()
    assert again.name == "here"


@every_block
def test_a_saved_model_gives_the_same_after_loading(name, features, rng, tmp_path):
    inputs = keras.Input((None, None, CHANNELS))
    block = attention.create(name, name="here", **OTHER_ARGUMENTS[name])
    model = keras.Model(inputs, block(inputs))
    randomized(block, rng)
    model.save(tmp_path / "größe.keras")
    loaded = keras.models.load_model(tmp_path / "größe.keras")
    assert type(loaded.get_layer("here")) is type(block)
    np.testing.assert_array_equal(loaded(features), model(features))


@pytest.mark.parametrize(("precision", "error"), [("float16", 0.01), ("mixed_float16", 0.01), ("mixed_bfloat16", 0.06)])
@every_block
def test_a_block_computes_in_low_precision_all_through(name, precision, error, features, rng):
    exact = randomized(attention.create(name), rng)
    block = attention.create(name, dtype=precision)
    block.build((None, None, None, CHANNELS))
    block.set_weights(exact.get_weights())
    for sublayer in block._flatten_layers():
        assert sublayer.dtype_policy.name == precision
    result = block(ops.cast(features, block.compute_dtype))
    assert keras.backend.standardize_dtype(result.dtype) == block.compute_dtype
    np.testing.assert_allclose(ops.cast(result, "float32"), exact(features), atol=error, rtol=error)


@every_block
def test_one_model_takes_maps_of_any_size(name, rng):
    inputs = keras.Input((None, None, CHANNELS))
    block = attention.create(name)
    model = keras.Model(inputs, block(inputs))
    assert model.output_shape == (None, None, None, CHANNELS)
    randomized(block, rng)
    run = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec((None, None, None, CHANNELS))])
    for shape in [(1, 3, 7, CHANNELS), (2, 8, 2, CHANNELS), (1, 1, 1, CHANNELS)]:
        x = rng.normal(size=shape).astype(np.float32)
        np.testing.assert_allclose(
            run(x), getattr(attention_numpy, name)(x, *block.get_weights()), atol=1e-5, err_msg=str(shape)
        )


@every_block
def test_every_argument_of_a_block_has_another_value_to_be_tested_with(name):
    parameters = inspect.signature(type(attention.create(name)).__init__).parameters
    own = {p.name for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD} - {"self"}
    assert own == OTHER_ARGUMENTS[name].keys()


@pytest.mark.parametrize(("name", "key", "value"), VARIANTS)
def test_every_argument_changes_the_weights(name, key, value):
    blocks = attention.create(name), attention.create(name, **{key: value})
    shapes = []
    for block in blocks:
        block.build((None, None, None, CHANNELS))
        shapes.append([tuple(weight.shape) for weight in block.weights])
    assert shapes[0] != shapes[1]


@pytest.mark.parametrize(("name", "key", "value"), VARIANTS)
@pytest.mark.parametrize("wrong", [-1, 1.5, "4", None, True])
def test_a_wrong_argument_is_refused_by_name(name, key, value, wrong):
    with pytest.raises(ValueError, match=f"{key} must be a whole number"):
        attention.create(name, **{key: wrong})


PARAMETERS = {"none": 0, "se": 43_008, "cbam": 86_310, "eca": 15, "ca": 64_736}


@pytest.mark.parametrize(("name", "added"), list(PARAMETERS.items()))
def test_the_three_places_of_the_detector_cost_as_many_parameters_as_counted_by_hand(name, added):
    blocks = [attention.create(name) for _ in range(3)]
    for block, channels in zip(blocks, (256, 512, 128), strict=True):
        block.build((None, None, None, channels))
    assert sum(block.count_params() for block in blocks) == added


@pytest.mark.parametrize(("channels", "size"), [(1, 1), (8, 3), (64, 3), (100, 3), (128, 5), (512, 5), (2048, 7)])
def test_eca_looks_at_the_odd_number_of_channels_the_paper_gives(channels, size):
    # (log2(c) + 1) / 2, worked by hand: 0.5, 2, 3.5, 3.8, 4, 5, 6 -> 0, 2, 3, 3, 4, 5, 6 -> the next odd number
    block = attention.create("eca")
    block.build((None, None, None, channels))
    assert block.weights[0].shape == (size, 1, 1)


def test_coordinate_attention_learns_its_statistics_from_rows_and_columns(features):
    block = attention.CoordinateAttention()
    block(features, training=True)
    squeeze = block.squeeze.get_weights()[0][0, 0]
    strip = np.concatenate([features.mean(axis=2), features.mean(axis=1)], axis=1) @ squeeze
    np.testing.assert_allclose(block.norm.moving_mean, 0.1 * strip.mean(axis=(0, 1)), atol=1e-6)
    np.testing.assert_allclose(block.norm.moving_variance, 0.9 + 0.1 * strip.var(axis=(0, 1)), atol=1e-6)


def test_means_of_large_maps_do_not_overflow_in_float16():
    block = attention.create("se", dtype="float16")
    assert np.isfinite(block(np.full((1, 104, 104, 16), 100, np.float16))).all()
