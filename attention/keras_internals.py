"""What `attention` takes from Keras that Keras does not promise to keep: all of it is here, each behind a function."""

import keras


def nested_layers(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return a layer and the layers inside of it, however deep, each once; those of a copy come in the same order.

    Keras lists layers publicly for models alone, as `Model.layers`, not for a layer that is made of layers.
    """
    return layer._flatten_layers()
