"""The base class of all runtimes, which makes them safe for several threads and for forks."""

import abc
import os
import threading
import time
import weakref
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Float, Images
from yolo.errors import UserError

RuntimeOutput: TypeAlias = tuple[NDArray[Float], NDArray[Float]]
"""Candidate boxes (B, N, 4) in pixels of the input, and their scores (B, N, C); of a damaged file, any shapes."""


class DetectorSettings(Protocol):
    """An object with the settings of a detector, such as a `YoloV4Tiny` or a `ModelMetadata`.

    Attributes:
        class_names: the name of every class, in order.
        input_size: (height, width) to which pictures are resized.
        resize_mode: how they are resized, "letterbox" or "stretch".
        score_thresholds: the lowest score at which a detection of each class is shown, or nothing for the default.
        temperature: by which scores are scaled before they are shown, see `yolo.temperature`.
    """

    @property
    def class_names(self) -> tuple[str, ...]: ...

    @property
    def input_size(self) -> tuple[int, int]: ...

    @property
    def resize_mode(self) -> str: ...

    @property
    def score_thresholds(self) -> tuple[float, ...]: ...

    @property
    def temperature(self) -> float: ...


class Runtime(abc.ABC):
    """A callable that computes candidate boxes and their scores from RGB images of the input size.

    Any number of threads may call it. Subclasses implement `_compute`.

    Args:
        described: its settings become attributes of the runtime.
    """

    CONCURRENT = False  # whether several threads may run `_compute` at the same time; otherwise they take turns
    SURVIVES_FORK = True  # whether it works in a process that was forked after it was loaded

    def __init__(self, described: DetectorSettings) -> None:
        self.class_names = tuple(described.class_names)
        self.input_size = described.input_size
        self.resize_mode = described.resize_mode
        self.score_thresholds = tuple(described.score_thresholds)
        self.temperature = described.temperature
        self._process = os.getpid()
        self._lock = threading.Lock()  # a thread holds it while it enters or, if they take turns, while it computes
        self._within: list[None] = []  # one item for each thread that computes, if they do not take turns
        _loaded.add(self)

    def __call__(self, pictures: Images) -> RuntimeOutput:
        """Return the candidates of some pictures.

        Raises:
            UserError: the process was forked after loading, and this runtime does not survive that.
        """
        if os.getpid() != self._process and not self.SURVIVES_FORK:
            raise UserError(
                "this detector was loaded before the process was forked, and the threads of TensorFlow are not in the "
                "child: load it in the child, start the child by 'spawn', or use a model exported to onnx."
            )
        with self._lock:
            if not self.CONCURRENT:
                return self._compute(pictures)
            self._within.append(None)
        try:
            return self._compute(pictures)
        finally:
            self._within.pop()

    @abc.abstractmethod
    def _compute(self, pictures: Images) -> RuntimeOutput:
        """Return the candidates of some pictures."""

    def warm_up(self) -> RuntimeOutput:
        """Return the candidates of a gray picture. After this, the first real picture takes no longer than others."""
        return self(np.full((1, *self.input_size, 3), 128, np.uint8))


_loaded: weakref.WeakSet[Runtime] = weakref.WeakSet()
_forking = threading.Lock()
_held: list[threading.Lock] = []  # the locks of runtimes that are held while the process forks


def _hold_locks() -> None:
    """Wait until no runtime computes: a lock that a thread holds inside a library would stay locked in the child."""
    _forking.acquire()
    for runtime in list(_loaded):
        runtime._lock.acquire()
        _held.append(runtime._lock)
        while runtime._within:
            time.sleep(0.001)


def _release_locks() -> None:
    while _held:
        _held.pop().release()
    _forking.release()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=_hold_locks, after_in_parent=_release_locks, after_in_child=_release_locks)
