"""Measure how times grow with the input size, the batch, the objects in a picture, and the size of a data folder.

    python benchmarks/scaling.py [--rounds 10] [--most 100000]

All data are generated. The calls of one panel are measured in turns, and the median counts. The numbers are written to
`scaling.md` and the plot to `scaling.png`.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
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

Times = dict[str, float]  # milliseconds a picture by the name of the call
Panel = dict[int, Times]  # by the size on the horizontal axis
Panels = dict[str, Panel]  # by the title of the axis
Calls = dict[str, Callable[[], object]]

OBJECT = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[320, 416, 512, 608])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--boxes", type=int, nargs="+", default=[1, 5, 20, 100, 500])
    parser.add_argument("--most", type=int, default=100_000, help="most annotations; also powers of 10 from 100 on")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="the folder to write to")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        picture = Path(folder) / "noise.jpg"
        picture_files.write(picture, np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8))
        numbers = [10**power for power in range(2, 7) if 10**power <= arguments.most]
        # first of all, while little memory is used
        indexed = {number: index_times(Path(folder), number, picture) for number in numbers}
        panels: Panels = {
            "input size in pixels, batch 8": over(arguments.sizes, lambda size: calls(picture, size=size), rounds),
            "pictures in a batch, 416 x 416": over(
                arguments.batches, lambda batch: calls(picture, batch=batch), rounds
            ),
            "boxes a picture, batch 8": over(arguments.boxes, lambda boxes: calls(picture, boxes=boxes), rounds),
        }
        panels["annotations of 10 boxes"] = indexed
    write_table(panels, arguments.output / "scaling.md")
    plot(panels, arguments.output / "scaling.png")


def over(sizes: Iterable[int], make: Callable[[int], tuple[Calls, int]], rounds: int) -> Panel:
    """Return the median times for each size.

    Args:
        make: returns the calls for a size, and how many pictures each call takes.
    """
    made = {size: make(size) for size in sizes}
    times: dict[int, dict[str, list[float]]] = {size: {name: [] for name in named} for size, (named, _) in made.items()}
    for turn in range(rounds + 2):
        for size, (named, pictures) in made.items():
            for name, call in named.items():
                started = time.perf_counter()
                call()
                if turn >= 2:  # the first turns compile
                    times[size][name].append(1000 * (time.perf_counter() - started) / pictures)
    return {size: {name: statistics.median(taken) for name, taken in named.items()} for size, named in times.items()}


def calls(picture: Path, size: int = 416, batch: int = 8, boxes: int = 10) -> tuple[Calls, int]:
    """Return the calls that process one batch, by name, and the number of its pictures."""
    corners = np.random.default_rng(0).uniform(0, (580, 420), (boxes, 2))
    corners = np.concatenate([corners, corners + 60], axis=1).astype(np.float32)
    annotation = Annotation(picture, corners, np.zeros(boxes, np.int32), np.zeros(boxes, bool))
    data = TrainingData((annotation,), (size, size), batch_size=batch, cache=True)
    inputs, targets = next(iter(data.batches(0, 1)))
    network = YoloV4Tiny([f"class {number}" for number in range(20)], input_size=(size, size), dtype=choose("auto"))
    trainer = TrainingModel(network, network.twin(dtype="float32"))
    trainer.compile(make_optimizer(network, "adamw", 1000, 60), jit_compile=False)
    maps = [tf.cast(raw, tf.float32) for raw in network(inputs)]

    @tf.function
    def loss() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(maps)
            value = tf.add_n(list(trainer.criterion(targets, maps).values()))
        return tape.gradient(value, maps)

    detect = tf.function(lambda: trainer.averaged(inputs, training=False))
    named: Calls = {
        "pipeline": lambda: data.batch(0, 0),
        "loss and its gradient": lambda: loss()[0].numpy(),
        "training step": lambda: trainer.train_on_batch(inputs, targets),
        "detection, float32": lambda: detect()[0].numpy(),
    }
    return named, batch


def index_times(folder: Path, number: int, picture: Path) -> Times:
    """Return the times to list and read the annotations of a data folder, which is made of copies of one picture."""
    root = folder / str(number)
    for name in ("JPEGImages", "Annotations"):
        (root / name).mkdir(parents=True)
    text = "<size><width>640</width><height>480</height></size>"
    text += "".join(OBJECT.format("thing", 10 * i + 1, 20, 10 * i + 50, 90) for i in range(10))
    for i in range(number):
        os.link(picture, root / "JPEGImages" / f"{i:07}.jpg")
        (root / "Annotations" / f"{i:07}.xml").write_text(f"<annotation>{text}</annotation>", encoding="utf-8")
    time.sleep(2.1)  # younger files are not cached
    times = {}
    for name in ("first start", "later start"):
        started = time.perf_counter()
        data_folder.load(root, "all")
        times[name] = 1000 * (time.perf_counter() - started) / number
    return times


def write_table(panels: Panels, path: Path) -> None:
    """Write a Markdown table for each panel."""
    parts = []
    for title, panel in panels.items():
        names = list(next(iter(panel.values())))
        rows: list[list[str | int]] = [[title, *names]]
        rows += [[size, *(f"{times[name]:.3g}" for name in names)] for size, times in panel.items()]
        parts.append(markdown(rows))
    path.write_text("Milliseconds a picture.\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


def plot(panels: Panels, path: Path) -> None:
    """Write `plot_figure` as a PNG."""
    plot_figure(panels).savefig(path, dpi=100)


def plot_figure(panels: Panels) -> Figure:
    """Return a figure of all panels with logarithmic axes.

    On a level line, the time is proportional to the number of pictures.
    """
    figure = Figure(figsize=(11, 9), layout="constrained")
    for part, (title, panel) in zip(figure.subfigures(2, 2, squeeze=False).flat, panels.items(), strict=True):
        axes = part.subplots()
        for name in next(iter(panel.values())):
            axes.loglog(list(panel), [times[name] for times in panel.values()], marker="o", label=name)
        axes.set(xlabel=title, ylabel="ms a picture", xticks=list(panel), xticklabels=list(panel))
        axes.xaxis.minorticks_off()
        axes.grid(alpha=0.3)
        part.legend(loc="outside lower center", ncols=2, frameon=False)  # outside, as the curves may be anywhere
    return figure


if __name__ == "__main__":
    main()
