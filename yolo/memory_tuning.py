"""Tune what is done with freed memory: by glibc's malloc, that is on most of Linux, and by Python's collector."""

import ctypes
import gc
import sys
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # https://man7.org/linux/man-pages/man3/mallopt.3.html


def keep_freed_memory(most=2**27):
    """Keep up to `most` bytes of freed memory for the next picture.

    Left to itself glibc gives so much of it back at once that half the time of reading a photo goes by in page faults.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_MAX, 0)  # blocks that are mapped one by one are always given back
        libc.mallopt(M_TRIM_THRESHOLD, most)


@contextmanager
def garbage_collector_paused():
    """Pause Python's garbage collector while a great many objects are made, all of which are kept.

    It would look through all of them again and again: a fifth of the time of importing TensorFlow and tracing a
    training step, a third of that of reading 100,000 annotations.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
