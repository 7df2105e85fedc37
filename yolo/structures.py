"""The data that the parts of the program exchange: annotations, samples and detections."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypedDict, overload

import numpy as np
from numpy.typing import NDArray

from yolo import boxes
from yolo.array_types import Boxes, Flags, Image, Labels, Scores

NO_OBJECT = -1  # label of a padding row
DIFFICULT = -2  # label of an object that training uses neither as an object nor as background

Selection: TypeAlias = slice | Sequence[int] | NDArray[np.bool_] | NDArray[np.integer]
"""Several rows of an array: a slice, a mask, or indices."""


@dataclass(frozen=True)
class Annotation:
    """The ground truth of one picture: its path and its objects. The picture itself is not read.

    Attributes:
        path: the picture.
        boxes: in pixels of the picture, float32. They lie in it, see `yolo.data.clip_boxes`.
        labels: class indices.
        difficult: which objects training and evaluation ignore.
        scores: how sure each object is, from 0 to 1; by default 1. A teacher makes training less sure of some.
        is_complete: whether every object is in it. In a picture that is not complete, training takes nothing for
            background.
    """

    path: Path
    boxes: Boxes
    labels: Labels
    difficult: Flags
    scores: Scores = None  # type: ignore[assignment]  # replaced by ones
    is_complete: bool = True

    def __post_init__(self) -> None:
        _fill_scores(self)

    @classmethod
    def without_objects(cls, path: Path) -> "Annotation":
        """Return the annotation of a picture of which no object is known."""
        return cls(path, np.zeros((0, 4), np.float32), np.zeros(0, np.int32), np.zeros(0, bool))

    def within(self, height: int, width: int) -> "Annotation":
        """Return the annotation with its boxes cut to a picture of that size, without boxes outside of it."""
        inside = boxes.clip(self.boxes, height, width)
        return replace(self, boxes=inside).only(boxes.area(inside) > 0)

    def only(self, kept: Flags) -> "Annotation":
        """Return the annotation with only these of its objects."""
        arrays = (self.boxes[kept], self.labels[kept], self.difficult[kept], self.scores[kept])
        return Annotation(self.path, *arrays, self.is_complete)


@dataclass(frozen=True)
class Sample:
    """An image with its objects.

    Attributes:
        image: the pixels.
        boxes: in pixels of `image`, float32.
        labels: class indices, or DIFFICULT.
        paths: the pictures that it was made from, for messages; empty where they are not known.
        scores, is_complete: as in `Annotation`.
    """

    image: Image
    boxes: Boxes
    labels: Labels
    paths: tuple[Path, ...] = ()
    scores: Scores = None  # type: ignore[assignment]  # replaced by ones
    is_complete: bool = True

    def __post_init__(self) -> None:
        _fill_scores(self)


def _fill_scores(made: Annotation | Sample) -> None:
    """Give the objects of a new annotation or sample the score 1 if it was made without scores."""
    if made.scores is None:
        object.__setattr__(made, "scores", np.ones(len(made.labels), np.float32))  # the classes are frozen


class Detection(NamedTuple):
    """One object that a detector found.

    Attributes:
        name: the name of its class.
        score: from 0 to 1.
        box: left, top, right, bottom in pixels of the original picture.
        label: the index of its class.
    """

    name: str
    score: float
    box: tuple[float, float, float, float]
    label: int


class DetectionRecord(TypedDict):
    """A detection as plain values for JSON; `label` is the name of the class."""

    label: str
    score: float
    box: list[float]


@dataclass(frozen=True)
class Detections:
    """The objects that a detector found in one picture, best score first.

    Example:
        >>> for detection in detector("dog.jpg"):
        ...     print(detection.name, detection.score, detection.box)
        >>> found = detector("dog.jpg")
        >>> len(found), found[0], found[:3], found[found.scores > 0.5]

    Attributes:
        boxes: in pixels of the original picture, float32.
        scores: float32.
        labels: class indices.
        class_names: the name of every class.
    """

    boxes: Boxes
    scores: Scores
    labels: Labels
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.boxes)

    def __iter__(self) -> Iterator[Detection]:
        """Return an iterator over the detections."""
        rows = zip(self.names, self.scores.tolist(), map(tuple, self.boxes.tolist()), self.labels.tolist(), strict=True)
        return itertools.starmap(Detection, rows)

    @overload
    def __getitem__(self, selection: int | np.integer) -> Detection: ...

    @overload
    def __getitem__(self, selection: Selection) -> "Detections": ...

    def __getitem__(self, selection: int | np.integer | Selection) -> "Detection | Detections":
        """Return the `Detection` at an index, or the `Detections` that a slice, a mask or indices choose."""
        if isinstance(selection, (int, np.integer)):
            return next(iter(self[np.array([selection])]))
        return Detections(self.boxes[selection], self.scores[selection], self.labels[selection], self.class_names)

    @property
    def names(self) -> list[str]:
        """The class name of each detection."""
        return [self.class_names[label] for label in self.labels]

    def counts(self) -> dict[str, int]:
        """Return the number of detections of each class, most frequent first: `{"dog": 2, "car": 1}`."""
        found, numbers = np.unique(self.labels, return_counts=True)
        order = np.argsort(-numbers, kind="stable")
        return {self.class_names[found[i]]: int(numbers[i]) for i in order}

    def records(self) -> list[DetectionRecord]:
        """Return the detections as plain dictionaries for JSON."""
        rows = zip(self.names, self.scores.tolist(), self.boxes.tolist(), strict=True)
        return [
            {"label": name, "score": round(score, 5), "box": [round(value, 2) for value in box]}
            for name, score, box in rows
        ]
