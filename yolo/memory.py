"""Memory: what glibc does with freed blocks, and when Python looks for garbage."""

import contextlib
import ctypes
import gc
import sys

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # https://man7.org/linux/man-pages/man3/mallopt.3.html


def keep_freed(most=2**27):
    """Keep up to `most` bytes of freed memory for the next picture.

    Left to itself glibc gives so much of it back at once that half the time of reading a photo goes by in page faults.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_MAX, 0)  # blocks that are mapped one by one are always given back
        libc.mallopt(M_TRIM_THRESHOLD, most)


@contextlib.contextmanager
def uncollected():
    """Pause Python's garbage collector while a great many objects are made, all of which are kept.

    It would look through all of them again and again: a third of the time it takes to read 100,000 annotations.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
