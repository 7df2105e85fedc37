"""Measure what a teacher is worth, by whole runs of train.py, scored on held-out training pictures.

    python benchmarks/teacher.py --minutes 90

Two questions are asked of each dataset (see QUESTIONS), with seeds 0, 1 and 2:

resolution: does a student at 320 x 320 learn more with a teacher at 608 x 608 that was trained on the same labels?
labels: if only some pictures have labels, does it help to learn also from the others, as a teacher sees them that was
trained on these labels?

A fifth of the pictures of the list is held out and scored. The test list is not used. All runs are shown equally many
pictures, those of the teachers included. Each run adds a row to `teacher.jsonl`. Runs with a row are skipped, and one
that was stopped is resumed, so the same command continues where it was stopped. The table is printed after each run and
written to `teacher.md`. It has the mean AP over the seeds, and the difference to the labels alone, paired by seed, with
its 95 % interval by Student's t.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.paired_difference import paired_difference
from benchmarks.rows import Row, add, find
from yolo.data import data_folder
from yolo.tables import markdown

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ALONE = "labels alone"

SOFT = "soft_labels.{} = {}"
HARD = "label = lessons.label; lessons.label = lambda *a, **k: dataclasses.replace(label(*a, **k), scores=None)"
QUESTIONS: dict[str, dict[str, str]] = {  # arm -> Python that changes the program, before the run begins
    "resolution": {ALONE: "", "teacher": "", "labels not softened": SOFT.format("TRUST", 0)},
    "labels": {
        ALONE: "",
        "teacher": "",
        "labels not softened": SOFT.format("TRUST", 0),
        "scores all 1": HARD,
        "sure from 0.3": SOFT.format("SURE", 0.3),
        "sure from 0.7": SOFT.format("SURE", 0.7),
        "nothing left open": SOFT.format("DOUBTFUL", 0.5),
        "all labels": "",
    },
}
SIZES = {"resolution": 320, "labels": 416}
TEACHER_SIZES = {"resolution": 608, "labels": 416}
PROGRAM = """
import dataclasses, sys
from yolo.training import lessons, soft_labels
{change}
from yolo.cli import run
run("train", sys.argv[1:])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["../shared/data/bccd", "../shared/data/fruit300"], metavar="DIR")
    parser.add_argument("--list", default="trainval", help="the list of the pictures to train on and to hold out of")
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--arms", nargs="+", metavar="ARM", help="only these, and the labels alone")
    parser.add_argument("--labels", type=int, default=92, help="pictures with labels, for the question of labels")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--shown", type=int, default=6000, help="pictures that a run is shown over all its epochs")
    parser.add_argument("--weights", default="none", help="the initial weights of every run, as for train.py")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start no run after that many")
    parser.add_argument("--rows", type=Path, default=HERE / "teacher.jsonl")
    parser.add_argument("--runs", type=Path, default=ROOT / "runs/teacher-benchmark", help="folder of runs and links")
    arguments = parser.parse_args()
    runs = arguments.runs.resolve()
    began = time.monotonic()
    planned = [
        {"data": Path(folder).name, "question": question, "arm": arm, "seed": seed, "shown": arguments.shown}
        | {"labels": arguments.labels, "weights": Path(arguments.weights).name}
        for seed in arguments.seeds
        for folder in arguments.data
        for question in arguments.questions
        for arm in QUESTIONS[question]
        if arguments.arms is None or arm in (ALONE, *arguments.arms)
    ]
    folders = {Path(folder).name: Path(folder).resolve() for folder in arguments.data}
    for number, row in enumerate(planned, 1):
        if find(arguments.rows, row):
            continue
        if time.monotonic() - began > 60 * arguments.minutes:
            print(f"{len(planned) - number + 1} runs are left: the same command continues with them")
            break
        print(f"\nrun {number} of {len(planned)}: {row}", flush=True)
        data = split(folders[row["data"]], arguments.list, arguments.labels, runs / "data" / row["data"])
        done = measure(row, data, arguments.weights, runs)
        add(arguments.rows, done)
        print(table(arguments.rows, planned), flush=True)
    arguments.rows.with_suffix(".md").write_text(table(arguments.rows, planned), encoding="utf-8")


def measure(row: Row, data: Path, weights: str, runs: Path) -> Row:
    """Train and score a run, after its teacher if that is not there yet; return its row."""
    question, arm = row["question"], row["arm"]
    few = question == "labels" and arm != "all labels"
    lists = {"few" if few else "train": count(data, "few" if few else "train")}
    flags, is_taught = [], arm not in (ALONE, "all labels")
    if is_taught:
        alone = row | {"arm": ALONE}
        flags = ["--teacher", str(train(alone, TEACHER_SIZES[question], lists, [], "", data, weights, runs))]
        if few:
            flags += ["--unlabelled", str(data / "others.txt")]
            lists["others"] = count(data, "others")
    started = time.perf_counter()
    folder = train(row, SIZES[question], lists, flags, QUESTIONS[question][arm], data, weights, runs)

    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector

    held = data_folder.load(data, "val", data_folder.load(data, "train").class_names)
    report = evaluate(Detector.load(folder), held.annotations, held.class_names)
    if is_taught:
        shutil.rmtree(folder)  # the others may be teachers
    seconds = round(time.perf_counter() - started)
    return row | {"seconds": seconds, "pictures": report.images, "ap": report.coco["AP"], "ap50": report.ap50}


