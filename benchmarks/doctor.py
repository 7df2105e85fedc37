"""Measure how long all checks of a dataset take, compared with decoding its pictures once with OpenCV.

    python benchmarks/doctor.py --data ../shared/data/bccd [--rounds 9]
    python benchmarks/doctor.py --drawn 10000 --rounds 1

Both use as many threads. Nothing is in a cache, but the system holds the files in memory. The script prints a Markdown
table. The ratio is the median of the ratios of all rounds. Start-up is the median time of `doctor --checks`, which
imports all that the checks need and reads no data. With --drawn it draws that many pictures first. The memory is the
most that the process has taken until then.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import truediv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as doctor does

import numpy as np

from yolo.data import metadata_cache
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.checks.summary import Summary
from yolo.data.data_folder import DataFolder
from yolo.machine import threads
from yolo.malloc_tuning import keep_freed_memory
from yolo.opencv import cv2, opencv_threads
from yolo.tables import markdown
from yolo.timing import interleave

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1024  # kilobytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="*", default=[], metavar="DIR")
    parser.add_argument("--drawn", type=int, nargs="*", default=[], metavar="N")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    keep_freed_memory()
    headings = ("data", "pictures", "objects", "decode (s)", "doctor (s)", "ratio", "start-up (s)", "memory (MB)")
    rows: list[tuple[str, ...]] = [headings]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        drawn = [draw(Path(folder), number) for number in arguments.drawn]
        for data in [*map(Path, arguments.data), *drawn]:
            rows.append(measured(data, arguments.rounds))
    print(markdown(rows))


def measured(data: Path, rounds: int) -> tuple[str, ...]:
    """Return the row of a dataset."""
    annotations = DataFolder(data).load("all").annotations
    paths = [annotation.path for annotation in annotations]
    calls: list[Callable[[int], float]] = [partial(decode, paths), partial(check, data), start]
    decoding, checking, starting = interleave(calls, rounds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    medians = [f"{statistics.median(times):.2f}" for times in (decoding, checking)]
    ratio = statistics.median(map(truediv, checking, decoding))
    objects = sum(len(annotation.labels) for annotation in annotations)
    numbers = str(len(paths)), str(objects)
    return data.name, *numbers, *medians, f"{ratio:.2f}", f"{statistics.median(starting):.2f}", f"{memory:.0f}"


def decode(paths: Sequence[Path], _: int) -> float:
    """Return the seconds in which OpenCV decodes the pictures in threads."""
    begin = time.perf_counter()
    with opencv_threads(1), ThreadPoolExecutor(threads()) as pool:
        for image in pool.map(cv2.imread, map(str, paths)):
            assert image is not None
    return time.perf_counter() - begin


def check(data: Path, _: int) -> float:
    """Return the seconds in which everything about a dataset is read and checked, with empty caches."""
    metadata_cache._this_process.clear()
    for file in Path(os.environ["XDG_CACHE_HOME"]).rglob("*.json.gz"):
        file.unlink()
    begin = time.perf_counter()
    checked = CheckedData.of(DataFolder(data, anew=True), (416, 416))
    Summary.of(checked)
    list(table.findings(checked))
    return time.perf_counter() - begin


def start(_: int) -> float:
    """Return the seconds of a `doctor` that reads no data."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "yolo", "doctor", "--checks"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin


def draw(folder: Path, number: int) -> Path:
    """Return a folder of JPEGs of 640 x 480 pixels in random colors, with five boxes each as YOLO txt."""
    data, rng = folder / f"drawn-{number}", np.random.default_rng(0)
    for name in ("images", "labels"):
        (data / name).mkdir(parents=True)
    (data / "data.yaml").write_text("train: images\nnames: [one, other]\n", encoding="utf-8")
    for i in range(number):
        colors = rng.integers(0, 256, (24, 32, 3), np.uint8)
        cv2.imwrite(str(data / "images" / f"{i}.jpg"), cv2.resize(colors, (640, 480)))
        centers, sizes = rng.uniform(0.2, 0.8, (5, 2)), rng.uniform(0.05, 0.4, (5, 2))
        lines = [
            f"{label} {x} {y} {w} {h}" for label, (x, y), (w, h) in zip((0, 0, 0, 1, 1), centers, sizes, strict=True)
        ]
        (data / "labels" / f"{i}.txt").write_text("\n".join(lines), encoding="utf-8")
    return data


if __name__ == "__main__":
    main()
