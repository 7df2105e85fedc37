"""AdamW, Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, as Keras has it, in a smaller graph."""

import keras
import tensorflow as tf


class AdamW(keras.optimizers.AdamW):
    """Keras' AdamW to the last bit, with a smaller graph to trace and to optimize before the first step.

    Keras computes the learning rate anew for each decayed weight and the bias correction for each weight. Here both
    are computed once a step.
    """

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        m, v = self._momentums[index].value, self._velocities[index].value
        rate, corrected = (tf.cast(each, variable.dtype) for each in (learning_rate, self._corrected(learning_rate)))
        if self._use_weight_decay(variable):
            variable.assign_sub(variable * self.weight_decay * rate, read_value=False)
        m.assign_add((gradient - m) * (1 - self.beta_1), read_value=False)
        v.assign_add((tf.square(gradient) - v) * (1 - self.beta_2), read_value=False)
        variable.assign_sub(m * corrected / (tf.sqrt(v) + self.epsilon), read_value=False)

    def _apply_weight_decay(self, variables):
        """Leave it to `update_step`."""

    def _corrected(self, learning_rate):
        """The rate with Adam's bias correction, computed when the first weight of a step asks for it."""
        known, corrected = getattr(self, "_last_corrected", (None, None))
        if known is not learning_rate:
            step = tf.cast(self.iterations.value + 1, tf.float32)
            beta_1, beta_2 = (tf.pow(tf.constant(beta, tf.float32), step) for beta in (self.beta_1, self.beta_2))
            corrected = learning_rate * tf.sqrt(1 - beta_2) / (1 - beta_1)
            self._last_corrected = learning_rate, corrected
        return corrected
