"""The terminal, pipe or file that a command prints to, whatever it can show."""

import contextlib
import os
import sys


def prepare():
    """Make standard output and standard error take every letter, and be there.

    What their encoding lacks is escaped: `\\u7ea2`. Where one is closed, as for Windows' pythonw or after `>&-`, what
    is printed goes nowhere.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        _open(number)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, until the process ends
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):  # an IDE's own stream may lack it
            stream.reconfigure(errors="backslashreplace")


def drop_output(number=1):
    """Send standard output (1) or error (2) nowhere, when nobody reads it; else Python complains of it at exit."""
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, number)  # `sys.stdout` may stand for standard error by now, as with --json -
        os.close(null)


def _open(number):
    """Open a closed file descriptor on nothing, as libraries write to it, and the next file opened would get it."""
    try:
        os.fstat(number)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
