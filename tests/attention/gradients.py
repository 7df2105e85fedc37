"""Gradients of a layer's weights on whichever backend Keras runs."""

import keras
import numpy as np


def gradients(layer, x):
    """The gradient of the sum of squares of `layer(x)`, as a list of arrays, one for each trainable weight."""
    return _BACKENDS[keras.config.backend()](layer, x)


def _tensorflow(layer, x):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(x) ** 2)
    values = tape.gradient(loss, [weight.value for weight in layer.trainable_weights])
    return [None if value is None else np.asarray(value) for value in values]


def _jax(layer, x):
    import jax

    def loss(trainable):
        fixed = [weight.value for weight in layer.non_trainable_variables]
        outputs, _ = layer.stateless_call(trainable, fixed, x)
        return (outputs**2).sum()

    return [np.asarray(value) for value in jax.grad(loss)([weight.value for weight in layer.trainable_variables])]


def _torch(layer, x):
    (layer(keras.ops.convert_to_tensor(x)) ** 2).sum().backward()
    values = [weight.value.grad for weight in layer.trainable_weights]
    return [None if value is None else value.cpu().numpy() for value in values]


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
