"""What the tests of every block share: which blocks there are, and for each another value of every argument."""

import importlib
import math

import numpy as np
import pytest

import attention

CHANNELS = 32
OTHER_VALUES = {
    "none": {},
    "se": {"ratio": 4, "identity_start": True},
    "cbam": {
        "ratio": 4,
        "kernel_size": 3,
        "order": "parallel",
        "hidden": 0.5,
        "use_bias": True,
        "sigmoid_per_branch": True,
        "widths": (4, 3),
        "batch_norm": True,
        "kernel_initializer": "he_normal",
        "channel_pooling": "max",
        "spatial_pooling": "average",
        "identity_start": True,
    },
    "eca": {"gamma": 1, "b": 5, "identity_start": True},
    "ca": {"ratio": 2, "identity_start": True},
    "simam": {"e_lambda": 1.0, "identity_start": True},
    "gc": {"ratio": 4, "fusion": "scale", "identity_start": True},
    "triplet": {"kernel_size": 4, "spatial": False, "identity_start": True},
    "mhsa": {"heads": 8, "identity_start": True},
    "bam": {"ratio": 4, "dilation": 1, "convolutions": 1, "identity_start": True},
    "scse": {"ratio": 4, "aggregation": "add", "identity_start": True},
    "ese": {"identity_start": True},
    "gather_excite": {"kind": "theta", "extent": 4, "ratio": 4, "grid": 5, "identity_start": True},
}
NAMES = attention.available()
PRESETS = [f"{name}/{preset}" for name in NAMES for preset in attention.presets(name)]
VARIANTS = [(name, key, value) for name, values in OTHER_VALUES.items() for key, value in values.items()]

every_block = pytest.mark.parametrize("spec", NAMES + PRESETS)
every_variant = pytest.mark.parametrize(
    ("name", "key", "value"), VARIANTS, ids=[f"{name}({key}={value!r})" for name, key, value in VARIANTS]
)


def twin_of(block):
    """The NumPy twin of a block, with its weights and arguments: x -> y, both (batch, height, width, channels)."""
    name = attention.name_of(type(block))
    module = importlib.import_module(f"tests.reference.attention.{name}")
    arguments = {key: block.get_config()[key] for key in OTHER_VALUES[name]}
    prefix = f"{block.name}/"
    weights = {weight.path.removeprefix(prefix): np.asarray(weight, np.float64) for weight in block.weights}
    return lambda x: module.twin(np.asarray(x, np.float64), weights, **arguments)


def randomized(block, rng):
    """The block, built for CHANNELS, with random weights; all are positive where a variance is needed."""
    if not block.built:
        block.build((None, None, None, CHANNELS))
    for weight in block.weights:
        inputs = math.prod(weight.shape[:-1])  # that each output adds up
        value = rng.normal(scale=min(0.5, (2 / inputs) ** 0.5), size=weight.shape)
        weight.assign(np.abs(value) + 0.1 if "variance" in weight.path else value)
    return block
