"""One set of tests for every registered block and every preset; a block without a NumPy twin fails."""

import inspect

import keras
import numpy as np
import pytest
from keras import ops

import attention
from attention.keras_internals import nested_layers
from tests.attention.cases import CHANNELS, NAMES, OTHER_VALUES, every_block, every_variant, randomized, twin_of
from tests.backends import array, gradients_of_weights


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def features(rng):
    """Two maps, higher than wide, with values on both sides of zero."""
    return rng.normal(size=(2, 6, 5, CHANNELS)).astype(np.float32)


@every_block
def test_a_block_keeps_the_shape_of_its_input(spec, features):
    assert attention.create(spec)(features).shape == features.shape


@every_block
def test_a_block_equals_its_numpy_twin(spec, features, rng):
    block = randomized(attention.create(spec), rng)
    np.testing.assert_allclose(array(block(features)), twin_of(block)(features), atol=1e-5, rtol=1e-5)


@every_variant
def test_a_block_with_another_argument_equals_its_numpy_twin(name, key, value, features, rng):
    block = randomized(attention.create(name, **{key: value}), rng)
    np.testing.assert_allclose(array(block(features)), twin_of(block)(features), atol=1e-5, rtol=1e-5)


@every_variant
def test_every_argument_changes_the_output(name, key, value, features):
    outputs = []
    for arguments in ({}, {key: value}):
        keras.utils.set_random_seed(7)
        block = attention.create(name, **arguments)
        if key not in ("identity_start", "kernel_initializer"):  # these decide with what weights a block begins
            randomized(block, np.random.default_rng(1))
        outputs.append(array(block(features)))
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_of_a_block_has_another_value_to_be_tested_with(name):
    own, general = set(), set(inspect.signature(keras.layers.Layer.__init__).parameters)
    for cls in type(attention.create(name)).__mro__:
        if issubclass(cls, keras.layers.Layer) and not cls.__module__.startswith("keras."):
            own |= set(inspect.signature(cls.__init__).parameters) - general
    assert own - {"kwargs"} == OTHER_VALUES[name].keys()


@every_block
def test_a_gradient_reaches_every_weight(spec, features, rng):
    block = randomized(attention.create(spec), rng)
    for weight, gradient in zip(block.trainable_weights, gradients_of_weights(block, features), strict=True):
        assert np.abs(gradient).max() > 0, weight.path


@every_block
def test_a_block_is_made_again_from_its_config(spec):
    name = spec.partition("/")[0]
    for arguments in ({}, OTHER_VALUES[name]):
        block = attention.create(spec, name="here", **arguments)
        again = type(block).from_config(block.get_config())
        assert again.get_config() == block.get_config()
        assert arguments.items() <= block.get_config().items()
        assert again.name == "here"


@every_block
def test_a_saved_model_gives_the_same_after_loading(spec, features, rng, tmp_path):
    inputs = keras.Input((None, None, CHANNELS))
    block = attention.create(spec, name="here", **OTHER_VALUES[spec.partition("/")[0]])
    model = keras.Model(inputs, block(inputs))
    randomized(block, rng)
    model.save(tmp_path / "größe.keras")
    loaded = keras.models.load_model(tmp_path / "größe.keras")
    assert type(loaded.get_layer("here")) is type(block)
    np.testing.assert_array_equal(array(loaded(features)), array(model(features)))


@pytest.mark.parametrize(
    ("precision", "error"),
    [("float16", 0.01), ("mixed_float16", 0.01), ("bfloat16", 0.08), ("mixed_bfloat16", 0.08)],
)
@every_block
def test_a_block_computes_in_low_precision_all_through(spec, precision, error, features, rng):
    exact = randomized(attention.create(spec), rng)
    block = attention.create(spec, dtype=precision)
    block.build((None, None, None, CHANNELS))
    block.set_weights(exact.get_weights())
    for sublayer in nested_layers(block):
        assert sublayer.dtype_policy.name == precision
    result = block(ops.cast(features, block.compute_dtype))
    assert keras.backend.standardize_dtype(result.dtype) == block.compute_dtype
    expected = array(exact(features))
    scale = max(1, expected.std())
    np.testing.assert_allclose(array(ops.cast(result, "float32")), expected, atol=error * scale, rtol=error)


@every_block
def test_one_model_takes_maps_of_any_size(spec, rng):
    inputs = keras.Input((None, None, CHANNELS))
    block = attention.create(spec)
    model = keras.Model(inputs, block(inputs))
    assert model.output_shape == (None, None, None, CHANNELS)
    randomized(block, rng)
    for shape in [(1, 3, 7, CHANNELS), (2, 8, 2, CHANNELS), (1, 1, 1, CHANNELS)]:
        x = rng.normal(size=shape).astype(np.float32)
        expected = twin_of(block)(x)
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5, rtol=1e-5, err_msg=str(shape))


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("name", [name for name in NAMES if "identity_start" in OTHER_VALUES[name]])
def test_an_identity_start_changes_no_bit_until_the_block_has_learned(name, dtype, features):
    block = attention.create(name, identity_start=True, dtype=dtype)
    x = ops.cast(features, block.compute_dtype)
    for training in (False, True):
        np.testing.assert_array_equal(
            array(ops.cast(block(x, training=training), "float32")), array(ops.cast(x, "float32"))
        )
    assert any(np.abs(gradient).max() > 0 for gradient in gradients_of_weights(block, features))  # and it can learn


@every_variant
def test_a_wrong_argument_is_refused_by_name(name, key, value):
    for wrong in (-1, 1.5, "4", None) if isinstance(value, bool) else ([], "4,", object()):
        with pytest.raises(ValueError, match=f"{key} must be "):
            attention.create(name, **{key: wrong})


def test_means_of_large_maps_do_not_overflow_in_float16():
    block = attention.create("se", dtype="float16")
    assert np.isfinite(array(block(np.full((1, 104, 104, 16), 100, np.float16)))).all()


@pytest.mark.parametrize("name", [name for name in attention.available() if name != "none"])
@pytest.mark.parametrize("shape", [(10, 16), (4, 6, 5, 16)], ids=["3 axes", "5 axes"])
def test_a_block_refuses_what_is_no_batch_of_maps(name, shape):
    with pytest.raises(ValueError, match="expected ndim=4"):
        attention.create(name)(np.zeros((2, *shape), np.float32))
