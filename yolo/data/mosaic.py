"""Make one sample of several: mosaic and mixup."""

from collections.abc import Sequence

import numpy as np

from yolo.data.warp import warp
from yolo.opencv import cv2
from yolo.structures import Sample

VISIBLE = 0.3  # an object is kept when at least this share of it is still in its quarter


def mosaic(samples: Sequence[Sample], rng: np.random.Generator, scale: tuple[float, float] = (0.5, 1.0)) -> Sample:
    """Return a sample with a quarter from each of four samples of its size; the quarters meet at a random point.

    Bochkovskiy et al. 2020, https://arxiv.org/abs/2004.10934.

    Args:
        scale: smallest and largest zoom of a sample.
    """
    height, width = samples[0].image.shape[:2]
    image = np.empty_like(samples[0].image)
    x, y = (int(rng.uniform(0.3, 0.7) * side) for side in (width, height))
    quarters = ((0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height))
    boxes, labels, scores = [], [], []
    for sample, (left, top, right, bottom) in zip(samples, quarters, strict=True):
        zoom = rng.uniform(*scale)
        shift_x = rng.uniform() * (right - left - zoom * width)
        shift_y = rng.uniform() * (bottom - top - zoom * height)
        part = warp(sample, (zoom, zoom), (shift_x, shift_y), (bottom - top, right - left), VISIBLE)
        image[top:bottom, left:right] = part.image
        boxes.append(part.boxes + np.array([left, top] * 2, np.float32))
        labels.append(part.labels)
        scores.append(part.scores)
    paths = tuple(path for sample in samples for path in sample.paths)
    are_complete = all(sample.is_complete for sample in samples)
    return Sample(image, np.concatenate(boxes), np.concatenate(labels), paths, np.concatenate(scores), are_complete)


def mixup(first: Sample, second: Sample) -> Sample:
    """Return the average of two samples of one size, with the objects of both.

    Zhang et al. 2018, https://arxiv.org/abs/1710.09412.
    """
    return Sample(
        cv2.addWeighted(first.image, 0.5, second.image, 0.5, 0.0),  # type: ignore[arg-type]  # still uint8
        np.concatenate([first.boxes, second.boxes]),
        np.concatenate([first.labels, second.labels]),
        scores=np.concatenate([first.scores, second.scores]),
        is_complete=first.is_complete and second.is_complete,
    )
