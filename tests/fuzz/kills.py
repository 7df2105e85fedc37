"""Kill runs at random moments and inside their writes, resume them to the end, and compare with a run left alone.

    python -m tests.fuzz.kills --kills 50 --seed 0

Needs a system that can fork. Every process trains a thin network on painted pictures; the sleep before each flush of a
file makes it likely to be killed within one. Prints a line for each run, and ends with an error when a bit differs.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

from tests.yolo.training.runs import assert_same_run, config
from tests.yolo.training.thin import painted_set, thin_networks
from yolo.training import engine
from yolo.training.run_state import newest

EPOCHS = 4
FLUSH = 0.05  # seconds that a flush takes at least


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as place:
        root = painted_set(Path(place) / "data")
        whole = Path(place) / "whole"
        began = time.monotonic()
        assert finished(start(root, whole))
        seconds = time.monotonic() - began
        done = number = 0
        while done < arguments.kills:
            number += 1
            folder = Path(place) / f"killed-{number}"
            before, kinds = done, []
            while True:
                process = start(root, folder)
                aimed = rng.random() < 0.5
                kill = killed_while_writing if aimed else killed_by_time
                if not kill(process, folder, rng.uniform(0, 1.1 * seconds)):
                    break
                kinds.append("w" if aimed else "t")
                done += 1
            assert_same_run(whole, folder)
            left = sorted(path.name for path in folder.glob("p*"))
            assert not left, left
            print(f"run {number}: {done - before} kills ({''.join(kinds)}), the same bits", flush=True)
    print(f"{done} kills of {number} runs, all of which end with the bits of a run left alone")


def start(root, folder):
    """Train or resume in a process of its own; returns its number."""
    if process := os.fork():
        return process
    code = 1
    try:
        thin_networks(pytest.MonkeyPatch())
        fsync = os.fsync
        os.fsync = lambda file: time.sleep(FLUSH) or fsync(file)
        if newest(folder) is None:
            if folder.exists():
                folder.rename(folder.with_name(f"{folder.name}-without-a-start-{os.getpid()}"))
            engine.train(config(root, folder.parent, name=folder.name, epochs=EPOCHS, attention="se", mosaic=0.5))
        else:
            engine.resume(folder)
        code = 0
    except BaseException:
        traceback.print_exc()  # of a child nobody else prints it
    finally:
        os._exit(code)


def killed_by_time(process, folder, seconds):
    """Kill a process after that time; returns whether it was still at work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if over(process):
            return False
        time.sleep(0.005)
    return kill(process)


def killed_while_writing(process, folder, seconds):
    """Kill a process when it writes a file after that time; returns whether it was still at work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end or not any(folder.glob("partial-*")):
        if over(process):
            return False
        time.sleep(0.002)
    return kill(process)


def over(process):
    """Whether a process has ended by itself, which must be well."""
    number, status = os.waitpid(process, os.WNOHANG)
    if number and os.waitstatus_to_exitcode(status):
        sys.exit("a process ended with an error")
    return bool(number)


def kill(process):
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def finished(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


if __name__ == "__main__":
    main()
