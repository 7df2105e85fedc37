"""Wrap the private names of Keras that `attention` needs, one function each, as they may change at any time."""

import keras


def nested_layers(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return a layer and all layers inside it at any depth, each once. A copy of the layer gives the same order.

    Keras has a public list of layers only for models, `Model.layers`, not for a layer that is made of layers.
    """
    return layer._flatten_layers()
