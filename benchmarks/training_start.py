"""Measure how long `train.py` takes until the end of its first training step, in this checkout and in others.

    python benchmarks/training_start.py --data ../shared/data/bccd --against ../older-checkout --rounds 5

The checkouts take turns. Each runs once before, so that its files are in memory. The script prints a Markdown table of
medians for each stage: seconds, and seconds of processor time. Other work on the machine matters; trust the ratios.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo.tables import markdown

Notes = list[tuple[float, float]]  # for each stage, seconds and seconds of processor time from the start to its end

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("TensorFlow and the program loaded", "data read", "network built", "first step begun", "first step done")
# Runs `train.py` of the current folder, notes the wall and processor time at the end of each stage, and exits after a
# step.
PROGRAM = """
import importlib.machinery, json, os, sys, time

began = time.perf_counter()
notes = []
sys.path.insert(0, os.getcwd())

def note(*_):
    notes.append((time.perf_counter() - began, sum(os.times()[:2])))

def after(function, end):
    def call(*arguments, **settings):
        answer = function(*arguments, **settings)
        end()
        return answer
    return call

def leave():
    note()
    print("NOTES", json.dumps(notes), flush=True)
    os._exit(0)

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name != "yolo.training.engine":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        load = spec.loader.exec_module
        def loaded(module):
            load(module)
            note()
            for names in (("make_plan", "prepare"), ("initial_network", "first_network")):  # here, in older checkouts
                name = next(name for name in names if hasattr(module, name))
                setattr(module, name, after(getattr(module, name), note))
            trainer = getattr(module, "TrainingModel", None) or module.Trainer
            trainer.make_train_function = after(trainer.make_train_function, note)
            callbacks = module.keras.callbacks.CallbackList  # the last of which writes the first checkpoint
            callbacks.on_train_batch_end = after(callbacks.on_train_batch_end, leave)
        spec.loader.exec_module = loaded
        return spec

sys.meta_path.insert(0, Watch())
from yolo.cli import run
sys.argv = ["train.py", *sys.argv[1:]]
run("train")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data/bccd")
    parser.add_argument("--against", nargs="*", default=[], metavar="CHECKOUT")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    checkouts = [ROOT, *(Path(each).resolve() for each in arguments.against)]
    taken: dict[Path, list[Notes]] = {checkout: [] for checkout in checkouts}
    for turn in range(arguments.rounds + 1):
        for checkout in checkouts:
            notes = start(checkout, os.path.abspath(arguments.data))
            if turn:
                taken[checkout].append(notes)
                print(f"{checkout}: {notes[-1][0]:.1f} s, {notes[-1][1]:.1f} s of processor", file=sys.stderr)
    rows = [["until", *(heading for each in checkouts for heading in (f"{each.name}, s", "processor, s"))]]
    for stage, name in enumerate(STAGES):
        medians = [statistics.median(run[stage][kind] for run in runs) for runs in taken.values() for kind in (0, 1)]
        rows.append([name, *(f"{median:.1f}" for median in medians)])
    print(markdown(rows))
    for other in checkouts[1:]:
        pairs = list(zip(taken[ROOT], taken[other], strict=True))
        wall, cpu = (statistics.median(mine[-1][kind] / its[-1][kind] for mine, its in pairs) for kind in (0, 1))
        print(
            f"\nOf {other.name}: {wall:.2f} of the time, {cpu:.2f} of the processor's, medians of {len(pairs)} pairs."
        )


def start(checkout: Path, data: str) -> Notes:
    """Start `train.py` of a checkout in a process of this Python and return its notes."""
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-c", PROGRAM, "--data", data, "--weights", "none", "--runs", runs]
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("NOTES "):
            return json.loads(line.removeprefix("NOTES "))
    raise RuntimeError(f"{checkout} did not come to a step:\n{done.stderr}")


if __name__ == "__main__":
    main()
