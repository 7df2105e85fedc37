"""Measure how long a dataset takes to be read, the first time and later, and how much memory.

    python benchmarks/data_reading.py [--pictures 100000] [--rounds 3] [--formats voc yolo coco]

Each picture has 7 boxes and is a hard link to one of 1,000 JPEGs. `convert-data` writes the same dataset in each
format; in COCO JSON each object also gets an outline of 10 to 50 points. A measurement is a process of its own that
reads all splits as `train.py` does: it finds the format, pairs pictures and annotations, measures the pictures, and
corrects and cuts the boxes. The first time nothing is in the cache of the program, but the system holds the files in
memory. The table has the medians of all rounds; `more` is the largest memory beyond that for 1,000 pictures. For
comparison, `json.load` reads the larger file of COCO JSON, and nothing is done with it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from yolo.opencv import cv2
from yolo.tables import markdown

ROOT = Path(__file__).resolve().parents[1]
FORMATS = ("voc", "yolo", "coco")
TEXTS = (".xml", ".txt", ".json")
JPEGS, BOXES, FEW = 1000, 7, 1000
SETTLED = 2.5  # seconds until the cache of the program takes a file for unchanged


class Usage(NamedTuple):
    """The seconds of a process on the clock and of its processor, and its largest memory in MB."""

    wall: float
    processor: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read or arguments.load:
        read(arguments.read) if arguments.read else json.loads(arguments.load.read_text(encoding="utf-8"))
        print(json.dumps([time.process_time(), largest_memory()]))
        return
    headings = (
        "data",
        "annotations (MB)",
        "first (s)",
        "processor (s)",
        "later (s)",
        "processor (s)",
        "memory (MB)",
        "more",
    )
    rows: list[tuple[str, ...]] = [headings]
    with tempfile.TemporaryDirectory() as folder:
        few, many = (draw(Path(folder, str(number)), number) for number in (FEW, arguments.pictures))
        for name in arguments.formats:
            datasets = written(few, name), written(many, name)
            time.sleep(SETTLED)
            rows.append(measured(name, *datasets, arguments.rounds))
            if name == "coco":
                rows.append(plain(datasets[1] / "annotations" / "instances_train.json", arguments.rounds))
    print(markdown(rows))


def measured(name: str, few: Path, many: Path, rounds: int) -> tuple[str, ...]:
    """Return the row of a format, given a small and a large dataset in it."""
    small = process("--read", few, few.with_suffix(".cache"))
    caches = [many.with_suffix(f".cache{i}") for i in range(rounds)]
    first, later = zip(*[[process("--read", many, cache) for _ in range(2)] for cache in caches], strict=True)
    memory = max(usage.memory for usage in (*first, *later))
    size = sum(file.stat().st_size for file in many.rglob("*") if file.suffix in TEXTS)
    return (
        name,
        f"{size / 1e6:.0f}",
        *medians(first),
        *medians(later),
        f"{memory:.0f}",
        f"{memory - small.memory:.0f}",
    )


def plain(file: Path, rounds: int) -> tuple[str, ...]:
    """Return the row of `json.load`."""
    usages = [process("--load", file, file.parent) for _ in range(rounds)]
    memory = max(usage.memory for usage in usages)
    return "`json.load`", f"{file.stat().st_size / 1e6:.0f}", *medians(usages), "", "", f"{memory:.0f}", ""


def medians(usages: Sequence[Usage]) -> tuple[str, ...]:
    """Return the medians of the seconds, on the clock and of the processor."""
    return tuple(f"{statistics.median(usage[k] for usage in usages):.1f}" for k in (0, 1))


def process(flag: str, path: Path, cache: Path) -> Usage:
    """Return what this script measures in a new process, whose start counts too."""
    begin, environment = time.perf_counter(), os.environ | {"XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, __file__, flag, str(path)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return Usage(time.perf_counter() - begin, *json.loads(done.stdout))


def largest_memory() -> float:
    """Return the largest memory of this process in MB; `resource` would count that of its parent before `exec`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def read(data: Path) -> None:
    """Read a dataset as `train.py` does."""
    from yolo.data.data_folder import DataFolder
    from yolo.malloc_tuning import keep_freed_memory

    keep_freed_memory()
    annotations = DataFolder(data).load("all").annotations
    assert annotations
    assert all(len(each.boxes) == BOXES for each in annotations)
    assert "tensorflow" not in sys.modules


def draw(root: Path, number: int) -> Path:
    """Write a dataset as YOLO txt, every tenth picture for validation, and return its folder."""
    rng, data, jpegs = np.random.default_rng(0), root / "yolo", root / "jpegs"
    sizes = rng.integers((40, 30), (65, 49), (JPEGS, 2)) * 10
    jpegs.mkdir(parents=True)
    for i, (width, height) in enumerate(sizes):
        cv2.imwrite(str(jpegs / f"{i}.jpg"), np.full((height, width, 3), i % 255, np.uint8))
    for folder in ("images/train", "images/val", "labels/train", "labels/val"):
        (data / folder).mkdir(parents=True)
    lines = "path: .", "train: images/train", "val: images/val", "names: [cat, dog, horse, sheep, cow]"
    (data / "data.yaml").write_text("\n".join(lines), encoding="utf-8")
    for i in range(number):
        split, stem, size = "train" if i % 10 else "val", f"{i:012}", sizes[i % JPEGS]
        os.link(jpegs / f"{i % JPEGS}.jpg", data / "images" / split / f"{stem}.jpg")
        corners, extents = rng.integers(1, size // 2, (BOXES, 2)), rng.integers(10, size // 2 - 1, (BOXES, 2))
        shares = np.concatenate(((corners + extents / 2) / size, extents / size), axis=1)
        rows = zip(rng.integers(0, 5, BOXES), shares, strict=True)
        text = "".join(f"{label} {x:.6f} {y:.6f} {w:.6f} {h:.6f}\n" for label, (x, y, w, h) in rows)
        (data / "labels" / split / f"{stem}.txt").write_text(text, encoding="utf-8")
    return data


def written(data: Path, name: str) -> Path:
    """Return the folder of the same dataset in another format."""
    if name == "yolo":
        return data
    out = data.with_name(name)
    command = [
        sys.executable,
        "-m",
        "yolo",
        "convert-data",
        str(data),
        str(out),
        "--format",
        name,
        "--pictures",
        "link",
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    for file in out.glob("annotations/*.json"):
        outline(file)
    return out


def outline(file: Path) -> None:
    """Give each object of a COCO JSON an outline of random points in its box."""
    rng, content = np.random.default_rng(0), json.loads(file.read_text(encoding="utf-8"))
    for each in content["annotations"]:
        left, top, width, height = each["bbox"]
        points = rng.random((rng.integers(10, 51), 2)) * (width, height) + (left, top)
        each["segmentation"] = [points.round(2).ravel().tolist()]
    file.write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    main()
