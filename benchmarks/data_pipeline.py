"""How many augmented training pictures one processor core makes in a second, without any training.

    python benchmarks/data_pipeline.py [--data ../shared/data/bccd ../shared/data/fruit300]

One worker, pinned to one core where the system can do that; from the files or from the resized pictures in memory, with
no mosaic and with mosaic for all. Reading, augmentation, batches and their way to TensorFlow are counted, by processor
time, so that other work on the machine disturbs little. From the files the data set is taken twenty times over, since
the last 256 pictures stay in memory for mosaic and a small set would be read but once. Writes `data_pipeline.md`.
"""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from yolo.data import voc
from yolo.data.pipeline import RECENT, TrainingData

HEADER = "| data | pictures from | mosaic | ms a picture | pictures/s and core |\n|---|---|---|---|---|\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["../shared/data/bccd", "../shared/data/fruit300"], metavar="DIR")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--batches", type=int, default=40, help="batches that are timed in each round")
    parser.add_argument("--rounds", type=int, default=5, help="of all rows in turns; the fastest counts")
    parser.add_argument("--table", type=Path, default=Path(__file__).with_suffix(".md"))
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before TensorFlow starts its threads
    makers = {}
    for folder in arguments.data:
        annotations = voc.load(folder, "train").annotations
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
    lines = (
        f"| {name} | {source} | {mosaic} | {1000 * min(times):.2f} | {1 / min(times):.0f} |"
        for (name, source, mosaic), times in seconds.items()
    )
    table = HEADER + "\n".join(lines) + "\n"
    arguments.table.write_text(table, encoding="utf-8")
    print(table)


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
    main()
