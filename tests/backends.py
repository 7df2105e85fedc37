"""What tests need to run on every backend of Keras: arrays, gradients, and the mark of what TensorFlow alone can do."""

import keras
import pytest
from keras import ops

tensorflow_only = pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason=f"TensorFlow alone has it, Keras runs {keras.config.backend()}"
)


def array(tensor):
    """What Keras computed, as a NumPy array."""
    return ops.convert_to_numpy(tensor)


def gradients_of_inputs(function, arrays):
    """The gradient of the number `function(*tensors)` for each of the float arrays; 0 where none arrives."""
    if not arrays:
        return []
    tensors = [ops.convert_to_tensor(values) for values in arrays]
    return [array(gradient) for gradient in _BACKENDS[keras.config.backend()](function, tensors)]


def gradients_of_weights(layer, x, loss=lambda y: ops.sum(y**2), **arguments):
    """The gradient of `loss(layer(x))`, by default the sum of squares, for each trainable weight of a built layer.

    Args:
        **arguments: of the layer's call, such as `training`.
    """

    def function(*values):
        with keras.StatelessScope(zip(layer.trainable_weights, values, strict=True)):
            return loss(layer(x, **arguments))

    return gradients_of_inputs(function, [weight.value for weight in layer.trainable_weights])


def _tensorflow(function, tensors):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(tensors)
        number = function(*tensors)
    return tape.gradient(number, tensors, unconnected_gradients="zero")


def _jax(function, tensors):
    import jax

    return jax.grad(function, argnums=range(len(tensors)))(*tensors)


def _torch(function, tensors):
    import torch

    tensors = [tensor.detach().requires_grad_() for tensor in tensors]
    return torch.autograd.grad(function(*tensors), tensors, materialize_grads=True)


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
