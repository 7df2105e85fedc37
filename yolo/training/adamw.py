"""AdamW, Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, as Keras has it, in a smaller graph."""

import keras
import tensorflow as tf


class AdamW(keras.optimizers.AdamW):
    """Keras' AdamW but for rounding, with a third of its graph to trace and to optimize before the first step.

    Keras writes the formula out for each weight, and computes the learning rate and the bias correction anew for it.
    Here a weight takes one operation, and both are computed once a step.
    """

    def update_step(self, gradient, variable, learning_rate):
        shared = self._shared(learning_rate)
        if self._use_weight_decay(variable):
            variable.assign_sub(variable * (self.weight_decay * shared["lr"]), read_value=False)
        index = self._get_variable_index(variable)
        m, v = self._momentums[index].value.handle, self._velocities[index].value.handle
        tf.raw_ops.ResourceApplyAdam(var=variable.handle, m=m, v=v, grad=gradient, **shared)

    def _apply_weight_decay(self, variables):
        """Leave it to `update_step`."""

    def _shared(self, learning_rate):
        """What is the same for all weights, computed when the first of a step asks for it."""
        known, shared = getattr(self, "_last_shared", (None, None))
        if known is not learning_rate:
            step = tf.cast(self.iterations.value + 1, tf.float32)
            constants = {"beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
            shared = {name: tf.constant(value, tf.float32) for name, value in constants.items()}
            shared |= {f"{beta}_power": tf.pow(shared[beta], step) for beta in ("beta1", "beta2")}
            shared["lr"] = tf.cast(learning_rate, tf.float32)
            self._last_shared = learning_rate, shared
        return shared
