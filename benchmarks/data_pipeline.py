"""Measure how many augmented training pictures one processor core prepares in a second, without any training.

    python benchmarks/data_pipeline.py [--data ../shared/data/bccd ../shared/data/fruit300] [--against CHECKOUT]

One worker runs, pinned to one core where the system can do that. Pictures come from their files or, resized, from
memory, without mosaic or with mosaic for all. Reading, augmentation, making batches and passing them to TensorFlow are
counted. Processor time is measured, so that other work on the machine disturbs little. From files, the dataset is
repeated twenty times: the last 256 pictures stay in memory for mosaic, so a small dataset would be read only once. With
--against, the two checkouts take turns, each with its own script. The table is written to `data_pipeline.md`.
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
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from yolo.data import data_folder
from yolo.data.training_batches import RECENT, TrainingData
from yolo.opencv import opencv_threads
from yolo.tables import markdown

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ["data", "pictures from", "mosaic", "ms a picture", "pictures/s and core"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["../shared/data/bccd", "../shared/data/fruit300"], metavar="DIR")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--batches", type=int, default=40, help="batches that are timed in each round")
    parser.add_argument("--rounds", type=int, default=5, help="of all rows in turns; the fastest counts")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--table", type=Path, default=Path(__file__).with_suffix(".md"))
    arguments = parser.parse_args()
    table = compare(arguments) if arguments.against else measure(arguments)
    arguments.table.write_text(table, encoding="utf-8")
    print(table)


def measure(arguments: argparse.Namespace) -> str:
    """Return the Markdown table of this checkout."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before TensorFlow starts its threads
    makers = {}
    for folder in arguments.data:
        annotations = data_folder.load(folder, "train").annotations
        for cache in (True, False):
            for mosaic in (0, 1):
                row = (Path(folder).name, "memory" if cache else "files", mosaic)
                shown = annotations if cache else 20 * annotations
                makers[row] = TrainingData(shown, batch_size=arguments.batch_size, mosaic=mosaic, cache=cache)
    seconds: dict[tuple[str, str, int], list[float]] = {row: [] for row in makers}
    for turn in range(arguments.rounds + 1):
        for row, data in makers.items():
            taken = processor_time(data, turn, arguments.batches)
            if turn:  # the first round fills the memory
                seconds[row].append(taken / (arguments.batches * arguments.batch_size))
    lines = ((*row, f"{1000 * min(times):.2f}", f"{1 / min(times):.0f}") for row, times in seconds.items())
    return markdown([COLUMNS, *lines]) + "\n"


def compare(arguments: argparse.Namespace) -> str:
    """Return the table of this checkout, with its rate divided by that of the other one; the median of the rounds."""
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(cells(run_script(ROOT, arguments)))
        theirs.append(cells(run_script(arguments.against, arguments)))
    lines = [[*COLUMNS, f"of the rate of {arguments.against.name}"]]
    for row in ours[0]:
        mine = min(turn[row] for turn in ours)
        ratio = statistics.median(its[row] / own[row] for own, its in zip(ours, theirs, strict=True))
        lines.append([*row, f"{mine:.2f}", f"{1000 / mine:.0f}", f"{ratio:.2f}"])
    return markdown(lines) + "\n"


def run_script(checkout: Path, arguments: argparse.Namespace) -> str:
    """Return the table that the script of a checkout writes for one round."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.md"
        flags = ["--rounds", "1", "--batches", str(arguments.batches), "--batch-size", str(arguments.batch_size)]
        folders = [str(Path(each).resolve()) for each in arguments.data]
        command = [sys.executable, "benchmarks/data_pipeline.py", *flags, "--table", str(table), "--data", *folders]
        subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL)
        return table.read_text(encoding="utf-8")


def cells(table: str) -> dict[tuple[str, ...], float]:
    """Return the milliseconds in such a table, `{(data, pictures from, mosaic): ms}`."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {tuple(row[:3]): float(row[3]) for row in rows}


def processor_time(data: TrainingData, epoch: int, batches: int) -> float:
    """Return the seconds that all threads take for some batches, measured after the first ones of the epoch.

    The first batches fill the memory of recent pictures.
    """
    unmeasured = 2 * RECENT // data.batch_size
    several = iter(data.batches(epoch, epoch + 2 + (unmeasured + batches) // data.steps, workers=1))
    for _ in range(unmeasured):
        next(several)
    started = time.process_time()
    for _ in range(batches):
        next(several)
    return time.process_time() - started


if __name__ == "__main__":
    with opencv_threads(1):  # as in a training
        main()
