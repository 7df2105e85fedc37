"""Write parts of command lines that a user can copy into a shell."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from yolo.installation import checkout

CONSOLE = "yolov4-tiny"  # the command that pip installs, see pyproject.toml
SCRIPTS = ("train", "predict")  # verbs that a checkout has a script for


class DataOptions(Protocol):
    """The settings of a command that decide which data are read, and how."""

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
    return f"--data {quoted(config.data or 'DATA')}{corners}{' --negatives' if config.negatives else ''}"


def script() -> str:
    """Return the name of the running script: `train.py`, `__main__.py` of `python -m yolo`, `yolov4-tiny`."""
    return sys.argv[0].replace("\\", "/").rpartition("/")[2]


def command(verb: str) -> str:
    """Return the command of a verb in this installation: `python train.py` or `yolov4-tiny train`, for example."""
    return as_called(f"python {verb}.py" if verb in SCRIPTS else f"python -m yolo {verb}")


def as_called(text: str) -> str:
    """Return a text with its commands, written for a checkout, changed to those of this installation."""
    if script() == CONSOLE:
        return re.sub(rf"python (?:-m yolo (\S+)|({'|'.join(SCRIPTS)})\.py)", rf"{CONSOLE} \1\2", text)
    if checkout() is None:
        return re.sub(rf"python ({'|'.join(SCRIPTS)})\.py", r"python -m yolo \1", text)
    return text
