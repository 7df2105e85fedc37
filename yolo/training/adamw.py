"""AdamW, Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, as in Keras but with a smaller graph."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from yolo.keras_internals import is_decayed, moments


class AdamW(keras.optimizers.AdamW):
    """An optimizer that differs from Keras' AdamW only by rounding, with a third of the graph to trace and optimize.

    Keras writes the formula out for each weight. Here a weight of float32 takes one operation. AMSGrad and gradients
    that are summed over several steps are not supported.

    Raises:
        ValueError: an argument of Keras' AdamW asks for one of them.
    """

    weight_decay: float | None

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        if self.amsgrad or self.gradient_accumulation_steps:
            raise ValueError("amsgrad and gradient_accumulation_steps are for keras.optimizers.AdamW, not for this.")

    def apply(self, grads: Sequence[tf.Tensor], trainable_variables: Sequence[keras.Variable] | None = None) -> None:
        """Compute the constants that all weights share, then update each weight."""
        step = tf.cast(self.iterations.value + 1, tf.float32)
        constants = {"beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
        self._shared = {name: tf.constant(value, tf.float32) for name, value in constants.items()}
        self._shared |= {f"{beta}_power": tf.pow(self._shared[beta], step) for beta in ("beta1", "beta2")}
        self._decay, self.weight_decay = self.weight_decay, None  # else Keras decays each weight by itself
        try:
            super().apply(grads, trainable_variables)
        finally:
            self.weight_decay = self._decay
            del self._shared  # tensors of this step's graph

    def update_step(self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor) -> None:
        rate = tf.cast(learning_rate, tf.float32)
        if is_decayed(self, variable):
            decay = tf.cast(self._decay * rate, variable.dtype)
            variable.assign_sub(variable * decay, read_value=False)
        if variable.dtype != tf.float32:  # in a user's block
            super().update_step(gradient, variable, learning_rate)
            return
        m, v = (moment.value.handle for moment in moments(self, variable))
        tf.raw_ops.ResourceApplyAdam(var=variable.handle, m=m, v=v, lr=rate, grad=gradient, **self._shared)
