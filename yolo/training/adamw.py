"""AdamW, Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, as Keras has it, in a smaller graph."""

import keras
import tensorflow as tf


class AdamW(keras.optimizers.AdamW):
    """Keras' AdamW but for rounding, with a third of its graph to trace and to optimize before the first step.

    Keras writes the formula out for each weight. Here a weight of float32 takes one operation. Gradients of several
    steps are not summed up, and there is no AMSGrad: what Keras' own takes for these is refused.
    """

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        if self.amsgrad or self.gradient_accumulation_steps:
            raise ValueError("amsgrad and gradient_accumulation_steps are for keras.optimizers.AdamW, not for this.")

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        """Compute what all weights share, then update each."""
        step = tf.cast(self.iterations.value + 1, tf.float32)
        constants = {"beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
        self._shared = {name: tf.constant(value, tf.float32) for name, value in constants.items()}
        self._shared |= {f"{beta}_power": tf.pow(self._shared[beta], step) for beta in ("beta1", "beta2")}
        self._shared["lr"] = tf.cast(learning_rate, tf.float32)
        super()._backend_update_step(grads, trainable_variables, learning_rate)
        del self._shared  # tensors of this step's graph

    def update_step(self, gradient, variable, learning_rate):
        if self._use_weight_decay(variable):
            decay = tf.cast(self.weight_decay * self._shared["lr"], variable.dtype)
            variable.assign_sub(variable * decay, read_value=False)
        if variable.dtype != tf.float32:  # in a block of the user's
            super().update_step(gradient, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        m, v = self._momentums[index].value.handle, self._velocities[index].value.handle
        tf.raw_ops.ResourceApplyAdam(var=variable.handle, m=m, v=v, grad=gradient, **self._shared)

    def _apply_weight_decay(self, variables):
        """Leave it to `update_step`."""
