"""The first step of a phase: TensorFlow traces and optimizes it, which takes long and shows nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import keras
import tensorflow as tf

from yolo.garbage_collection import garbage_collector_paused
from yolo.progress import waiting


class FirstStep(keras.callbacks.Callback):
    """A callback that tells the user about the wait and pauses Python's garbage collector during it."""

    def __init__(self) -> None:
        super().__init__()
        self.during = ExitStack()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.during.enter_context(garbage_collector_paused())
        self.during.enter_context(
            waiting("preparing a step of this size: TensorFlow traces the network, for some seconds to a minute")
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.end()

    def end(self) -> None:
        """Undo both, whether the step succeeded or not."""
        self.during.close()


@contextmanager
def quick_start() -> Iterator[None]:
    """Switch off Grappler, TensorFlow's optimizer of whole graphs, on a CPU.

    It takes longer than everything else between the traced step and its first run, and makes the steps no faster:
    oneDNN has its own passes. Use this around a whole training, because TensorFlow prepares a step again when the
    setting changes.
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
