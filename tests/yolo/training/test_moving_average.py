"""The running average, against the same recurrence in NumPy."""

from types import SimpleNamespace

import keras
import numpy as np

from yolo.training.moving_average import ExponentialMovingAverage


def randomize(model, rng):
    for weight in model.weights:
        weight.assign(rng.uniform(0.5, 1.5, weight.shape))


def stepping(network, decay):
    """A stand-in for a model in training, and the callback that averages it."""
    model = SimpleNamespace(network=network(), averaged=network(), optimizer=SimpleNamespace(iterations=0))
    model.averaged.set_weights(model.network.get_weights())
    callback = ExponentialMovingAverage(decay)
    callback.set_model(model)
    return model, callback


def run(model, callback, steps, rng):
    """Steps of a make-believe training, each of which changes every weight; what NumPy makes of them."""
    expected = {weight.path: weight.numpy().astype(np.float64) for weight in model.averaged.weights}
    for _ in range(steps):
        randomize(model.network, rng)
        model.optimizer.iterations += 1
        callback.on_train_batch_end(0)
        n = model.optimizer.iterations
        decay = min(callback.decay, (1 + n) / (10 + n))
        for weight in model.network.weights:
            expected[weight.path] = decay * expected[weight.path] + (1 - decay) * weight.numpy().astype(np.float64)
    return expected


def test_the_average_follows_the_recurrence_batch_norm_statistics_included(network):
    model, callback = stepping(network, decay=0.4)  # from the seventh step on: 8 / 17 is above 0.4
    expected = run(model, callback, 12, np.random.default_rng(0))
    assert {"stem_1_bn/moving_mean", "stem_1_bn/moving_variance"} <= expected.keys()
    for weight in model.averaged.weights:
        np.testing.assert_allclose(weight.numpy(), expected[weight.path], rtol=1e-5, atol=1e-6)


def test_the_first_step_moves_the_average_by_nine_elevenths(network):
    model, callback = stepping(network, decay=0.998)
    (kernel,) = (weight for weight in model.averaged.weights if weight.path == "stem_1_conv/kernel")
    kernel.assign(np.zeros(kernel.shape))
    model.network.get_layer("stem_1_conv").kernel.assign(np.ones(kernel.shape))
    model.optimizer.iterations = 1
    callback.on_train_batch_end(0)
    np.testing.assert_allclose(kernel.numpy(), 9 / 11, rtol=1e-6)


def test_counting_goes_on_where_a_run_stopped(network):
    """n is the optimizer's: after 500 steps the average moves by 9 / 510 where a new run's would move by 9 / 11."""
    model, callback = stepping(network, decay=0.998)
    model.optimizer.iterations = 499
    expected = run(model, callback, 1, np.random.default_rng(1))
    for weight in model.averaged.weights:
        np.testing.assert_allclose(weight.numpy(), expected[weight.path], rtol=1e-5, atol=1e-6)


class Counting(keras.layers.Layer):
    """A user's block that counts, in whole numbers, how often it was used."""

    def build(self, shape):
        self.used = self.add_weight(shape=(), dtype="int64", initializer="zeros", trainable=False)

    def call(self, x):
        return x


def test_whole_numbers_are_taken_over_not_averaged():
    def network():
        return keras.Sequential([keras.Input((2,)), Counting(), keras.layers.Dense(1)])

    model, callback = stepping(network, decay=0.5)
    model.network.layers[0].used.assign(7)
    model.network.layers[1].kernel.assign([[4.0], [8.0]])
    model.averaged.layers[1].kernel.assign([[0.0], [0.0]])
    model.optimizer.iterations = 100
    callback.on_train_batch_end(0)
    assert int(model.averaged.layers[0].used) == 7
    np.testing.assert_array_equal(model.averaged.layers[1].kernel, [[2.0], [4.0]])


def test_the_average_of_a_network_in_mixed_precision_is_float32(network):
    first = network(dtype="mixed_bfloat16")
    model = SimpleNamespace(
        network=first, averaged=first.copy(dtype="float32"), optimizer=SimpleNamespace(iterations=0)
    )
    callback = ExponentialMovingAverage(0.998)
    callback.set_model(model)
    expected = run(model, callback, 3, np.random.default_rng(0))
    for weight in model.averaged.weights:
        assert weight.dtype == "float32"
        np.testing.assert_allclose(weight.numpy(), expected[weight.path], rtol=1e-5, atol=1e-6)


def test_a_copy_has_the_same_numbers_and_its_own_memory(network):
    source = network()
    randomize(source, np.random.default_rng(0))
    target = source.copy()
    for a, b in zip(source.weights, target.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    randomize(source, np.random.default_rng(1))
    assert not np.array_equal(source.weights[0].numpy(), target.weights[0].numpy())
