"""Compare augmentations, to choose the default, by whole runs of train.py, scored on held-out training pictures.

    python benchmarks/augmentation_accuracy.py --minutes 90

Each augmentation (see ARMS) is trained on four fifths of the training list with seeds 0, 1 and 2. It is scored on the
last fifth, with the pictures as they are, and with blurred, noisy, dark and recompressed ones. The validation and
test lists are not used. Each run adds a row to `augmentation_accuracy.jsonl`. Runs with a row are skipped, so the
same command continues where it was stopped. The table is printed after each run and written to
`augmentation_accuracy.md`. It has the mean AP over the seeds, and the difference to today's default, paired by seed,
with its 95 % interval by Student's t.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import yaml

from benchmarks.held_out_split import split
from benchmarks.paired_difference import paired_difference
from benchmarks.rows import Row, add, find
from yolo import picture_files
from yolo.array_types import Image
from yolo.data import data_folder
from yolo.opencv import cv2
from yolo.structures import Annotation
from yolo.tables import markdown

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
Transform = dict[str, Any]  # as a file of augmentation has it
Run = Row  # or the settings at the beginning of one
Change = Callable[[Image, np.random.Generator], Image]


def entry(name: str, **arguments: Any) -> Transform:
    return {"__class_fullname__": name, **arguments}


WARP, COLORS = entry("Warp"), entry("ColorGains")
CAMERA = [
    entry("GaussianBlur", blur_limit=0, sigma_limit=[0.5, 2.0], p=0.2),
    entry("GaussNoise", std_range=[0.02, 0.08], p=0.1),
    entry("ImageCompression", quality_range=[20, 80], p=0.2),
    entry("RandomGamma", gamma_limit=[60, 160], p=0.3),
    entry("CLAHE", clip_limit=[1, 3], p=0.1),
]
HOLES = entry(
    "CoarseDropout",
    num_holes_range=[1, 4],
    hole_height_range=[0.05, 0.15],
    hole_width_range=[0.05, 0.15],
    fill=128,
    p=0.3,
)
ARMS: dict[str, list[Transform] | str] = {  # a list of transforms, or the name of a file in model_data/augment
    "today": [WARP, COLORS],
    "camera looks": [WARP, COLORS, *CAMERA],
    "rotation of 10 degrees": [
        WARP,
        entry("Rotate", limit=[-10, 10], fill=128, rotate_method="ellipse", p=0.5),
        COLORS,
    ],
    "coarse dropout": [WARP, COLORS, HOLES],
    "strong": "strong",
    "box paste": [entry("BoxPaste", p=0.5), WARP, COLORS],
}
CONDITIONS: dict[str, Change] = {
    "as they are": lambda image, rng: image,
    "blurred": lambda image, rng: blurred(image, 0.004 * sum(image.shape[:2]) / 2),
    "noisy": lambda image, rng: np.clip(image + rng.normal(0, 20, image.shape), 0, 255).astype(np.uint8),
    "dark": lambda image, rng: (255 * (image / 255) ** 2 * 0.6).astype(np.uint8),
    "recompressed": lambda image, rng: recompressed(image, 12),
}


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def recompressed(image: Image, quality: int) -> Image:
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["../shared/data/bccd", "../shared/data/fruit300"], metavar="DIR")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start no run after that many")
    parser.add_argument("--weights", default="none", help="the initial weights of every run, as for train.py")
    parser.add_argument("--input-size", type=int, nargs=2, default=[416, 416])
    parser.add_argument("--rows", type=Path, default=HERE / "augmentation_accuracy.jsonl")
    arguments = parser.parse_args()
    folders = {Path(folder).name: Path(folder).resolve() for folder in arguments.data}
    began = time.monotonic()
    planned = [
        {"data": Path(folder).name, "arm": arm, "seed": seed, "epochs": arguments.epochs}
        | {"weights": Path(arguments.weights).name, "size": arguments.input_size}
        for seed in arguments.seeds
        for folder in arguments.data
        for arm in arguments.arms
    ]
    for number, run in enumerate(planned, 1):
        if find(arguments.rows, run):
            continue
        if time.monotonic() - began > 60 * arguments.minutes:
            print(f"{len(planned) - number + 1} runs are left: the same command continues with them")
            break
        print(f"\nrun {number} of {len(planned)}: {run['data']}, {run['arm']}, seed {run['seed']}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            row = measure(run, folders[run["data"]], arguments.weights, Path(folder))
        add(arguments.rows, row)
        print(table(arguments.rows, planned), flush=True)
    arguments.rows.with_suffix(".md").write_text(table(arguments.rows, planned), encoding="utf-8")


def measure(run: Run, pictures: Path, weights: str, folder: Path) -> Run:
    """Train once and score in every condition; return the row of the run.

    Args:
        pictures: the data folder.
        folder: an empty folder for the files of the run.
    """
    data = split(pictures, folder / "data")
    (folder / "augment.yaml").write_text(text(ARMS[run["arm"]]), encoding="utf-8")
    flags = ["--data", str(data), "--train-split", "fit", "--val-split", "none", "--test-split", "none"]
    flags += ["--augment", str(folder / "augment.yaml"), "--epochs", str(run["epochs"]), "--seed", str(run["seed"])]
    flags += ["--weights", weights, "--input-size", *map(str, run["size"]), "--runs", str(folder), "--name", "x"]
    started = time.perf_counter()
    subprocess.run([sys.executable, "train.py", *flags], cwd=ROOT, check=True)
    seconds = time.perf_counter() - started

    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector

    detector = Detector.load(folder / "x/best.keras")
    held = data_folder.load(data, "held", data_folder.load(data, "fit").class_names)
    row = run | {"seconds": round(seconds), "pictures": len(held.annotations), "ap": {}, "ap50": {}}
    for condition, change in CONDITIONS.items():
        report = evaluate(detector, degraded(held.annotations, change, folder / condition), held.class_names)
        row["ap"][condition], row["ap50"][condition] = report.coco["AP"], report.ap50
    return row


def degraded(annotations: Iterable[Annotation], change: Change, folder: Path) -> list[Annotation]:
    """Write changed pictures as PNG files into the folder, and return their annotations."""
    folder.mkdir()
    changed = []
    for number, annotation in enumerate(annotations):
        path = folder / f"{annotation.path.stem}.png"
        picture_files.write(path, change(picture_files.read(annotation.path), np.random.default_rng(number)))
        changed.append(replace(annotation, path=path))
    return changed


def text(arm: list[Transform] | str) -> str:
    """Return the text that `--augment` reads for an arm."""
    if isinstance(arm, str):
        return (ROOT / f"model_data/augment/{arm}.yaml").read_text(encoding="utf-8")
    return yaml.safe_dump({"transform": entry("Compose", transforms=arm)})


def table(path: Path, planned: list[Run]) -> str:
    """Return a Markdown table of the runs so far; only seeds with both runs count for a difference."""
    rows = [row for row in (find(path, run) for run in planned) if row]
    lines: list[tuple[str | int, ...]] = [("data", "augmentation", "seeds", "AP50", *CONDITIONS)]
    for data, arm in dict.fromkeys((row["data"], row["arm"]) for row in rows):
        own = {row["seed"]: row for row in rows if (row["data"], row["arm"]) == (data, arm)}
        today = {row["seed"]: row for row in rows if (row["data"], row["arm"]) == (data, "today")}
        cells = [cell(own, today if arm != "today" else {}, condition) for condition in CONDITIONS]
        ap50 = statistics.mean(row["ap50"]["as they are"] for row in own.values())
        lines.append((data, arm, len(own), f"{ap50:.3f}", *cells))
    return markdown(lines) + "\n"


def cell(own: dict[int, Run], today: dict[int, Run], condition: str) -> str:
    """Return the mean AP and its difference to today's default: `0.512, +0.010 [-0.004, +0.024]`.

    Args:
        own, today: the rows of an augmentation and of the default by their seeds.
    """
    mean = statistics.mean(row["ap"][condition] for row in own.values())
    ap = [{seed: row["ap"][condition] for seed, row in rows.items()} for rows in (own, today)]
    difference = paired_difference(*ap)
    return f"{mean:.3f}, {difference}" if difference else f"{mean:.3f}"


if __name__ == "__main__":
    main()
