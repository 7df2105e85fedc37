"""The factors by which the attention blocks of a network scale the features of a picture."""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from attention import Gating, Identity
from yolo.nets.attention_blocks import ATTENTION
from yolo.pixel_scaling import normalize_pixels

RATIOS = ("channel ratio", "spatial ratio")  # kinds that stand for what a block without gates does


class AttentionGates:
    """The gates of every attention block: `gates(pictures)`.

    Of a block without gates the effect is measured: RATIOS, the mean magnitude of its output over that of its input,
    for each channel and for each cell.

    Args:
        model: a `YoloV4Tiny`.

    Attributes:
        blocks: {place: layer} by name, without the places that have no attention.
    """

    def __init__(self, model):
        names = sorted(layer.name for layer in model.layers if layer.name.startswith(ATTENTION))
        layers = {name.removeprefix(ATTENTION): model.get_layer(name) for name in names}
        self.blocks = {place: layer for place, layer in layers.items() if not isinstance(layer, Identity)}
        sides = {place: (block.input, block.output) for place, block in self.blocks.items()}
        graph = keras.Model(model.input, sides | {"": model.output})  # a network without attention has a graph too

        @tf.function(input_signature=[tf.TensorSpec((None, *model.input_size, 3), tf.uint8)])
        def compute(pictures):
            features = graph(normalize_pixels(pictures), training=False)
            found = {place: _factors(block, *features[place]) for place, block in self.blocks.items()}
            return tf.nest.map_structure(lambda gate: tf.cast(gate, tf.float32), found)

        self._compute = compute

    def __call__(self, pictures):
        """(B, h, w, 3) uint8 RGB of the input size -> {place: {"channel": (B, 1, 1, C), ...}} float32 arrays."""
        return tf.nest.map_structure(lambda gate: gate.numpy(), self._compute(pictures))


def bounds(block, kind):
    """Between which two values gates of that kind lie; RATIOS have no upper bound."""
    return (0.0, np.inf) if kind in RATIOS else block.bounds(kind)


def _factors(block, before, after):
    gates = block.gates(before, training=False) if isinstance(block, Gating) else {}
    return gates or dict(zip(RATIOS, (_ratio(before, after, axis) for axis in ((1, 2), (3,))), strict=True))


def _ratio(before, after, axis):
    before, after = (ops.mean(ops.abs(ops.cast(x, "float32")), axis=axis, keepdims=True) for x in (before, after))
    return ops.divide_no_nan(after, before)


def by_channel(gates):
    """The factor of each channel, averaged over the places: {kind: (1, h, w, c)} -> (C,); None if all are alike."""
    return _product(gates, lambda gate: gate.shape[-1] > 1, axis=(0, 1, 2))


def by_cell(gates):
    """The factor of each cell, averaged over the channels: {kind: (1, h, w, c)} -> (H, W); None if all are alike."""
    return _product(gates, lambda gate: gate.shape[1] * gate.shape[2] > 1, axis=(0, 3))


def _product(gates, counts, axis):
    chosen = [gate for gate in gates.values() if counts(gate)]
    return np.mean(functools.reduce(np.multiply, chosen), axis=axis) if chosen else None
