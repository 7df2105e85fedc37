"""Running average of all weights, batch norm statistics included."""

import keras
import tensorflow as tf


class ExponentialMovingAverage(keras.callbacks.Callback):
    """After each step n, moves `trainer.averaged` towards `trainer.network` by 1 - min(decay, (1 + n) / (10 + n)).

    The average is what is evaluated and kept: Polyak and Juditsky 1992, https://doi.org/10.1137/0330046.
    n is the optimizer's own count, so a resumed run goes on where it stopped.
    """

    def __init__(self, decay):
        super().__init__()
        self.decay = decay

    def set_model(self, model):
        super().set_model(model)
        pairs = list(zip(model.averaged.weights, model.network.weights, strict=True))

        @tf.function(autograph=False)  # plain Python, which AutoGraph would only read through
        def step(decay):
            for average, weight in pairs:
                if not keras.backend.is_float_dtype(average.dtype):  # such as a counter in a user's block
                    average.assign(weight)
                    continue
                average.assign(average * decay + tf.cast(weight, average.dtype) * (1 - decay))

        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        n = float(self.model.optimizer.iterations)
        self.step(tf.constant(min(self.decay, (1 + n) / (10 + n)), tf.float32))
