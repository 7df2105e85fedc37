"""Attention put into models that were built without it."""

import keras
import numpy as np
import pytest
from keras import layers

import attention
from tests.backends import array


@keras.saving.register_keras_serializable(package="tests")
class One(layers.Layer):
    """A block that changes nothing, so that the copied weights can be seen through it."""

    def call(self, x):
        return x * 1


@keras.saving.register_keras_serializable(package="tests")
class Halved(layers.Layer):
    def call(self, x):
        return x[:, ::2, ::2]


def small_model():
    inputs = keras.Input((None, None, 3), name="pictures")
    x = layers.Conv2D(8, 3, padding="same", name="first")(inputs)
    x = x + 1
    shared = layers.Conv2D(8, 3, padding="same", name="shared")
    x = shared(shared(x))
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(2, name="head")(x), name="small")


def with_random_weights(model):
    rng = np.random.default_rng(1)
    for weight in model.weights:
        weight.assign(rng.uniform(0.01, 0.1, size=weight.shape))
    return model


def pictures(size=64, channels=3):
    return np.random.default_rng(0).uniform(size=(2, size, size, channels)).astype(np.float32)


APPLICATIONS = {
    "VGG16": ("block1_pool", "block5_conv3"),
    "DenseNet121": ("conv2_block1_concat", "conv5_block16_concat"),
    "MobileNetV2": ("block_2_add", "out_relu"),
}


@pytest.mark.parametrize("application", APPLICATIONS)
def test_a_network_with_blocks_that_change_nothing_answers_as_before(application):
    after = APPLICATIONS[application]
    model = getattr(keras.applications, application)(
        weights=None, include_top=False, pooling="avg", input_shape=(64, 64, 3)
    )
    result = attention.insert(with_random_weights(model), One, list(after))
    assert {layer.name for layer in result.layers} - {layer.name for layer in model.layers} == {
        f"one_after_{name}" for name in after
    }
    for name in after:
        assert result.get_layer(f"one_after_{name}").input is result.get_layer(name).output
    expected = array(model(pictures(), training=False))
    assert np.ptp(expected) > 0
    np.testing.assert_allclose(array(result(pictures(), training=False)), expected, rtol=1e-5)


def test_the_block_really_acts_on_what_follows():
    model = with_random_weights(small_model())
    result = attention.insert(model, "se(ratio=2)", "first")
    block = result.get_layer("se_after_first")
    assert block.ratio == 2
    block.set_weights([np.zeros_like(weight) for weight in block.get_weights()])  # every gate is a half
    model.get_layer("first").set_weights([weight / 2 for weight in model.get_layer("first").get_weights()])
    np.testing.assert_allclose(array(result(pictures())), array(model(pictures())), rtol=1e-5)


def test_the_given_model_stays_as_it_is():
    model = with_random_weights(small_model())
    before = array(model(pictures()))
    result = attention.insert(model, "eca", "first")
    for weight in result.weights:
        weight.assign(weight * 0)
    np.testing.assert_array_equal(array(model(pictures())), before)
    assert [layer.name for layer in model.layers if "eca" in layer.name] == []
    assert model.get_layer("first").output is not result.get_layer("first").output


def test_a_function_chooses_the_layers():
    result = attention.insert(small_model(), "cbam", lambda layer: isinstance(layer, layers.Conv2D))
    assert [layer.name for layer in result.layers if isinstance(layer, attention.CBAM)] == [
        "cbam_after_first",
        "cbam_after_shared",
    ]


def test_a_layer_used_twice_is_followed_by_one_block_with_one_set_of_weights():
    model = small_model()
    result = attention.insert(model, "eca", "shared")
    (block,) = (layer for layer in result.get_config()["layers"] if layer["name"] == "eca_after_shared")
    assert len(block["inbound_nodes"]) == 2
    assert result.count_params() == model.count_params() + 3


def test_a_sequential_model_becomes_a_functional_one():
    model = keras.Sequential(
        [keras.Input((8, 8, 3), name="pictures"), layers.Conv2D(4, 3, name="first"), layers.Flatten(name="flat")]
    )
    result = attention.insert(with_random_weights(model), One, "first")
    assert not isinstance(result, keras.Sequential)
    assert [layer.name for layer in result.layers[1:]] == ["first", "one_after_first", "flat"]
    assert result.layers[0].name == "pictures"
    np.testing.assert_allclose(array(result(pictures(8))), array(model(pictures(8))), rtol=1e-6)


