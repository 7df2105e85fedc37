"""Tune glibc's malloc, that of most Linux systems, to keep freed memory for reuse."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # https://man7.org/linux/man-pages/man3/mallopt.3.html


def keep_freed_memory(most: int = 2**27) -> None:
    """Make glibc keep up to `most` bytes of freed memory for the next picture.

    By default glibc returns so much memory to the system at once that reading a photo spends half of its time in page
    faults. For the command line only: the setting stays until the process ends, as glibc does not tell the old one.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_MAX, 0)  # blocks that are mapped one by one are always returned
        libc.mallopt(M_TRIM_THRESHOLD, most)
