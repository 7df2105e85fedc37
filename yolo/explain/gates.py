"""Compute the gates of a network: the factors by which its attention blocks scale the features of a picture."""

import functools
from collections.abc import Callable
from typing import Annotated, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from attention import Gating, Identity
from attention.tensor_types import Tensor
from yolo.array_types import Float, Images
from yolo.explain.align import Cells
from yolo.nets.attention_blocks import ATTENTION
from yolo.nets.model import YoloV4Tiny
from yolo.pixel_scaling import normalize_pixels

RATIOS = ("channel ratio", "spatial ratio")  # kinds of gates of a block that has none, see `AttentionGates`

Gates: TypeAlias = dict[str, NDArray[Float]]
"""The gates of one block by their kind, such as "channel"; they broadcast with features (B, h, w, c)."""


class AttentionGates:
    """A function from pictures to the gates of every attention block: `gates(pictures)`.

    For a block without gates the effect is measured: RATIOS are the mean magnitude of its output divided by that of
    its input, for each channel and for each cell.

    Attributes:
        blocks: the attention layers by the names of their places.
    """

    def __init__(self, model: YoloV4Tiny) -> None:
        names = sorted(layer.name for layer in model.layers if layer.name.startswith(ATTENTION))
        layers = {name.removeprefix(ATTENTION): model.get_layer(name) for name in names}
        self.blocks: dict[str, keras.layers.Layer] = {
            place: layer for place, layer in layers.items() if not isinstance(layer, Identity)
        }
        sides = {place: (block.input, block.output) for place, block in self.blocks.items()}
        graph = keras.Model(model.input, sides | {"": model.output})  # a network without attention has a graph too

        @tf.function(input_signature=[tf.TensorSpec((None, *model.input_size, 3), tf.uint8)])
        def compute(pictures: Tensor) -> dict[str, dict[str, Tensor]]:
            features = graph(normalize_pixels(pictures), training=False)
            found = {place: _factors(block, *features[place]) for place, block in self.blocks.items()}
            return tf.nest.map_structure(lambda gate: tf.cast(gate, tf.float32), found)

        self._compute = compute

    def __call__(self, pictures: Images) -> dict[str, Gates]:
        """Return the gates of each place, in pictures of the input size."""
        return tf.nest.map_structure(lambda gate: gate.numpy(), self._compute(pictures))


def bounds(block: keras.layers.Layer, kind: str) -> tuple[float, float]:
    """Return the least and the greatest value that gates of that kind can have; RATIOS have no upper bound."""
    return (0.0, np.inf) if kind in RATIOS else block.bounds(kind)


def _factors(block: keras.layers.Layer, before: Tensor, after: Tensor) -> dict[str, Tensor]:
    """Return the gates of a block, or RATIOS of the features before and after a block without gates."""
    gates = block.gates(before, training=False) if isinstance(block, Gating) else {}
    return gates or dict(zip(RATIOS, (_ratio(before, after, axis) for axis in ((1, 2), (3,))), strict=True))


def _ratio(before: Tensor, after: Tensor, axis: tuple[int, ...]) -> Tensor:
    before, after = (ops.mean(ops.abs(ops.cast(x, "float32")), axis=axis, keepdims=True) for x in (before, after))
    return ops.divide_no_nan(after, before)


def by_channel(gates: Gates) -> Annotated[NDArray[Float], "channels"] | None:
    """Return the mean factor of each channel of one picture, or None if all channels have the same."""
    return _product(gates, lambda gate: gate.shape[-1] > 1, axis=(0, 1, 2))


def by_cell(gates: Gates) -> Cells | None:
    """Return the mean factor of each cell of one picture, or None if all cells have the same."""
    return _product(gates, lambda gate: gate.shape[1] * gate.shape[2] > 1, axis=(0, 3))


def _product(gates: Gates, varies: Callable[[NDArray[Float]], bool], axis: tuple[int, ...]) -> NDArray[Float] | None:
    """Return the product of the gates that vary, as a mean over some axes."""
    chosen = [gate for gate in gates.values() if varies(gate)]
    return np.mean(functools.reduce(np.multiply, chosen), axis=axis) if chosen else None
