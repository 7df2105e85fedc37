"""What detecting in one picture takes as a whole process: time and memory."""

import json
import os
import subprocess
import sys
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


def start(weights, picture, flags=()):
    """Run `predict` on a picture: (milliseconds, peak memory in MB; None where the system does not tell).

    By way of a small process, since the peak of a process counts what it was forked from.

    Args:
        weights: the model file.
        flags: further flags of `predict`.
    """
    predict = [str(Path(picture).resolve()), "--weights", str(Path(weights).resolve()), "--no-save", *flags]
    command = [sys.executable, "-c", LAUNCHER, sys.executable, "-m", "yolo", "predict", *predict]
    path = os.pathsep.join(filter(None, (os.getcwd(), os.environ.get("PYTHONPATH"))))  # attention modules of the user
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return tuple(json.loads(done.stdout))
