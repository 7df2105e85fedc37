"""Loading TensorFlow and Keras: with a word when it takes long, and without what they would load in vain."""

import sys
from contextlib import contextmanager

from yolo.memory_tuning import garbage_collector_paused
from yolo.progress import waiting


@contextmanager
def importing_tensorflow():
    """Import TensorFlow and Keras in the block."""
    with waiting("loading TensorFlow"), garbage_collector_paused(), _absent("matplotlib"):
        yield


@contextmanager
def _absent(module):
    """Let a module look as if it were not installed; Keras loads it for plots that nobody here asks for."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None
    try:
        yield
    finally:
        del sys.modules[module]
