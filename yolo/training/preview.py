"""Pictures of what the network is shown, to catch wrong labels and too strong augmentation before hours are spent."""

import numpy as np

from yolo import images
from yolo.inference.draw import draw_sample

SHOWN = 16


def draw_samples(data, class_names, folder):
    """Write the first training samples with their objects, at full size, `folder`/train.jpg, four in a row."""
    folder.mkdir(exist_ok=True)
    shown = min(data.batch_size, SHOWN)
    pictures = [draw_sample(data.sample(0, position), class_names) for position in range(shown)]
    pictures += [np.full_like(pictures[0], 255)] * (-shown % 4)
    rows = [np.concatenate(pictures[start : start + 4], axis=1) for start in range(0, len(pictures), 4)]
    images.write(folder / "train.jpg", np.concatenate(rows))
