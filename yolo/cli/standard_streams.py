"""Prepare the terminal, pipe or file that a command prints to, so that printing never fails."""

import contextlib
import os
import sys


def prepare() -> None:
    """Make standard output and standard error accept every letter, and open them if they are closed.

    Letters that their encoding lacks are escaped: `\\u7ea2`. If one is closed, as in Windows' pythonw or after `>&-`,
    what is printed to it is thrown away.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        _open(number)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # open until the process ends
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):  # the stream of an IDE may lack it
            stream.reconfigure(errors="backslashreplace")


def drop_output(number: int = 1) -> None:
    """Send standard output (1) or error (2) nowhere when nobody reads it; else Python complains about it at exit."""
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, number)  # not `sys.stdout.fileno()`: with --json - that is standard error
        os.close(null)


def _open(number: int) -> None:
    """Open a closed file descriptor on the null device; libraries write to it, and the next file would get it."""
    try:
        os.fstat(number)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
