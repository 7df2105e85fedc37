"""The steps of an optimizer, weight by weight, and its learning rate, against numbers worked out by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from yolo.training.adamw import AdamW
from yolo.training.optimizer import LEARNING_RATE, WEIGHT_DECAY, WarmupCosine, make_optimizer


def values(weights):
    return {weight.path: weight.numpy() for weight in weights}


def zeros(weights):
    return [np.zeros(weight.shape, np.float32) for weight in weights]


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_without_a_gradient_only_kernels_shrink_by_rate_times_decay(network, name):
    model = network(attention="cbam")
    weights = model.trainable_variables
    for weight in weights:
        weight.assign(np.random.default_rng(0).uniform(0.5, 1, weight.shape))  # what begins at 0 could not shrink
    optimizer = make_optimizer(model, name, 100, 4, learning_rate=0.4, weight_decay=0.1)
    before = values(weights)
    optimizer.apply(zeros(weights), weights)
    shrunk = set()
    for path, value in values(weights).items():
        if not np.array_equal(value, before[path]):
            np.testing.assert_allclose(value, before[path] * 0.99, rtol=1e-5)  # 1 - 0.1 decay * 0.4 / 4 rate
            shrunk.add(path)
    assert shrunk == {path for path in before if path.endswith("kernel")}
    assert {"stem_1_conv/kernel", "p5_out/kernel"} <= shrunk
    assert {"stem_1_bn/gamma", "stem_1_bn/beta", "p5_out/bias"} <= before.keys() - shrunk


def test_the_first_step_of_adamw_is_the_rate_against_the_sign_of_the_gradient(network):
    model = network()
    weights = model.trainable_variables
    before = values(weights)
    optimizer = make_optimizer(model, "adamw", 100, 1, learning_rate=0.1, weight_decay=0.0)
    optimizer.apply([np.full(weight.shape, -0.01, np.float32) for weight in weights], weights)
    for path, value in values(weights).items():
        np.testing.assert_allclose(value - before[path], 0.1, rtol=1e-3)


@pytest.mark.parametrize(("norm", "kept"), [(5.0, 5.0), (1000.0, 10.0)])
def test_the_first_step_of_sgd_is_nesterovs_along_the_gradient_clipped_to_a_norm_of_10(network, norm, kept):
    """Rate * (1 + momentum) * gradient, for the whole of the weights together."""
    model = network()
    weights = model.trainable_variables
    before = values(weights)
    optimizer = make_optimizer(model, "sgd", 100, 1, learning_rate=0.1, weight_decay=0.0)
    count = sum(value.size for value in before.values())
    optimizer.apply([np.full(weight.shape, norm / np.sqrt(count), np.float32) for weight in weights], weights)
    moved = np.concatenate([(before[path] - value).flatten() for path, value in values(weights).items()])
    assert np.linalg.norm(moved) == pytest.approx(0.1 * 1.937 * kept, rel=1e-3)


def test_freezing_and_thawing_keeps_the_state_of_every_weight(network):
    model = network()
    weights = model.trainable_variables
    optimizer = make_optimizer(model, "adamw", 100, 4)
    optimizer.apply([np.ones(weight.shape, np.float32) for weight in weights], weights)
    state = values(optimizer.variables)
    some = weights[-2:]
    optimizer.apply(zeros(some), some)
    frozen = {weight.path for weight in weights[:-2]}
    after = values(optimizer.variables)
    assert after.keys() == state.keys()
    kept = [path for path in state if np.array_equal(state[path], after[path])]
    assert len(kept) >= 2 * len(frozen), "both moments of each frozen weight"
    assert int(optimizer.iterations) == 2
    optimizer.apply(zeros(weights), weights)  # all of them are known


@pytest.mark.parametrize(
    ("total", "asked", "steps"),
    [(50, 60, 5), (600, 60, 60), (601, 60, 60), (1000, 60, 60), (601, 500, 120), (1000, 150, 150)],
)
def test_warm_up_takes_a_tenth_of_a_short_run_and_a_fifth_of_a_long_one_at_most(network, total, asked, steps):
    optimizer = make_optimizer(network(), "adamw", total, asked, learning_rate=0.3)
    assert float(optimizer.learning_rate) == pytest.approx(0.3 / steps)


def test_each_halving_halves_the_rate(network):
    model = network()
    rates = [float(make_optimizer(model, "adamw", 100, 0, halvings=n).learning_rate) for n in range(3)]
    assert rates == pytest.approx([0.002, 0.001, 0.0005])


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_settings_left_out_take_the_defaults_of_the_method(network, name):
    optimizer = make_optimizer(network(), name, 5, 0)
    assert float(optimizer.learning_rate) == pytest.approx(LEARNING_RATE[name])
    assert optimizer.weight_decay == WEIGHT_DECAY[name]


def test_half_precision_scales_the_loss_and_skips_a_step_that_overflows(network):
    model = network(dtype="mixed_float16")
    optimizer = make_optimizer(model, "adamw", 100, 0)
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    weights = model.trainable_variables
    before = values(weights)
    scale = float(optimizer.dynamic_scale)
    optimizer.apply([np.full(weight.shape, np.inf, np.float32) for weight in weights], weights)
    assert float(optimizer.dynamic_scale) == scale / 2
    assert int(optimizer.iterations) == 0
    for path, value in values(weights).items():
        np.testing.assert_array_equal(value, before[path])


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_other_precisions_need_no_scaling(network, dtype):
    assert not isinstance(make_optimizer(network(dtype=dtype), "sgd", 9, 0), keras.optimizers.LossScaleOptimizer)


def test_adamw_is_that_of_keras_but_for_rounding_eagerly_and_traced(network):
    """Ten steps with weight decay and clipping, in which the rate changes each time."""
    ours, theirs = network(attention="cbam"), network(attention="cbam")
    theirs.set_weights(ours.get_weights())
    mine = make_optimizer(ours, "adamw", 100, 4)
    keras_own = keras.optimizers.AdamW(**settings_of(mine))
    keras_own.exclude_from_weight_decay(
        var_list=[weight for weight in theirs.trainable_variables if not weight.path.endswith("kernel")]
    )
    keras_own.build(theirs.trainable_variables)
    rng = np.random.default_rng(0)
    traced = [tf.function(optimizer.apply, autograph=False) for optimizer in (mine, keras_own)]
    for step in range(10):
        gradients = [tf.constant(rng.normal(size=w.shape), tf.float32) for w in ours.trainable_variables]
        for apply, optimizer in zip(traced, (mine, keras_own), strict=True):
            (apply if step % 2 else optimizer.apply)(gradients)
    for one, other in ((ours.weights, theirs.weights), (mine.variables, keras_own.variables)):
        for own, its in zip(one, other, strict=True):
            np.testing.assert_allclose(own.numpy(), its.numpy(), rtol=1e-5, atol=1e-7, err_msg=own.path)


def settings_of(optimizer):
    return {name: getattr(optimizer, name) for name in ("weight_decay", "global_clipnorm")} | {
        "learning_rate": WarmupCosine(0.002, 4, 100)
    }


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_adamw_at_a_fixed_rate_and_on_weights_of_any_type_is_that_of_keras(dtype):
    """Traced twice, as a training is whose pictures grow."""
    settings = {"learning_rate": 0.1, "weight_decay": 0.5, "epsilon": 1e-3}
    weights = []
    for kind in (AdamW, keras.optimizers.AdamW):
        weight, optimizer = keras.Variable(np.ones((2, 3)), dtype=dtype), kind(**settings)
        optimizer.build([weight])
        for _ in range(2):
            apply = tf.function(optimizer.apply, autograph=False)
            for step in range(3):
                apply([tf.cast(tf.constant([[1.0, -2.0, 3.0], [0.5, 0.0, step]]), dtype)])
        weights.append(weight.numpy())
    assert weights[0].dtype == np.dtype(dtype)
    np.testing.assert_allclose(*weights, rtol=1e-2 if dtype == "float16" else 5e-5)  # 1 - 0.999 as float32


@pytest.mark.parametrize("setting", [{"amsgrad": True}, {"gradient_accumulation_steps": 2}])
def test_what_the_small_graph_leaves_out_is_refused(setting):
    with pytest.raises(ValueError, match=r"are for keras\.optimizers\.AdamW, not for this"):
        AdamW(1e-3, **setting)


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.05),  # the first of four steps of warm-up: a quarter of the peak
        (1, 0.10),
        (3, 0.20),  # its last step
        (4, 0.20),  # the cosine begins at its top
        (14, 0.101),  # half way: (1 + 0.01) / 2 of the peak
        (9, 0.99 * 0.2 * 0.8535534 + 0.002),  # a quarter of the way: (1 + cos 45 degrees) / 2
        (24, 0.002),  # the end: a hundredth
        (1000, 0.002),  # and the rate stays there
    ],
)
def test_the_rate_rises_in_a_line_and_falls_in_half_a_cosine(step, rate):
    assert float(WarmupCosine(0.2, 4, 24)(step)) == pytest.approx(rate, rel=1e-5)


def test_without_warm_up_the_rate_begins_at_the_peak():
    assert float(WarmupCosine(0.2, 0, 10)(0)) == pytest.approx(0.2)


def test_the_rate_never_rises_after_the_warm_up_nor_reaches_zero():
    schedule = WarmupCosine(0.002, 60, 660)
    rates = [float(schedule(step)) for step in range(59, 661)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(2e-5)


def test_the_schedule_survives_saving_with_an_optimizer():
    optimizer = keras.optimizers.SGD(WarmupCosine(0.2, 4, 24))
    config = optimizer.get_config()["learning_rate"]["config"]
    assert config == WarmupCosine(**config).get_config() == {"peak": 0.2, "warmup": 4, "total": 24, "final": 0.01}
