"""Draw what an augmentation does to your pictures: each transform alone and all together, and the time each takes."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from yolo import tables
from yolo.cli.calibration_pictures import thinned
from yolo.cli.command import Command
from yolo.config import AugmentConfig
from yolo.errors import os_errors_as_user_errors
from yolo.shell import command, data_flags, quoted

if TYPE_CHECKING:
    from numpy.random import Generator
    from PIL.ImageFont import FreeTypeFont, ImageFont

    from yolo.array_types import Image
    from yolo.data.augmentation import Augmentation
    from yolo.structures import Annotation, Sample

SHOWN = 4  # pictures in a row of the sheet
TOGETHER = 3  # rows of all transforms together
SLOW = 20  # milliseconds for a picture, in which training would wait
TIMED = 0.4  # seconds for which each transform is timed, but at least 3 calls
EXAMPLES = (
    (
        "python -m yolo augment --data my-pictures --augment strong",
        "draw what a shipped file does; see augmentation/",
    ),
    ("python -m yolo augment --data my-pictures --augment mine.yaml", "the same for a file of your own"),
)
COMMAND = Command("augment", AugmentConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo.data import augment_check, augment_choice, data_folder, readable_pictures

    choice = augment_choice.choose(config.augment, config.allow_imports)
    augment_check.check(choice.augmentation, [config.input_size], config.augment)
    dataset = data_folder.DataFolder.of(config).load(config.split)
    data_folder.log_remarks(dataset)
    dataset = readable_pictures.clean(dataset, f"'{config.split}'")
    samples = [_load(annotation, config) for annotation in thinned(dataset.annotations, 2 * SHOWN)]
    steps = [*choice.augmentation.alone(), ("all together", choice.augmentation)]
    times = {}
    for number, (name, step) in enumerate(steps):
        times[f"{number + 1} {name}"] = milliseconds(step, samples)
    rows = []
    for name, taken in times.items():
        slow = f"   slow: over {SLOW} ms, training would wait for it" if taken > SLOW else ""
        rows.append((name, f"{taken:.1f}", f"ms a picture{slow}"))
    print(tables.aligned(rows, "lrl", widths=(27, 8), gap=1))
    written = _free(Path(config.output), Path(config.augment.replace(":", "-")).stem)
    _write(written, sheet(steps, list(times.values()), samples, dataset.class_names, config.seed))
    print(f"\nwritten to {written}; to train with it:")
    imports = " --allow-imports" if config.allow_imports else ""
    print(f"{command('train')} {data_flags(config)} --augment {quoted(config.augment)}{imports}")


def milliseconds(augmentation: "Augmentation", samples: "Sequence[Sample]") -> float:
    """Return the median time of a call on one thread, in milliseconds."""
    import numpy as np

    taken: list[float] = []
    ends = time.perf_counter() + TIMED
    while len(taken) < 3 or time.perf_counter() < ends:
        started = time.thread_time()
        augmentation(samples[len(taken) % len(samples)], np.random.default_rng(len(taken)), _others(samples))
        taken.append(1000 * (time.thread_time() - started))
    return statistics.median(taken)


def sheet(
    steps: "Sequence[tuple[str, Augmentation]]",
    times: Sequence[float],
    samples: "Sequence[Sample]",
    class_names: tuple[str, ...],
    seed: int,
) -> "Image":
    """Return an image with the samples unchanged in the first row, and a row for each step below it.

    Args:
        steps: the name and the augmentation of each step; the last one is all of them together.
        times: milliseconds of each step.
    """
    import numpy as np

    from yolo.inference.draw import draw_sample

    def row(title: str, change: "Callable[[int, Sample], Sample]") -> "Image":
        pictures = [draw_sample(change(number, sample), class_names) for number, sample in enumerate(shown)]
        line = np.concatenate(pictures, axis=1)
        return np.concatenate([_caption(title, line.shape[1]), line])

    shown = samples[:SHOWN]
    rows = [row("as they are", lambda number, sample: sample)]
    turns = [(name, step, taken, 0) for (name, step), taken in zip(steps, times, strict=True)]
    turns += [(*turns[-1][:3], turn) for turn in range(1, TOGETHER)]
    for name, step, taken, turn in turns:

        def change(number: int, sample: "Sample", step: "Augmentation" = step, turn: int = turn) -> "Sample":
            return step(sample, np.random.default_rng((seed, turn, number)), _others(samples))

        rows.append(row(f"{name}, {taken:.1f} ms", change))
    return np.concatenate(rows)


def _others(samples: "Sequence[Sample]") -> "Callable[[int, Generator], list[Sample]]":
    """Return the function that gives `BoxPaste` other samples."""
    return lambda number, rng: [samples[int(rng.integers(len(samples)))] for _ in range(number)]


def _caption(title: str, width: int) -> "Image":
    """Return a white strip of that width with the title in black letters."""
    import numpy as np
    from PIL import Image, ImageDraw

    title, font = _fitting(title, width - 16)
    strip = Image.new("RGB", (width, 30), "white")
    ImageDraw.Draw(strip).text((8, 4), title, fill="black", font=font)
    return np.asarray(strip)


def _fitting(title: str, width: int) -> "tuple[str, FreeTypeFont | ImageFont]":
    """Return a title of at most that width, and its font: letters get smaller, then the middle is left out."""
    from PIL import ImageFont

    fonts = [ImageFont.load_default(letters) for letters in range(18, 9, -1)]
    for font in fonts:
        if font.getlength(title) <= width:
            return title, font
    shorter = (f"{title[:kept]}...{title[-kept:]}" for kept in range(len(title) // 2, 0, -1))
    return next((text for text in shorter if fonts[-1].getlength(text) <= width), ""), fonts[-1]


def _load(annotation: "Annotation", config: AugmentConfig) -> "Sample":
    """Return a sample in the size of the network's input."""
    from yolo.data.load_sample import load_sample
    from yolo.letterbox import fit

    sample = load_sample(annotation)
    image, placement = fit(sample.image, config.input_size, config.resize)
    return replace(sample, image=image, boxes=placement.apply(sample.boxes))


def _free(folder: Path, stem: str) -> Path:
    """Return a path in the folder that no file has: `stem.jpg`, `stem-2.jpg` and so on."""
    number, path = 1, folder / f"{stem}.jpg"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.jpg"
    return path


def _write(path: Path, image: "Image") -> None:
    """Write an image, and make its folder."""
    from yolo import picture_files

    with os_errors_as_user_errors(f"cannot make the folder {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
    picture_files.write(path, image)
