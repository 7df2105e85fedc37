"""How many augmented training pictures one processor core makes in a second, without any training.

    python benchmarks/data_pipeline.py [--data ../shared/data/bccd ../shared/data/fruit300] [--against CHECKOUT]

One worker, pinned to one core where the system can do that; from the files or from the resized pictures in memory, with
no mosaic and with mosaic for all. Reading, augmentation, batches and their way to TensorFlow are counted, by processor
time, so that other work on the machine disturbs little. From the files the data set is taken twenty times over, since
the last 256 pictures stay in memory for mosaic and a small set would be read but once. With --against the two
checkouts take turns, each with its own script. Writes `data_pipeline.md`.
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


def main():
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


def measure(arguments):
    """The Markdown table of this checkout."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before TensorFlow starts its threads
    makers = {}
    for folder in arguments.data:
        annotations = data_folder.load(folder, "train").annotations
        for cache in (True, False):
            for mosaic in (0, 1):
                row = (Path(folder).name, "memory" if cache else "files", mosaic)
                known = annotations if cache else 20 * annotations
                makers[row] = TrainingData(known, batch_size=arguments.batch_size, mosaic=mosaic, cache=cache)
    seconds = {row: [] for row in makers}
    for turn in range(arguments.rounds + 1):
        for row, data in makers.items():
            taken = processor_time(data, turn, arguments.batches)
            if turn:  # the first round fills the memory
                seconds[row].append(taken / (arguments.batches * arguments.batch_size))
    lines = ((*row, f"{1000 * min(times):.2f}", f"{1 / min(times):.0f}") for row, times in seconds.items())
    return markdown([COLUMNS, *lines]) + "\n"


def compare(arguments):
    """The table of this checkout with its share of the other's rate, medians of the rounds."""
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(cells(measured_in(ROOT, arguments)))
        theirs.append(cells(measured_in(arguments.against, arguments)))
    lines = [[*COLUMNS, f"of the rate of {arguments.against.name}"]]
    for row in ours[0]:
        mine = min(turn[row] for turn in ours)
        ratio = statistics.median(its[row] / own[row] for own, its in zip(ours, theirs, strict=True))
        lines.append([*row, f"{mine:.2f}", f"{1000 / mine:.0f}", f"{ratio:.2f}"])
    return markdown(lines) + "\n"


def measured_in(checkout, arguments):
    """The table that the script of a checkout prints for one round."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.md"
        flags = ["--rounds", "1", "--batches", str(arguments.batches), "--batch-size", str(arguments.batch_size)]
        folders = [str(Path(each).resolve()) for each in arguments.data]
        command = [sys.executable, "benchmarks/data_pipeline.py", *flags, "--table", str(table), "--data", *folders]
        subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL)
        return table.read_text(encoding="utf-8")


def cells(table):
    """{(data, pictures from, mosaic): ms} of such a table."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {tuple(row[:3]): float(row[3]) for row in rows}


def processor_time(data, epoch, batches):
    """Seconds of all threads for that many batches, once the recent pictures are those of this epoch."""
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
