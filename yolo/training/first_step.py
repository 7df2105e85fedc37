"""The first step of a phase, which TensorFlow traces and optimizes before it runs: long, and silent by itself."""

from contextlib import ExitStack

import keras

from yolo.memory import uncollected
from yolo.progress import waiting


class FirstStep(keras.callbacks.Callback):
    """Says what the wait is for, and keeps Python's garbage collector out of it."""

    def __init__(self):
        super().__init__()
        self.during = ExitStack()

    def on_train_begin(self, logs=None):
        self.during.enter_context(uncollected())
        self.during.enter_context(
            waiting("preparing the first step: TensorFlow traces and optimizes the network, for 20 to 90 seconds")
        )

    def on_train_batch_end(self, batch, logs=None):
        self.end()

    def end(self):
        """Leave all as it was, whatever came of the step."""
        self.during.close()
