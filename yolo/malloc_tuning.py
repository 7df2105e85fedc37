"""Tune glibc's malloc, which most Linux systems use, to keep freed memory for reuse."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # https://man7.org/linux/man-pages/man3/mallopt.3.html


def keep_freed_memory(most: int = 2**27) -> None:
    """Make glibc keep up to `most` bytes of freed memory for the next picture.

    By default glibc returns freed memory to the system so early that reading a photo spends half of its time in page
    faults. For the command line only: glibc does not return the old setting, so the new one stays until the process
    ends.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_MAX, 0)  # blocks that are mapped one by one are always returned
        libc.mallopt(M_TRIM_THRESHOLD, most)
