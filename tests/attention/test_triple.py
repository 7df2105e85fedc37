"""Triple attention: its layers beside a NumPy twin, its classifier and its two losses beside numbers worked by hand."""

import math

import keras
import numpy as np
import pytest
from keras import layers, ops

from attention import SE, ElementWiseAttention, ScaleWiseAttention, WeightedCrossEntropy, triple_classifier
from attention.keras_internals import nested_layers
from tests.attention.cases import randomized
from tests.backends import array, gradients_of_weights
from tests.reference.attention import triple

CHANNELS = 32  # of the maps that `randomized` builds for
SHAPES = [(2, 6, 5, 8), (2, 3, 2, 12)]
LOW_PRECISIONS = [("float16", 0.01), ("mixed_float16", 0.01), ("bfloat16", 0.08), ("mixed_bfloat16", 0.08)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def features(rng):
    """Two maps, higher than wide, with values on both sides of zero."""
    return rng.normal(size=(2, 6, 5, CHANNELS)).astype(np.float32)


@pytest.fixture
def maps(rng):
    """The maps of two pictures at two scales."""
    return [rng.normal(size=shape).astype(np.float32) for shape in SHAPES]


def weights(layer):
    return {weight.path.removeprefix(f"{layer.name}/"): np.asarray(weight, np.float64) for weight in layer.weights}


def random_element_wise(rng, **arguments):
    layer = randomized(ElementWiseAttention(3, filters=16, name="here", **arguments), rng)
    layer.look.kernel.assign(array(layer.look.kernel) / 8)  # so that the softmax is neither flat nor all in one place
    return layer


def random_scale_wise(rng, **arguments):
    layer = ScaleWiseAttention(ratio=4, name="here", **arguments)
    layer.build(SHAPES)
    return randomized(layer, rng)


def small_backbone():
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(8, 3, 2, "same", activation="relu", name="first")(inputs)
    return keras.Model(inputs, layers.Conv2D(16, 3, 2, "same", activation="relu", name="second")(x))


def small_classifier(**arguments):
    return triple_classifier(small_backbone(), 4, ["first", "second"], ratio=4, filters=8, **arguments)


@pytest.mark.parametrize("shape", [(2, 6, 5), (1, 3, 7), (1, 1, 1), (1, 9, 2)])
def test_element_wise_attention_equals_its_numpy_twin(shape, rng):
    inputs = keras.Input((None, None, CHANNELS))
    layer = random_element_wise(rng)
    model = keras.Model(inputs, layer(inputs))
    assert [output.shape for output in model.outputs] == [(None, None, None, CHANNELS), (None, 3)]
    x = rng.normal(size=(*shape, CHANNELS)).astype(np.float32)
    for result, expected in zip(
        model.predict(x, verbose=0), triple.element_wise(x.astype(np.float64), weights(layer)), strict=True
    ):
        np.testing.assert_allclose(result, expected, atol=1e-5, rtol=1e-5)


def test_scale_wise_attention_equals_its_numpy_twin(maps, rng):
    layer = random_scale_wise(rng)
    inputs = [keras.Input((None, None, shape[-1])) for shape in SHAPES]
    model = keras.Model(inputs, layer(inputs))
    expected = triple.scale_wise([x.astype(np.float64) for x in maps], weights(layer))
    gates = np.array([y[:, 0, 0, 0] / x[:, 0, 0, 0] for y, x in zip(expected, maps, strict=True)])  # (maps, pictures)
    assert np.unique(gates.round(3)).size == 4
    for result, twin in zip(model.predict(maps, verbose=0), expected, strict=True):
        np.testing.assert_allclose(result, twin, atol=1e-5, rtol=1e-5)


def test_attention_without_preference_halves_the_features_and_gives_mean_scores(features):
    layer = ElementWiseAttention(2, filters=4)
    layer.build(features.shape)
    layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    attended, scores = layer(features)
    np.testing.assert_allclose(array(attended), features / 2, rtol=1e-6)  # equal shares; the sigmoid of 0
    np.testing.assert_array_equal(array(scores), np.zeros((2, 2)))
    layer.score.kernel.assign(np.eye(CHANNELS)[None, None, :, :2])  # a class's score is a channel
    np.testing.assert_allclose(array(layer(features)[1]), features.mean(axis=(1, 2))[:, :2], rtol=1e-5, atol=1e-6)


def test_a_place_that_all_classes_look_at_gets_all_the_weight():
    x = np.ones((1, 2, 3, 1), np.float32)
    x[0, 1, 2] = 3
    layer = ElementWiseAttention(1, filters=1)
    layer.build(x.shape)
    middle = np.zeros((3, 3, 1, 1))
    middle[1, 1] = 50
    one, nothing = np.ones((1, 1, 1, 1)), np.zeros(1)
    layer.set_weights([one, nothing, middle, nothing, one, one * math.log(3) / 3, nothing])
    attended, scores = layer(x)
    # there the class's score is 3 * ln 3 / 3 = ln 3, whose sigmoid is 3/4; 6 places; the feature 3
    np.testing.assert_allclose(array(attended)[0, :, :, 0], [[0, 0, 0], [0, 0, 6 * 3 / 4 * 3]], atol=1e-5)
    np.testing.assert_allclose(array(scores), [[math.log(3)]], rtol=1e-6)


@pytest.mark.parametrize("output", [0, 1], ids=["features", "scores"])
def test_a_gradient_reaches_every_weight_from_either_output(output, features, rng):
    inputs = keras.Input(features.shape[1:])
    layer = random_element_wise(rng)
    model = keras.Model(inputs, layer(inputs)[output])
    for weight, gradient in zip(model.trainable_weights, gradients_of_weights(model, features), strict=True):
        assert gradient is not None, weight.path
        assert np.abs(gradient).max() > 1e-6, weight.path


def test_a_gradient_reaches_every_weight_of_scale_wise_attention(maps, rng):
    x = maps[0]
    inputs = keras.Input(x.shape[1:])
    pooled = layers.AveragePooling2D(3)(inputs)[:, :, :, :4]
    layer = ScaleWiseAttention(ratio=2)
    first, second = layer([inputs, pooled])
    model = keras.Model(inputs, layers.Concatenate()([layers.Flatten()(first), layers.Flatten()(second)]))
    randomized(layer, rng)
    for weight, gradient in zip(model.trainable_weights, gradients_of_weights(model, x), strict=True):
        assert gradient is not None, weight.path
        assert np.abs(gradient).max() > 1e-6, weight.path


@pytest.mark.parametrize("layer", [ElementWiseAttention(3, filters=7), ScaleWiseAttention(ratio=5)])
def test_a_layer_is_made_again_from_its_config(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert {"classes": 3, "filters": 7}.items() <= again.get_config().items() or again.ratio == 5


@pytest.mark.parametrize(("precision", "error"), LOW_PRECISIONS)
def test_element_wise_attention_computes_in_low_precision(precision, error, features, rng):
    exact = random_element_wise(rng)
    layer = random_element_wise(rng, dtype=precision)
    layer.set_weights(exact.get_weights())
    for sublayer in nested_layers(layer):
        assert sublayer.dtype_policy.name == precision
    for result, expected in zip(layer(ops.cast(features, layer.compute_dtype)), exact(features), strict=True):
        assert keras.backend.standardize_dtype(result.dtype) == layer.compute_dtype
        scale = np.abs(array(expected)).max()
        np.testing.assert_allclose(array(ops.cast(result, "float32")), array(expected), atol=error * scale)


@pytest.mark.parametrize(("precision", "error"), LOW_PRECISIONS)
def test_scale_wise_attention_computes_in_low_precision(precision, error, maps, rng):
    exact = random_scale_wise(rng)
    layer = random_scale_wise(rng, dtype=precision)
    layer.set_weights(exact.get_weights())
    for result, expected in zip(layer([ops.cast(x, layer.compute_dtype) for x in maps]), exact(maps), strict=True):
        assert keras.backend.standardize_dtype(result.dtype) == layer.compute_dtype
        np.testing.assert_allclose(array(ops.cast(result, "float32")), array(expected), atol=error, rtol=error)


def test_large_maps_keep_their_scores_in_float16():
    x = np.full((1, 200, 200, 4), 2, np.float16)  # a share of 1/40000 is no normal number of float16
    layer = ElementWiseAttention(2, filters=4, dtype="float16")
    layer.build(x.shape)
    layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    layer.score.bias.assign([1, -1])
    attended, scores = layer(x)
    np.testing.assert_allclose(array(scores), [[1, -1]], rtol=1e-3)
    np.testing.assert_allclose(array(attended), x / 2, rtol=1e-3)  # the sigmoids of 1 and -1 are a half in the mean


@pytest.mark.parametrize(
    "make",
    [
        lambda: ElementWiseAttention(0),
        lambda: ElementWiseAttention("10"),
        lambda: ElementWiseAttention(3, filters=0),
        lambda: ScaleWiseAttention(ratio=0),
    ],
)
def test_a_wrong_argument_is_refused_by_name(make):
    with pytest.raises(ValueError, match=r"(classes|filters|ratio) must be a whole number of at least 1"):
        make()


def test_the_classifier_is_made_of_the_three_kinds_of_attention():
    model = small_classifier()
    kinds = [type(layer) for layer in model.layers]
    assert [kinds.count(kind) for kind in (SE, ElementWiseAttention, ScaleWiseAttention)] == [2, 2, 1]
    first = model.get_layer("element_wise_first")
    assert first.input is model.get_layer("channel_wise_first").output  # channel-wise attention comes first
    x = np.random.default_rng(0).uniform(size=(2, 12, 20, 3)).astype(np.float32)
    outputs = model.predict(x, verbose=0)
    assert {name: output.shape for name, output in outputs.items()} == {"classes": (2, 4), "scores": (2, 4)}
    np.testing.assert_allclose(outputs["classes"].sum(axis=1), 1, rtol=1e-5)
    levels = keras.Model(
        model.inputs, [model.get_layer(f"element_wise_{level}").output[1] for level in ("first", "second")]
    )
    np.testing.assert_allclose(outputs["scores"], np.mean(levels.predict(x, verbose=0), axis=0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        ("first", "levels must be a list of names of the backbone's layers, got 'first'"),
        ([], "levels must be a list"),
        (["first", "third"], "third.*first.*second"),
    ],
)
def test_levels_that_the_backbone_has_not_are_refused(levels, complaint):
    with pytest.raises(ValueError, match=complaint):
        triple_classifier(small_backbone(), 4, levels)


def test_weighted_cross_entropy_is_the_mean_over_positives_plus_that_over_negatives():
    labels = np.array([[1, 0, 0], [0, 0, 0]])
    logits = np.array([[0, 0, math.log(3)], [0, 0, 0]], np.float32)
    # the positive: ln 2; the negatives: ln 2 four times and ln(1 + 3) = 2 ln 2 once, 6/5 ln 2 in the mean
    assert float(WeightedCrossEntropy()(labels, logits)) == pytest.approx(11 / 5 * math.log(2), rel=1e-5)


@pytest.mark.parametrize("label", [0, 1])
def test_weighted_cross_entropy_of_labels_of_one_kind_is_finite(label):
    loss = float(WeightedCrossEntropy()(np.full((2, 3), label), np.zeros((2, 3), np.float32)))
    assert loss == pytest.approx(math.log(2), rel=1e-5)


@pytest.mark.parametrize("weight", [0, 0.5, 2])
def test_the_combined_loss_holds_the_loss_of_the_scores_with_its_weight(weight):
    model = small_classifier()
    model.set_weights([np.zeros_like(value) for value in model.get_weights()])
    model.compile(
        loss={"classes": "categorical_crossentropy", "scores": WeightedCrossEntropy()},
        loss_weights={"classes": 1, "scores": weight},
    )
    labels = np.eye(4)[[0, 3, 3]]
    losses = model.test_on_batch(np.zeros((3, 8, 12, 3)), {"classes": labels, "scores": labels}, return_dict=True)
    # all scores are 0: classes -ln 1/4; scores ln 2 over the positives and ln 2 over the negatives
    assert losses["loss"] == pytest.approx(math.log(4) + weight * 2 * math.log(2), rel=1e-5)


def test_the_loss_of_the_scores_teaches_the_attention_by_itself():
    model = small_classifier()
    model.compile(
        "sgd",
        {"classes": "categorical_crossentropy", "scores": WeightedCrossEntropy()},
        loss_weights={"classes": 0, "scores": 1},
    )
    x, labels = np.random.default_rng(0).uniform(size=(4, 8, 12, 3)), np.eye(4)
    before = {weight.path: array(weight).copy() for weight in model.weights}
    model.train_on_batch(x, {"classes": labels, "scores": labels})
    moved = {weight.path for weight in model.weights if np.abs(array(weight) - before[weight.path]).max() > 0}
    element_wise = {path for path in before if "element_wise" in path}
    assert element_wise <= moved
    assert not [path for path in moved if "scale_wise" in path or path.startswith("classes")]


@pytest.fixture(params=["float32", "mixed_float16", "mixed_bfloat16"])
def policy(request):
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy("float32")


def test_a_saved_classifier_gives_the_same_after_loading_and_trains_on(policy, tmp_path):
    model = small_classifier(activation="sigmoid")
    assert model.get_layer("element_wise_first").dtype_policy.name == policy
    losses = {"classes": "binary_crossentropy", "scores": WeightedCrossEntropy()}
    model.compile("sgd", losses, loss_weights={"classes": 1, "scores": 0.5})
    x, labels = np.random.default_rng(0).uniform(size=(2, 8, 12, 3)), np.array([[1, 0, 1, 0], [0, 0, 0, 0]])
    y = {"classes": labels, "scores": labels}
    model.train_on_batch(x, y)
    model.save(tmp_path / "größe.keras")
    loaded = keras.models.load_model(tmp_path / "größe.keras")
    expected = model.predict(x, verbose=0)
    for name, output in loaded.predict(x, verbose=0).items():
        assert output.dtype == np.float32
        np.testing.assert_array_equal(output, expected[name])
    assert loaded.test_on_batch(x, y) == model.test_on_batch(x, y)
    assert np.isfinite(loaded.train_on_batch(x, y)).all()
