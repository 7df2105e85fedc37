"""The first step of a phase, which TensorFlow traces and optimizes before it runs: long, and silent by itself."""

from contextlib import ExitStack, contextmanager

import keras
import tensorflow as tf

from yolo.garbage_collection import garbage_collector_paused
from yolo.progress import waiting


class FirstStep(keras.callbacks.Callback):
    """Says what the wait is for, and keeps Python's garbage collector out of it."""

    def __init__(self):
        super().__init__()
        self.during = ExitStack()

    def on_train_begin(self, logs=None):
        self.during.enter_context(garbage_collector_paused())
        self.during.enter_context(
            waiting("preparing a step of this size: TensorFlow traces the network, for some seconds to a minute")
        )

    def on_train_batch_end(self, batch, logs=None):
        self.end()

    def end(self):
        """Leave all as it was, whatever came of the step."""
        self.during.close()


@contextmanager
def quick_start():
    """Leave Grappler out, TensorFlow's optimizer of whole graphs, on a CPU.

    It takes longer than all else between the traced step and its first run, and the steps are no quicker for it:
    oneDNN has its own passes. Meant for a whole training, as a step is prepared anew when this changes.
    """
    if tf.config.list_physical_devices("GPU"):
        yield
        return
    option = "disable_meta_optimizer"
    former = tf.config.optimizer.get_experimental_options().get(option, False)
    tf.config.optimizer.set_experimental_options({option: True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({option: former})
