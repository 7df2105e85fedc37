"""Fold batch norm into the convolutions before it, for detection: the same function with half as many layers."""

from typing import Any

import keras
import numpy as np

from attention.tensor_types import Tensor
from yolo.nets.model import YoloV4Tiny


def folded(network: YoloV4Tiny) -> keras.Model:
    """Return a float32 copy of a network for detection only, in which no batch norm follows a convolution.

    y = gamma (conv(x) - mean) / sqrt(variance + epsilon) + beta is itself a convolution with a bias. A batch norm that
    does not directly follow a convolution, as in some attention blocks, stays.

    Returns:
        A functional model with the inputs and outputs of the network. It shares no weights with it.
    """
    twin = network.copy(dtype="float32")
    norms: dict[keras.layers.Layer, keras.layers.Layer] = {}  # by the convolution before each
    producers = {id(layer.output): layer for layer in twin.layers}
    for layer in twin.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            before = producers.get(id(layer.input))
            if isinstance(before, keras.layers.Conv2D):
                norms[before] = layer

    def skip(layer: keras.Operation, x: Tensor, **settings: Any) -> Tensor:
        return x if layer in norms.values() else layer(x, **settings)

    return keras.models.clone_model(
        twin,
        clone_function=lambda layer: _joined(layer, norms[layer]) if layer in norms else layer,
        call_function=skip,
    )


def _joined(convolution: keras.layers.Conv2D, norm: keras.layers.BatchNormalization) -> keras.layers.Conv2D:
    """Return one convolution that computes a convolution and the batch norm after it."""
    kernel, gamma, beta, mean, variance = (
        np.asarray(weight, np.float64)
        for weight in (convolution.kernel, norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
    )
    scale = gamma / np.sqrt(variance + norm.epsilon)
    bias = np.asarray(convolution.bias, np.float64) if convolution.use_bias else 0
    joined = type(convolution).from_config(convolution.get_config() | {"use_bias": True})
    joined.build(convolution.input.shape)
    joined.set_weights([kernel * scale, beta + (bias - mean) * scale])
    return joined
