"""Measure how long whole commands take: --help of every verb, detection in one picture, a check of a dataset.

    python benchmarks/startup.py --weights runs/x/best.onnx --picture dog.jpg [--rounds 5]
    python benchmarks/startup.py --verbs --data ../shared/data/bccd --against CHECKOUT --rounds 12

The script prints a Markdown table of medians in seconds. Several model files may follow --weights. With --against, the
commands of another checkout take turns with these, and the last column is the median of the ratios of all rounds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from operator import truediv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo.cli import VERBS
from yolo.tables import markdown
from yolo.timing import interleave

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", nargs="*", default=[], metavar="FILE")
    parser.add_argument("--picture", metavar="FILE")
    parser.add_argument("--data", metavar="DIR", help="a dataset for doctor --data")
    parser.add_argument("--verbs", nargs="*", choices=VERBS, default=VERBS, help="measure the --help of these")
    parser.add_argument("--against", metavar="CHECKOUT")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.weights and not arguments.picture:
        parser.error("--weights needs a --picture to detect in")
    commands = {f"{verb} --help": ["-m", "yolo", verb, "--help"] for verb in arguments.verbs}
    if arguments.data:
        commands["doctor --data"] = ["-m", "yolo", "doctor", "--data", os.path.abspath(arguments.data)]
    roots = [ROOT, *filter(None, [arguments.against])]
    with tempfile.TemporaryDirectory() as output:
        for weights in map(os.path.abspath, arguments.weights):
            picture = os.path.abspath(arguments.picture)
            name = f"predict.py {Path(picture).name} --weights {Path(weights).name}"
            commands[name] = ["predict.py", picture, "--weights", weights, "--output", output]
        calls = [partial(seconds, command, root) for command in commands.values() for root in roots]
        taken = interleave(calls, arguments.rounds)
    rows = [["command", "seconds", "of before"][: 1 + len(roots)]]
    for number, name in enumerate(commands):
        times = taken[len(roots) * number :][: len(roots)]
        ratios = [f"{statistics.median(map(truediv, times[0], before)):.3f}" for before in times[1:]]
        rows.append([f"`{name}`", f"{statistics.median(times[0]):.2f}", *ratios])
    print(markdown(rows))


def seconds(command: list[str], root: str | Path, _: int) -> float:
    """Return the seconds that a process of this Python takes in a checkout."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
