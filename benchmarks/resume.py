"""Check that a run that is killed in the middle of an epoch and resumed ends with the weights of an undisturbed run.

    python benchmarks/resume.py --data ../shared/data/bccd [--precision auto]

There are two runs of two epochs. One is killed by SIGKILL at the seventh step of its second epoch. Every array of
`last.weights.h5` (weights, moving average, optimizer) is compared byte by byte.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
DIES = """
import os, signal, sys
sys.path.insert(0, ".")
from yolo.config import TrainConfig
from yolo.training import callbacks, engine

ends = callbacks.StopWhenNotFinite.on_train_batch_end

def dying(callback, batch, logs=None):
    ends(callback, batch, logs)
    if (callback.epoch, batch) == (1, 6):
        os.kill(os.getpid(), signal.SIGKILL)

callbacks.StopWhenNotFinite.on_train_batch_end = dying
engine.train(TrainConfig.read(sys.argv[1], name="killed"))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data/bccd")
    parser.add_argument("--precision", default="auto")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs:
        flags = ["--data", arguments.data, "--precision", arguments.precision, "--runs", runs, "--epochs", "2"]
        flags += ["--weights", "none", "--val-split", "none", "--test-split", "none"]
        call("train.py", *flags, "--name", "whole")
        killed = subprocess.run([sys.executable, "-c", DIES, f"{runs}/whole/config.json"], cwd=ROOT)
        assert killed.returncode == -signal.SIGKILL, killed.returncode
        call("train.py", "--resume", f"{runs}/killed")
        first, second = (arrays(Path(runs) / name / "last.weights.h5") for name in ("whole", "killed"))
    assert first.keys() == second.keys()
    differing = [name for name in first if first[name].tobytes() != second[name].tobytes()]
    largest = max((np.abs(first[name] - second[name]).max() for name in differing), default=0.0)
    print(f"\n{len(first)} arrays, {len(differing)} differ, by at most {largest}")


def call(*command: str) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True)


def arrays(path: Path) -> dict[str, NDArray[np.number[Any]]]:
    """Return every array in a weights file by its path in it."""
    found: dict[str, NDArray[np.number[Any]]] = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


if __name__ == "__main__":
    main()
