"""Import TensorFlow and Keras: log a line if it takes long, and leave out a package that is not needed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from yolo.garbage_collection import garbage_collector_paused
from yolo.progress import waiting


@contextmanager
def importing_tensorflow() -> Iterator[None]:
    """Make ready for a block that imports TensorFlow and Keras."""
    with waiting("loading TensorFlow"), garbage_collector_paused(), _absent("matplotlib"):
        yield


@contextmanager
def _absent(module: str) -> Iterator[None]:
    """Let a module look as if it were not installed in the block; Keras would import it for plots."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # Python's own mark of a module that cannot be imported
    try:
        yield
    finally:
        del sys.modules[module]
