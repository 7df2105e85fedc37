"""How long commands take as whole processes: --help of every verb, and detection in one picture.

    python benchmarks/startup.py --weights runs/x/best.onnx --picture dog.jpg [--rounds 5]

Prints a Markdown table of medians in seconds. Another model file, several even, may follow --weights.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo.cli import VERBS
from yolo.timing import take_turns

ROOT = Path(__file__).resolve().parents[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", nargs="*", default=[], metavar="FILE")
    parser.add_argument("--picture", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.weights and not arguments.picture:
        parser.error("--weights needs a --picture to detect in")
    commands = {f"{verb} --help": ["-m", "yolo", verb, "--help"] for verb in VERBS}
    with tempfile.TemporaryDirectory() as output:
        for weights in map(os.path.abspath, arguments.weights):
            picture = os.path.abspath(arguments.picture)
            name = f"predict.py {Path(picture).name} --weights {Path(weights).name}"
            commands[name] = ["predict.py", picture, "--weights", weights, "--output", output]
        calls = [lambda _, command=command: seconds(command) for command in commands.values()]
        taken = take_turns(calls, arguments.rounds)
    print("| command | seconds |\n|---|---|")
    for name, times in zip(commands, taken, strict=True):
        print(f"| `{name}` | {statistics.median(times):.2f} |")


def seconds(command):
    """Measure how long a process of this Python takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
