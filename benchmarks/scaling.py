"""How the cost grows: with the input size, the batch, the objects in a picture, and the annotations in a data folder.

    python benchmarks/scaling.py [--rounds 10] [--most 100000]

All data is made up. What is timed in one panel is called in turns, and the median counts. Writes the numbers to
`scaling.md` and the plot to `scaling.png`.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

from yolo import picture_files
from yolo.data import data_folder
from yolo.data.training_batches import TrainingData
from yolo.nets.model import YoloV4Tiny
from yolo.structures import Annotation
from yolo.tables import markdown
from yolo.training.optimizer import make_optimizer
from yolo.training.precision import choose
from yolo.training.training_model import TrainingModel

OBJECT = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[320, 416, 512, 608])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--boxes", type=int, nargs="+", default=[1, 5, 20, 100, 500])
    parser.add_argument("--most", type=int, default=100_000, help="annotations; fewer by tens down to 100")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder of scaling.md, scaling.png")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        picture = Path(folder) / "noise.jpg"
        picture_files.write(picture, np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8))
        numbers = [10**power for power in range(2, 7) if 10**power <= arguments.most]
        # before there is much in memory
        indexed = {number: index_times(Path(folder), number, picture) for number in numbers}
        panels = {
            "input size in pixels, batch 8": over(arguments.sizes, lambda size: calls(picture, size=size), rounds),
            "pictures in a batch, 416 x 416": over(
                arguments.batches, lambda batch: calls(picture, batch=batch), rounds
            ),
            "boxes a picture, batch 8": over(arguments.boxes, lambda boxes: calls(picture, boxes=boxes), rounds),
        }
        panels["annotations of 10 boxes"] = indexed
    write_table(panels, arguments.output / "scaling.md")
    plot(panels, arguments.output / "scaling.png")


def over(values, make, rounds):
    """value -> {what: median milliseconds a picture}; `make` gives the calls by name and the pictures in each."""
    made = {value: make(value) for value in values}
    times = {value: {name: [] for name in named} for value, (named, _) in made.items()}
    for turn in range(rounds + 2):
        for value, (named, pictures) in made.items():
            for name, call in named.items():
                started = time.perf_counter()
                call()
                if turn >= 2:  # the first turns compile
                    times[value][name].append(1000 * (time.perf_counter() - started) / pictures)
    return {value: {name: statistics.median(taken) for name, taken in named.items()} for value, named in times.items()}


def calls(picture, size=416, batch=8, boxes=10):
    """Return the calls that one batch goes through, by name, and the number of its pictures."""
    corners = np.random.default_rng(0).uniform(0, (580, 420), (boxes, 2))
    corners = np.concatenate([corners, corners + 60], axis=1).astype(np.float32)
    known = Annotation(picture, corners, np.zeros(boxes, np.int32), np.zeros(boxes, bool))
    data = TrainingData((known,), (size, size), batch_size=batch, cache=True)
    inputs, targets = next(iter(data.batches(0, 1)))
    network = YoloV4Tiny([f"class {number}" for number in range(20)], input_size=(size, size), dtype=choose("auto"))
    trainer = TrainingModel(network, network.twin(dtype="float32"))
    trainer.compile(make_optimizer(network, "adamw", 1000, 60), jit_compile=False)
    maps = [tf.cast(raw, tf.float32) for raw in network(inputs)]

    @tf.function
    def loss():
        with tf.GradientTape() as tape:
            tape.watch(maps)
            value = tf.add_n(list(trainer.criterion(targets, maps).values()))
        return tape.gradient(value, maps)

    detect = tf.function(lambda: trainer.averaged(inputs, training=False))
    named = {
        "pipeline": lambda: data.batch(0, 0),
        "loss and its gradient": lambda: loss()[0].numpy(),
        "training step": lambda: trainer.train_on_batch(inputs, targets),
        "detection, float32": lambda: detect()[0].numpy(),
    }
    return named, batch


def index_times(folder, number, picture):
    """{what: milliseconds a picture} of listing and reading a data folder made for it of one picture."""
    root = folder / str(number)
    for name in ("JPEGImages", "Annotations"):
        (root / name).mkdir(parents=True)
    text = "<size><width>640</width><height>480</height></size>"
    text += "".join(OBJECT.format("thing", 10 * i + 1, 20, 10 * i + 50, 90) for i in range(10))
    for i in range(number):
        os.link(picture, root / "JPEGImages" / f"{i:07}.jpg")
        (root / "Annotations" / f"{i:07}.xml").write_text(f"<annotation>{text}</annotation>", encoding="utf-8")
    time.sleep(2.1)  # files as young as that are not remembered
    times = {}
    for name in ("first start", "later start"):
        started = time.perf_counter()
        data_folder.load(root, "all")
        times[name] = 1000 * (time.perf_counter() - started) / number
    return times


def write_table(panels, path):
    """A Markdown table for each panel."""
    parts = []
    for title, rows in panels.items():
        names = list(next(iter(rows.values())))
        cells = ([value, *(f"{taken[name]:.3g}" for name in names)] for value, taken in rows.items())
        parts.append(markdown([[title, *names], *cells]))
    path.write_text("Milliseconds a picture.\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


def plot(panels, path):
    """Write `plot_figure` as a PNG."""
    plot_figure(panels).savefig(path, dpi=100)


def plot_figure(panels):
    """A panel each; both axes in steps of equal ratio; a level line is a cost in proportion to the pictures."""
    figure = Figure(figsize=(11, 9), layout="constrained")
    for panel, (title, rows) in zip(figure.subfigures(2, 2).flat, panels.items(), strict=True):
        axes = panel.subplots()
        for name in next(iter(rows.values())):
            axes.loglog(list(rows), [taken[name] for taken in rows.values()], marker="o", label=name)
        axes.set(xlabel=title, ylabel="ms a picture", xticks=list(rows), xticklabels=list(rows))
        axes.xaxis.minorticks_off()
        axes.grid(alpha=0.3)
        panel.legend(loc="outside lower center", ncols=2, frameon=False)  # beside the curves, which may be anywhere
    return figure


if __name__ == "__main__":
    main()
