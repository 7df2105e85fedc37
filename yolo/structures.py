"""The three things that travel: annotations, loaded samples, and detections."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from yolo import boxes

NO_OBJECT = -1  # label of a padding row
DIFFICULT = -2  # label of an object that is neither taught nor taken for background


@dataclass(frozen=True)
class Annotation:
    """One picture and what is known to be in it, before the picture is read.

    Attributes:
        path: the picture.
        boxes: (n, 4) float32, xyxy in pixels of the picture, half-open.
        labels: (n,) int32 class indices.
        difficult: (n,) bool; such objects are ignored by training and by evaluation.
    """

    path: Path
    boxes: np.ndarray
    labels: np.ndarray
    difficult: np.ndarray

    def within(self, height, width):
        """The annotation with its boxes cut to a picture of that size, without those that lie outside of it."""
        inside = boxes.clip(self.boxes, height, width)
        kept = boxes.area(inside) > 0
        return Annotation(self.path, inside[kept], self.labels[kept], self.difficult[kept])


@dataclass(frozen=True)
class Sample:
    """A picture in memory with its objects.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        boxes: (n, 4) float32, xyxy in pixels of `image`.
        labels: (n,) int32 class indices, or DIFFICULT.
        paths: the pictures it was made from, for messages; none where no file is known.
    """

    image: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    paths: tuple[Path, ...] = ()


class Detection(NamedTuple):
    """One object that a detector found.

    Attributes:
        name: of its class.
        score: in 0..1.
        box: x1, y1, x2, y2 in pixels of the original picture.
        label: index of its class.
    """

    name: str
    score: float
    box: tuple[float, float, float, float]
    label: int


@dataclass(frozen=True)
class Detections:
    """The objects that a detector found in one picture, best score first.

    Example:
        >>> for detection in detector("dog.jpg"):
        ...     print(detection.name, detection.score, detection.box)
        >>> found = detector("dog.jpg")
        >>> len(found), found[0], found[:3], found[found.scores > 0.5]

    Attributes:
        boxes: (n, 4) float32, xyxy in pixels of the original picture.
        scores: (n,) float32 in 0..1.
        labels: (n,) int32 class indices.
        class_names: the name of every class.
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self):
        return len(self.boxes)

    def __iter__(self):
        """Each `Detection`."""
        rows = zip(self.names, self.scores.tolist(), map(tuple, self.boxes.tolist()), self.labels.tolist(), strict=True)
        return itertools.starmap(Detection, rows)

    def __getitem__(self, selection):
        """The `Detection` at an index, or the `Detections` chosen by a slice, a mask or an index array."""
        if isinstance(selection, (int, np.integer)):
            return next(iter(self[[selection]]))
        return Detections(self.boxes[selection], self.scores[selection], self.labels[selection], self.class_names)

    @property
    def names(self):
        """The class name of each detection."""
        return [self.class_names[label] for label in self.labels]

    def counts(self):
        """Return how often each class was found, most frequent first: `{"dog": 2, "car": 1}`."""
        found, numbers = np.unique(self.labels, return_counts=True)
        order = np.argsort(-numbers, kind="stable")
        return {self.class_names[found[i]]: int(numbers[i]) for i in order}

    def records(self):
        """The detections as plain dictionaries, ready for JSON."""
        rows = zip(self.names, self.scores.tolist(), self.boxes.tolist(), strict=True)
        return [
            {"label": name, "score": round(score, 5), "box": [round(value, 2) for value in box]}
            for name, score, box in rows
        ]
