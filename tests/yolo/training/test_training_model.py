"""The model that is trained: Keras' own `fit` with the detector's loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.yolo.training.thin import NAMES
from yolo.loss.loss import DetectionLoss
from yolo.nets.model import YoloV4Tiny
from yolo.structures import NO_OBJECT
from yolo.training.train_phase import _freeze


@pytest.fixture(scope="module")
def batch():
    """Two pictures of 64 x 96: one with two objects, one without."""
    rng = np.random.default_rng(0)
    boxes = np.array([[[10, 20, 50, 60], [60, 5, 90, 40]], [[0, 0, 0, 0]] * 2], np.float32)
    return rng.random((2, 64, 96, 3), np.float32), {"boxes": boxes, "labels": np.array([[0, 1], [NO_OBJECT] * 2])}


def steps(trainer, batch, count):
    data = tf.data.Dataset.from_tensors(batch).repeat(count)
    return trainer.fit(data, shuffle=False, verbose=0).history


def numbers(weights):
    return {weight.path: weight.numpy() for weight in weights}


def test_the_loss_that_is_logged_is_that_of_the_maps_and_the_sum_of_its_parts(trainer, batch):
    model = trainer()
    loss = DetectionLoss(model.network.anchors, model.network.masks)
    expected = {name: float(value) for name, value in loss(batch[1], model(batch[0], training=True)).items()}
    history = steps(model, batch, 1)
    assert set(history) == {"loss", "box", "objectness", "class"}
    for name, value in expected.items():
        assert history[name] == [pytest.approx(value, rel=1e-5)]
    assert history["loss"] == [pytest.approx(sum(expected.values()), rel=1e-5)]


def test_training_lessens_the_loss_and_leaves_the_average_alone(trainer, batch):
    model = trainer()
    average = numbers(model.averaged.weights)
    first = steps(model, batch, 1)["loss"][0]
    for _ in range(3):
        last = steps(model, batch, 10)["loss"][0]
    assert last < 0.9 * first
    for path, value in numbers(model.averaged.weights).items():
        np.testing.assert_array_equal(value, average[path])


def test_a_batch_without_any_object_still_teaches_what_background_is(trainer, batch):
    model = trainer()
    nothing = {"boxes": np.zeros((2, 0, 4), np.float32), "labels": np.zeros((2, 0), np.int32)}
    history = steps(model, (batch[0], nothing), 2)
    assert history["box"] == history["class"] == [0]
    assert 0 < history["objectness"][0] < np.inf


def test_frozen_layers_keep_weights_and_statistics_to_the_bit_and_learn_after_thawing(trainer, batch):
    model = trainer()
    before = numbers(model.network.weights)
    backbone = {path for path in before if path.startswith(("stem_", "c4_", "c5_"))}
    assert {"stem_1_bn/moving_mean", "c5_bn/moving_variance", "c4_conv/kernel"} <= backbone
    optimizer = model.optimizer
    for frozen in (True, False):
        _freeze(model.network, frozen)
        model.compile(optimizer, jit_compile=False)
        steps(model, batch, 2)
        changed = {path for path, value in numbers(model.network.weights).items() if (value != before[path]).any()}
        assert changed == before.keys() - backbone if frozen else changed == before.keys()
    assert int(optimizer.iterations) == 4


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_in_mixed_precision_weights_heads_and_loss_are_float32(trainer, batch, dtype):
    model = trainer(dtype=dtype)
    assert {weight.dtype for weight in model.weights} == {"float32"}
    maps = model(batch[0])
    assert [raw.dtype for raw in maps] == [tf.float32, tf.float32]
    assert model.network.get_layer("c4_conv").compute_dtype == dtype.removeprefix("mixed_")
    loss = model.compute_loss(batch[0], batch[1], maps)
    assert loss.dtype == tf.float32
    assert np.isfinite(steps(model, batch, 2)["loss"][0])


def test_the_heads_of_the_whole_network_are_float32_in_mixed_precision():
    network = YoloV4Tiny(NAMES, dtype="mixed_bfloat16", attention="cbam")
    assert [output.dtype for output in network.outputs] == ["float32", "float32"]
    policies = {layer.name: layer.compute_dtype for layer in network.layers if layer.weights}
    assert {name for name, dtype in policies.items() if dtype == "float32"} == {"p5_out", "p4_out"}


def test_layers_are_shared_and_counted_once(trainer):
    model = trainer()
    assert [id(v) for v in model.trainable_variables] == [id(v) for v in model.network.trainable_variables]
    own = {id(weight) for part in (model.network, model.averaged) for weight in part.weights}
    assert len(own) == 2 * len(model.network.weights)
    assert {id(weight) for weight in model.weights} <= own
    assert isinstance(model, keras.Model)


@keras.saving.register_keras_serializable("tests")
class Heavy(keras.layers.Layer):
    """A block that asks for a loss of its own."""

    def call(self, x):
        self.add_loss(7.0 + 0.0 * keras.ops.sum(x))
        return x


def test_losses_that_a_users_block_adds_are_part_of_the_total(trainer, batch):
    history = steps(trainer(attention=Heavy), batch, 1)
    parts = history["box"][0] + history["objectness"][0] + history["class"][0]
    assert history["loss"] == [pytest.approx(parts + 7.0, rel=1e-5)]
