"""Measure the time and memory of a whole process that detects in one picture."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # the folder of `yolo`, in a checkout or where pip has put it
LAUNCHER = """\
import json, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - began
try:
    import resource
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
except ImportError:  # on Windows
    peak = None
print(json.dumps([1000 * seconds, peak]))
"""


def start(weights: str | Path, picture: str | Path, flags: Sequence[str] = ()) -> tuple[float, float | None]:
    """Run `predict` on a picture, and return the milliseconds and the peak memory in MB.

    The memory is None if the system does not measure it. A small process starts `predict`, because the peak memory of a
    process includes that of the process from which it was forked.

    Args:
        weights: the model file.
        flags: further flags of `predict`.
    """
    predict = [str(Path(picture).resolve()), "--weights", str(Path(weights).resolve()), "--no-save", *flags]
    command = [sys.executable, "-c", LAUNCHER, sys.executable, "-m", "yolo", "predict", *predict]
    path = os.pathsep.join(filter(None, (os.getcwd(), os.environ.get("PYTHONPATH"))))  # for the user's attention
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    milliseconds, megabytes = json.loads(done.stdout)
    return milliseconds, megabytes
