"""Write parts of command lines that a user can copy into a shell."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import Protocol


class DataOptions(Protocol):
    """The settings of a command that decide what is read from a data folder."""

    @property
    def data(self) -> str | None: ...

    @property
    def corners(self) -> str: ...

    @property
    def negatives(self) -> bool: ...


def quoted(path: str | Path) -> str:
    """Return a path, quoted for the shell of this system if necessary."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))


def data_flags(config: DataOptions) -> str:
    """Return the flags that make another command read the same data: `--data my-pictures --corners 0`."""
    corners = "" if config.corners == "auto" else f" --corners {config.corners}"
    return f"--data {quoted(config.data or 'DIR')}{corners}{' --negatives' if config.negatives else ''}"
