"""A small detector to export, pictures it is compared on, and what the formats need."""

import importlib.util

import keras
import numpy as np
import pytest

from tests.yolo.training.thin import thin_networks
from yolo.export.formats import FORMATS
from yolo.nets.model import YoloV4Tiny

NAMES = ("Kätzchen", "großer Hund", "鳥")
SIZE = (64, 96)


def skip_without(name):
    """Skip the test where a package that the format needs is not installed."""
    missing = [package for package in FORMATS[name].NEEDED if not importlib.util.find_spec(package)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture
def thin(monkeypatch):
    """A function that makes a detector of four convolutions whose answers depend on every number in it."""
    thin_networks(monkeypatch)

    def make(**settings):
        keras.utils.set_random_seed(0)  # with some kernels all scores are alike, and nothing can be told from them
        return spread(
            YoloV4Tiny(
                **{"class_names": NAMES, "input_size": SIZE, "resize_mode": "stretch", "epsilon": 1e-3} | settings
            )
        )

    return make


def spread(network, seed=0):
    """Give a network weights of which none is as it was made; returns it."""
    rng = np.random.default_rng(seed)
    for weight in network.weights:
        if weight.path.endswith(("gamma", "moving_variance")):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
        elif weight.path.endswith(("beta", "moving_mean", "bias")):
            weight.assign(rng.normal(0, 0.3, weight.shape))
        elif weight.path.endswith(("p5_out/kernel", "p4_out/kernel")):
            outputs = np.array(weight).reshape(*weight.shape[:3], 3, -1)
            outputs[..., 2:4] *= 0.1  # sizes near the anchors', not far out of the picture
            weight.assign(outputs.reshape(weight.shape))
    return network


def noise(count, size=SIZE):
    """Pictures of blotches, (count, h, w, 3) uint8."""
    rng = np.random.default_rng(count)
    coarse = rng.integers(0, 256, (count, size[0] // 8, size[1] // 8, 3), np.uint8)
    return coarse.repeat(8, axis=1).repeat(8, axis=2)
