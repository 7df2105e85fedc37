"""Compare runs of train.py from initial weights with runs from random weights, for equally many epochs.

    python benchmarks/fine_tuning.py --weights yolov4-tiny-voc.weights --data ../shared/data/bccd \
        --minutes 2 5 10 --seeds 0 1 2

First, the number of epochs that fit into each length is measured, by runs of one and of three epochs from random
weights; --epochs replaces this. Nothing is chosen on the test pictures: the last averaged weights are scored, without
validation. Rows are added to `fine_tuning.md`. Flags after `--` are for the runs from initial weights, for example
`-- --freeze-epochs 2`. With --no-random there are no other runs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo.tables import markdown, markdown_row

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
COLUMNS = ("data", "precision", "start", "seed", "minutes", "epochs", "AP50", "AP", "train.py, s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True, metavar="FILE")
    parser.add_argument("--data", default="../shared/data/bccd")
    parser.add_argument("--train-split", default="trainval")
    parser.add_argument("--minutes", type=float, nargs="+", default=[2, 5, 10])
    parser.add_argument("--epochs", type=int, nargs="+", help="one number for each of --minutes")
    parser.add_argument("--no-random", action="store_true")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--table", type=Path, default=HERE / "fine_tuning.md", help="the file to add rows to")
    parser.add_argument("further", nargs="*", metavar="FLAG", help="flags for the runs from initial weights")
    arguments = parser.parse_args()
    base = ["--data", arguments.data, "--train-split", arguments.train_split, "--val-split", "none"]
    with tempfile.TemporaryDirectory() as runs:
        fitting = arguments.epochs or epochs_in(arguments.minutes, base, runs)
        starts: dict[str, list[str]] = {} if arguments.no_random else {"random": ["--weights", "none"]}
        name = " ".join([Path(arguments.weights).name, *arguments.further])
        starts[name] = ["--weights", arguments.weights, *arguments.further]
        for minutes, epochs in zip(arguments.minutes, fitting, strict=True):
            for seed in arguments.seeds:
                for number, (start, flags) in enumerate(starts.items()):
                    name = f"{number}-{minutes:g}-{seed}"
                    seconds = train([*base, "--epochs", str(epochs), *flags], runs, name, seed)
                    run = Path(runs) / name
                    scores = json.loads((run / "eval" / "test.json").read_text(encoding="utf-8"))
                    precision = json.loads((run / "config.json").read_text(encoding="utf-8"))["precision"]
                    cells = [Path(arguments.data).name, precision, start, seed, f"{minutes:g}", epochs]
                    cells += [f"{scores['ap50']:.4f}", f"{scores['coco']['AP']:.4f}", f"{seconds:.0f}"]
                    add(arguments.table, cells)


def epochs_in(minutes: list[float], base: list[str], runs: str) -> list[int]:
    """Return how many epochs a run of each length has on this machine."""
    one, three = (train([*base, "--weights", "none", "--epochs", str(n)], runs, f"trial-{n}", 0) for n in (1, 3))
    epoch = (three - one) / 2
    return [max(int((60 * length - one + epoch) / epoch), 1) for length in minutes]


def train(flags: list[str], runs: str, name: str, seed: int) -> float:
    """Run train.py and return the seconds that it took."""
    started = time.perf_counter()
    command = [sys.executable, "train.py", *flags, "--seed", str(seed), "--runs", runs, "--name", name]
    subprocess.run(command, cwd=ROOT, check=True)
    return time.perf_counter() - started


def add(table: Path, cells: list[str | int]) -> None:
    """Add a row to the Markdown table."""
    text = table.read_text(encoding="utf-8") if table.exists() else markdown([COLUMNS]) + "\n"
    table.write_text(f"{text}{markdown_row(cells)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
