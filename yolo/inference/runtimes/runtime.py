"""The base of all runtimes: what they say of themselves, calls from several threads, and forks."""

import os
import threading
import time
import weakref

import numpy as np

from yolo.errors import UserError


class Runtime:
    """A callable, (B, h, w, 3) uint8 RGB -> boxes (B, N, 4) and scores (B, N, C), for any number of threads.

    A kind of runtime has a method `_compute` that does this.

    Args:
        described: what has `class_names`, `input_size` and `resize_mode`, which become attributes of the runtime.
    """

    CONCURRENT = False  # whether `_compute` bears several threads at a time; else they take turns
    SURVIVES_FORK = True  # whether it answers in a process that was forked after it was loaded

    def __init__(self, described):
        self.class_names = tuple(described.class_names)
        self.input_size = tuple(described.input_size)
        self.resize_mode = described.resize_mode
        self._process = os.getpid()
        self._gate = threading.Lock()  # held by who enters or, where they take turns, computes
        self._within = []  # one item for each thread that computes beside others
        _loaded.add(self)

    def __call__(self, pictures):
        if os.getpid() != self._process and not self.SURVIVES_FORK:
            raise UserError(
                "this detector was loaded before the process was forked, and the threads of TensorFlow are not in the "
                "child: load it in the child, start the child by 'spawn', or use a model exported to onnx."
            )
        with self._gate:
            if not self.CONCURRENT:
                return self._compute(pictures)
            self._within.append(None)
        try:
            return self._compute(pictures)
        finally:
            self._within.pop()

    def warm_up(self):
        """Detect in one grey picture, so that the first real one is as fast as all; returns the answer."""
        return self(np.full((1, *self.input_size, 3), 128, np.uint8))


_loaded = weakref.WeakSet()
_forking = threading.Lock()
_closed = []  # gates that are closed while the process forks


def _close_gates():
    """Wait until nothing computes: a lock that a thread holds within a library stays locked in the child for ever."""
    _forking.acquire()
    for runtime in list(_loaded):
        runtime._gate.acquire()
        _closed.append(runtime._gate)
        while runtime._within:
            time.sleep(0.001)


def _open_gates():
    while _closed:
        _closed.pop().release()
    _forking.release()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=_close_gates, after_in_parent=_open_gates, after_in_child=_open_gates)
