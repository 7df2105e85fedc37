"""A network saved on one backend of Keras answers and costs the same on another, which loads no TensorFlow."""

import os
import subprocess
import sys
from importlib.util import find_spec

import keras
import numpy as np
import pytest
from keras import ops

from tests.backends import array, gradients_of_inputs, gradients_of_weights
from tests.reference import loss_numpy
from yolo.loss.loss import DetectionLoss
from yolo.nets.model import YoloV4Tiny

PROGRAM = """
import sys

import keras
import numpy as np

import attention
from yolo.loss.loss import DetectionLoss
from yolo.nets.model import YoloV4Tiny

given = np.load("given.npz")
network = keras.models.load_model("größe.keras", compile=False)
maps = network(given["pictures"])
parts = DetectionLoss(network.anchors, network.masks)({"boxes": given["boxes"], "labels": given["labels"]}, maps)
arrays = map(keras.ops.convert_to_numpy, [*maps, *parts.values()])
np.savez("found.npz", *arrays)
print(keras.config.backend(), "tensorflow" in sys.modules)
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_network_answers_and_costs_the_same_on_another_backend(backend, repository, tmp_path):
    if not find_spec(backend):
        pytest.skip(f"{backend} is not installed")
    rng = np.random.default_rng(0)
    network = YoloV4Tiny(("Katze", "größer Hund"), attention="cbam@p4+c3, ca@p5, bam@up")
    network.set_weights([weight + rng.uniform(0, 0.1, weight.shape) for weight in network.get_weights()])
    network.save(tmp_path / "größe.keras")
    boxes, labels = loss_numpy.padded([[((8, 4, 31, 31), 0), ((30, 0, 90, 60), 1)], []], 3)
    pictures = rng.random((2, 64, 96, 3), np.float32)
    np.savez(tmp_path / "given.npz", pictures=pictures, boxes=boxes, labels=labels)

    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env=os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": str(repository)},
        capture_output=True,
        encoding="utf-8",
    )
    assert answer.stdout.split() == [backend, "False"], answer.stderr

    maps = network(pictures)
    parts = DetectionLoss(network.anchors, network.masks)({"boxes": boxes, "labels": labels}, maps)
    found = np.load(tmp_path / "found.npz")
    for mine, theirs in zip([*maps, *parts.values()], found.values(), strict=True):
        np.testing.assert_allclose(theirs, array(mine), rtol=1e-3, atol=1e-3)


def test_gradients_are_those_worked_out_by_hand():
    x = np.array([[1, 2]], np.float32)
    layer = keras.layers.Dense(1, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([np.array([[3], [4]])])  # the output is 11, the gradient of its square 22 for each unit of x
    np.testing.assert_allclose(gradients_of_weights(layer, x), [[[22], [44]]], rtol=1e-6)
    assert gradients_of_weights(keras.layers.ReLU(), x) == []
    used, unused = gradients_of_inputs(lambda a, b: ops.sum(a**3), [x, x])
    np.testing.assert_allclose(used, [[3, 12]], rtol=1e-6)
    np.testing.assert_array_equal(unused, [[0, 0]])