def train(
    row: Row, size: int, lists: dict[str, int], flags: list[str], change: str, data: Path, weights: str, runs: Path
) -> Path:
    """Train a run, or what is left of it, and return its folder.

    Args:
        size: height and width of the input.
        lists: the list of the labelled pictures first, and how many pictures each has.
        flags: the teacher.
        change: Python that changes the program.
    """
    parts = (row["data"], row["question"], row["arm"], size, *lists, row["shown"], row["weights"], row["seed"])
    folder = runs / "-".join(map(str, parts)).replace(" ", "_")
    asked = ["--resume", str(folder)]
    if not (folder / "last.weights.h5").exists():
        shutil.rmtree(folder, ignore_errors=True)
        epochs = max(round(row["shown"] / sum(lists.values())), 1)
        asked = ["--data", str(data), "--train-split", next(iter(lists)), "--val-split", "none", "--test-split", "none"]
        asked += ["--epochs", str(epochs), "--input-size", str(size), str(size), "--seed", str(row["seed"]), *flags]
        asked += ["--weights", weights, "--runs", str(runs), "--name", folder.name]
    subprocess.run([sys.executable, "-c", PROGRAM.format(change=change), *asked], cwd=ROOT, check=True)
    return folder


def split(data: Path, pictures: str, labels: int, folder: Path) -> Path:
    """Make a data folder with the same pictures and lists of its own, chosen by a hash of each name; return it.

    `val` is a fifth, `train` the rest; `few` are as many of the rest as are to have labels, `others.txt` beside the
    folders lists the pictures of all others.

    Args:
        pictures: the name of the list that is split; if there is none, `train` is.
        labels: the number of pictures in `few`.
    """
    lists = folder / "ImageSets/Main"
    lists.mkdir(parents=True, exist_ok=True)
    for name in ("JPEGImages", "Annotations"):
        if not (folder / name).exists():
            (folder / name).symlink_to(data / name, target_is_directory=True)
    chosen = next(path for name in (pictures, "train") if (path := data / f"ImageSets/Main/{name}.txt").exists())
    names = chosen.read_text(encoding="utf-8").splitlines()
    hashes = {name: hashlib.sha256(name.encode()).digest() for name in names}
    held = [name for name in names if hashes[name][0] % 5 == 0]
    fit = sorted(set(names) - set(held), key=lambda name: hashes[name][::-1])
    found = {path.stem: path for path in (folder / "JPEGImages").iterdir()}
    for name, part in (("val", held), ("train", fit), ("few", fit[:labels])):
        (lists / f"{name}.txt").write_text("\n".join(part) + "\n", encoding="utf-8")
    others = "".join(f"JPEGImages/{found[name].name}\n" for name in fit[labels:])
    (folder / "others.txt").write_text(others, encoding="utf-8")
    return folder


def count(data: Path, name: str) -> int:
    """Return the number of pictures in a list of `split`."""
    path = data / "others.txt" if name == "others" else data / f"ImageSets/Main/{name}.txt"
    return len(path.read_text(encoding="utf-8").splitlines())


def table(path: Path, planned: list[Row]) -> str:
    """Return a Markdown table of the runs so far; only seeds with both runs count for a difference."""
    rows = [row for row in (find(path, wanted) for wanted in planned) if row]
    lines: list[tuple[str | int, ...]] = [("data", "question", "learned from", "seeds", "AP50", "AP")]
    for key in dict.fromkeys((row["data"], row["question"], row["arm"]) for row in rows):
        own, alone = (
            {row["seed"]: row for row in rows if (row["data"], row["question"], row["arm"]) == (*key[:2], arm)}
            for arm in (key[2], ALONE)
        )
        lines.append((*key, len(own), *(cell(own, alone if key[2] != ALONE else {}, name) for name in ("ap50", "ap"))))
    return markdown(lines) + "\n"


def cell(own: dict[int, Row], alone: dict[int, Row], name: str) -> str:
    """Return the mean of a score and its difference to the labels alone: `0.512, +0.010 [-0.004, +0.024]`.

    Args:
        own, alone: the rows by their seeds.
    """
    mean = statistics.mean(row[name] for row in own.values())
    scores = [{seed: row[name] for seed, row in rows.items()} for rows in (own, alone)]
    return ", ".join(filter(None, (f"{mean:.3f}", paired_difference(*scores))))


if __name__ == "__main__":
    main()
