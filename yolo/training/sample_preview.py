"""Draw the first training samples, to see wrong labels and too strong augmentation before hours are spent."""

import contextlib
from pathlib import Path

import numpy as np

from yolo import picture_files
from yolo.data.rectangular_batches import enlarge
from yolo.data.training_batches import TrainingData
from yolo.data.transform_errors import TransformError
from yolo.inference.draw import draw_sample

SHOWN = 8
GAP = 8  # white pixels between two pictures


def draw_samples(data: TrainingData, class_names: tuple[str, ...], folder: Path) -> None:
    """Write the first training samples with their objects to `folder`/train.jpg, at full size, four in a row.

    A sample that a transform cannot process is left out: the first batch reports it, and then the run can be resumed.
    """
    folder.mkdir(exist_ok=True)
    pictures = []
    for position in range(SHOWN):
        with contextlib.suppress(TransformError):
            pictures.append(draw_sample(enlarge(data.sample(0, position), data.input_size), class_names))
    if not pictures:
        return
    pictures += [np.full_like(pictures[0], 255)] * (-len(pictures) % 4)
    tiles = [np.pad(picture, ((0, GAP), (0, GAP), (0, 0)), constant_values=255) for picture in pictures]
    rows = [np.concatenate(tiles[start : start + 4], axis=1) for start in range(0, len(tiles), 4)]
    picture_files.write(folder / "train.jpg", np.concatenate(rows)[:-GAP, :-GAP])
