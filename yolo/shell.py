"""Commands that are shown to be copied."""

import os
import shlex
import subprocess


def quoted(path):
    """A path as this system's shell takes it."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))
