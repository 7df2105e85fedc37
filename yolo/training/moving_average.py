"""The exponential moving average of all weights, batch norm statistics included.

Polyak and Juditsky 1992, https://doi.org/10.1137/0330046.
"""

import keras
import tensorflow as tf

from yolo.training.training_model import TrainingModel


class ExponentialMovingAverage(keras.callbacks.Callback):
    """A callback that moves `trainer.averaged` towards `trainer.network` after each step.

    After step n it moves by 1 - min(decay, (1 + n) / (10 + n)). n is the optimizer's own count, so a resumed run goes
    on where it stopped. The average is evaluated and saved.
    """

    def __init__(self, decay: float) -> None:
        super().__init__()
        self.decay = decay

    def set_model(self, model: TrainingModel) -> None:
        super().set_model(model)
        pairs = list(zip(model.averaged.weights, model.network.weights, strict=True))

        @tf.function(autograph=False)  # there is no control flow to convert
        def step(decay: tf.Tensor) -> None:
            for average, weight in pairs:
                if not keras.backend.is_float_dtype(average.dtype):  # such as a counter in a user's block
                    average.assign(weight)
                    continue
                average.assign(average * decay + tf.cast(weight, average.dtype) * (1 - decay))

        self.step = step

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        n = float(self.model.optimizer.iterations)
        self.step(tf.constant(min(self.decay, (1 + n) / (10 + n)), tf.float32))