def test_inputs_and_outputs_keep_their_names():
    inputs = {"left": keras.Input((8, 8, 3), name="left"), "right": keras.Input((8, 8, 3), name="right")}
    convolution = layers.Conv2D(4, 3, name="first")
    model = keras.Model(inputs, {"sum": convolution(inputs["left"]) + convolution(inputs["right"])})
    result = attention.insert(model, One, "first")
    x = {"left": pictures(8), "right": -pictures(8)}
    np.testing.assert_allclose(array(result(x)["sum"]), array(model(x)["sum"]), rtol=1e-6)


def test_statistics_of_a_normalization_layer_come_along():
    normalization = layers.Normalization(name="scale")
    normalization.adapt(pictures())
    inputs = keras.Input((64, 64, 3))
    model = keras.Model(inputs, layers.ReLU(name="relu")(normalization(inputs)))
    result = attention.insert(model, One, "relu")
    np.testing.assert_allclose(array(result(pictures())), array(model(pictures())), rtol=1e-6)


def test_a_nested_model_keeps_its_weights():
    backbone = with_random_weights(small_model())
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(3, 1, name="first")(inputs)
    model = keras.Model(inputs, backbone(x))
    result = attention.insert(model, One, "first")
    np.testing.assert_allclose(array(result(pictures(16))), array(model(pictures(16))), rtol=1e-5)


def test_frozen_layers_stay_frozen():
    model = small_model()
    model.get_layer("first").trainable = False
    result = attention.insert(model, "eca", "first")
    assert not result.get_layer("first").trainable
    assert result.get_layer("eca_after_first").trainable


def test_a_block_computes_in_the_precision_of_its_layer():
    inputs = keras.Input((8, 8, 3))
    model = keras.Model(inputs, layers.Conv2D(4, 3, dtype="mixed_bfloat16", name="first")(inputs))
    assert attention.insert(model, "se", "first").layers[-1].compute_dtype == "bfloat16"
    assert attention.insert(model, "se", "first", dtype="float32").layers[-1].compute_dtype == "float32"


def test_the_result_trains_and_is_saved_and_loaded(tmp_path):
    result = attention.insert(small_model(), "ca(ratio=1)", "shared")
    result.compile("sgd", "mse")
    result.fit(pictures(16), np.zeros((2, 2)), verbose=0)
    result.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(array(loaded(pictures(16))), array(result(pictures(16))), rtol=1e-5)


def test_an_unknown_layer_is_answered_with_those_there_are():
    with pytest.raises(
        ValueError, match=r"model 'small' has no layer 'frist': choose from first, .*shared, pool, head"
    ):
        attention.insert(small_model(), "se", ["first", "frist"])


@pytest.mark.parametrize("nothing", [[], lambda layer: False])
def test_choosing_no_layer_is_refused(nothing):
    with pytest.raises(ValueError, match="has none of the chosen layers: choose from first"):
        attention.insert(small_model(), "se", nothing)


def test_a_block_that_changes_the_shape_is_refused():
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 1, name="first")])
    with pytest.raises(ValueError, match=r"'halved_after_first' turns \(None, 8, 8, 4\) into \(None, 4, 4, 4\)"):
        attention.insert(model, Halved, "first")


def test_a_layer_without_height_and_width_is_refused():
    with pytest.raises(ValueError, match=r"layer 'head' gives \(None, 2\); attention wants \(batch, height, width"):
        attention.insert(small_model(), "se", "head")


def test_the_same_block_twice_in_one_place_is_refused():
    once = attention.insert(small_model(), "se", "first")
    with pytest.raises(ValueError, match="se_after_first"):
        attention.insert(once, "se", "first")


def test_a_model_without_a_graph_is_refused():
    class Own(keras.Model):
        pass

    with pytest.raises(ValueError, match="functional and Sequential models, not into Own"):
        attention.insert(Own(), "se", "first")
    with pytest.raises(ValueError, match="has no input shape yet"):
        attention.insert(keras.Sequential([layers.Conv2D(4, 3, name="first")]), "se", "first")


@keras.saving.register_keras_serializable(package="tests")
class Judging(layers.Layer):
    """A block as a newcomer writes it, without `__init__` and `get_config`."""

    def build(self, shape):
        self.judge = layers.Conv2D(shape[-1], 1, activation="sigmoid")

    def call(self, x):
        return x * self.judge(x)


def test_a_model_with_a_block_that_has_no_configuration_of_its_own_is_saved_and_loaded(tmp_path):
    result = attention.insert(small_model(), Judging, "first")
    result.save(tmp_path / "größe.keras")
    again = keras.models.load_model(tmp_path / "größe.keras")
    np.testing.assert_array_equal(array(again(pictures(8))), array(result(pictures(8))))
