"""Commands that are shown to be copied."""

import os
import shlex
import subprocess


def quoted(path):
    """Return a path as this system's shell takes it."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))


def data_flags(config):
    """Return the flags by which another command reads the same data: `--data my-pictures --corners 0`."""
    corners = "" if config.corners == "auto" else f" --corners {config.corners}"
    return f"--data {quoted(config.data or 'DIR')}{corners}{' --negatives' if config.negatives else ''}"
