"""The arms and what they change, each in the process of the test, which is set back."""

from dataclasses import fields
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from benchmarks import recipe_trials, rows
from benchmarks.recipe_trials import changes
from benchmarks.recipe_trials.arms import ARMS, BASE, base_of
from benchmarks.recipe_trials.precise_batch_norm import compute_statistics
from benchmarks.recipe_trials.trials import Trial
from tests.backends import array, tensorflow_only
from yolo.config import TrainConfig
from yolo.nets import decode
from yolo.nets.fused_batch_norm import BatchNormalization
from yolo.training import optimizer


def test_every_row_is_of_an_arm_a_set_and_its_epochs():
    path = Path(recipe_trials.__path__[0]) / "rows.jsonl"
    for row in rows.read(path):
        assert row.items() >= Trial(row["arm"], row["set"], row["seed"]).key.items()


@pytest.mark.parametrize("name", ARMS)
def test_the_settings_of_an_arm_are_those_of_train_py_and_differ_from_the_base(name):
    arm = ARMS[name]
    settings = BASE | dict(arm.settings)
    assert set(settings) <= {field.name for field in fields(TrainConfig)}
    assert settings["rectangular_batches"] == ("rectangular" in name)
    assert [other for other, same in ARMS.items() if same == arm] == [name]


def test_the_base_has_the_same_number_of_epochs():
    assert base_of("batch 4") == base_of("base") == "base"
    assert base_of("30 epochs, batch 2") == "30 epochs, batch 8"


@pytest.fixture
def network():
    inputs = keras.Input((4, 4, 3))
    kernel = keras.layers.Conv2D(5, 3, name="convolution")
    return keras.Model(inputs, kernel(inputs))


@tensorflow_only
def test_muon_updates_kernels_of_convolutions_by_orthogonal_matrices(monkeypatch, network):
    monkeypatch.setattr(optimizer, "OPTIMIZERS", dict(optimizer.OPTIMIZERS))
    changes.use_muon()
    network.policy = "float32"
    made = optimizer.make_optimizer(network, "adamw", 10, 0, 0.01, 0.0)
    before = [array(weight).copy() for weight in network.trainable_variables]
    rng = np.random.default_rng(0)
    gradients = [ops.convert_to_tensor(rng.normal(0, 0.1, w.shape).astype(np.float32)) for w in before]
    made.apply(gradients)
    kernel, bias = (old - array(new) for old, new in zip(before, network.trainable_variables, strict=True))
    singular = np.linalg.svd(kernel.reshape(27, 5), compute_uv=False)
    # 5 steps of Newton and Schulz bring singular values near 1; then Keras scales by 0.2 sqrt(27)
    np.testing.assert_allclose(singular / (0.01 * 0.2 * 27**0.5), 1, atol=0.35)
    np.testing.assert_allclose(bias, 0.01 * np.sign(gradients[1]), rtol=1e-3)  # Adam's first step


@tensorflow_only
def test_lion_steps_by_the_sign_of_the_gradient(monkeypatch, network):
    monkeypatch.setattr(optimizer, "OPTIMIZERS", dict(optimizer.OPTIMIZERS))
    changes.use_lion()
    network.policy = "float32"
    made = optimizer.make_optimizer(network, "adamw", 10, 0, 0.01, 0.0)
    before = array(network.trainable_variables[0]).copy()
    made.apply([ops.ones(weight.shape) for weight in network.trainable_variables])
    np.testing.assert_allclose(before - array(network.trainable_variables[0]), 0.01, rtol=1e-3)


def test_two_sigma_sizes_are_at_most_four_times_the_anchor(monkeypatch):
    monkeypatch.setattr(decode, "_decode_map", decode._decode_map)
    raw = np.random.default_rng(0).normal(0, 2, (1, 2, 3, 3 * 7)).astype(np.float32)
    anchors, masks = ((10, 20), (30, 40), (50, 60)), ((0, 1, 2),)
    usual = decode.decode([raw], anchors, masks, 1.05)
    changes.use_two_sigma_sizes()
    found = decode.decode([raw], anchors, masks, 1.05)
    boxes = array(found.boxes).reshape(2, 3, 3, 2, 2)
    growth = raw.reshape(2, 3, 3, 7)[..., 2:4]
    expected = np.array(anchors) * (2 / (1 + np.exp(-growth))) ** 2
    np.testing.assert_allclose(boxes[..., 1, :] - boxes[..., 0, :], expected, rtol=1e-3, atol=1e-3)
    centers = array(usual.boxes).reshape(2, 3, 3, 2, 2).mean(axis=-2)
    np.testing.assert_allclose(boxes.mean(axis=-2), centers, atol=1e-3)
    for name in ("objectness", "classes"):
        np.testing.assert_array_equal(array(getattr(found, name)), array(getattr(usual, name)))


@tensorflow_only
def test_the_statistics_of_batch_norm_become_the_mean_of_those_of_the_batches():
    inputs = keras.Input((None, None, 3))
    norm = BatchNormalization(momentum=0.9)
    network = keras.Model(inputs, norm(inputs))
    network.trainable = False
    batches = [np.random.default_rng(seed).normal(seed, 1 + seed, (2, 4, 5, 3)).astype(np.float32) for seed in range(3)]
    compute_statistics(network, map(ops.convert_to_tensor, batches))
    means, variances = (
        np.mean([f(batch) for batch in batches], axis=0)
        for f in (lambda batch: batch.mean(axis=(0, 1, 2)), lambda batch: batch.var(axis=(0, 1, 2), ddof=1))
    )
    np.testing.assert_allclose(array(norm.moving_mean), means, rtol=1e-4)
    np.testing.assert_allclose(array(norm.moving_variance), variances, rtol=1e-4)
    assert (norm.momentum, norm.trainable) == (0.9, False)
