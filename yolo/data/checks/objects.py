"""The objects of all pictures as arrays, so that checks need no loop over pictures; masks tell which ones are meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Boxes, Flags, Float, Labels
from yolo.boxes import area
from yolo.structures import Annotation

Indices: TypeAlias = Annotated[NDArray[np.intp], "chosen"]
"""Indices of some of the objects."""

Shares: TypeAlias = Annotated[NDArray[Float], "chosen"]
"""A share from 0 to 1 for each pair."""

NEAR = 0.5  # of the smaller box; pairs that share less of it are of no interest to any check


class Pairs(NamedTuple):
    """Pairs of objects of one picture whose boxes overlap; `first` comes before `second` in the picture.

    Attributes:
        iou: their intersection over union.
        inside: the share of the smaller box that lies in the larger one.
        smaller: which of the two is smaller.
    """

    first: Indices
    second: Indices
    iou: Shares
    inside: Shares
    smaller: Indices


@dataclass(frozen=True)
class Objects:
    """The n objects of a dataset, those of one picture behind each other.

    Attributes:
        boxes: in pixels of their pictures.
        labels: class indices.
        difficult: whether each is marked difficult.
        owner: the index of its picture.
        counts: the number of objects in each picture.
    """

    boxes: Boxes
    labels: Labels
    difficult: Flags
    owner: Annotated[NDArray[np.intp], "n"]
    counts: Annotated[NDArray[np.intp], "pictures"]

    def __len__(self) -> int:
        return len(self.owner)

    @classmethod
    def of(cls, annotations: Sequence[Annotation]) -> "Objects":
        """Return the objects of these pictures, in their order."""
        counts = np.array([len(each.labels) for each in annotations], np.intp)
        return cls(
            np.concatenate([np.zeros((0, 4), np.float32), *(each.boxes for each in annotations)]),
            np.concatenate([np.zeros(0, np.int32), *(each.labels for each in annotations)]),
            np.concatenate([np.zeros(0, bool), *(each.difficult for each in annotations)]),
            np.repeat(np.arange(len(annotations)), counts),
            counts,
        )

    def of_pictures(self, mask: Flags) -> list[Flags]:
        """Return a mask over all objects as one for each picture, to repair annotations one by one."""
        return np.split(mask, np.cumsum(self.counts)[:-1])

    @cached_property
    def pairs(self) -> Pairs:
        """Return the pairs of objects of one picture of which one covers at least half of the other."""
        ends = np.cumsum(self.counts)[self.owner]  # the first object of the next picture
        areas, rows, step = area(self.boxes), np.arange(len(self)), 0
        found = [(rows[:0], rows[:0], areas[:0])]
        while len(rows):  # compares each object with the next one of its picture, then with the one after it
            step += 1
            rows = rows[rows + step < ends[rows]]
            shared = _intersection(self.boxes[rows], self.boxes[rows + step])
            close = shared > NEAR * np.minimum(areas[rows], areas[rows + step])
            found.append((rows[close], rows[close] + step, shared[close]))
        first, second, shared = (np.concatenate(parts) for parts in zip(*found, strict=True))
        smaller = np.where(areas[first] < areas[second], first, second)
        iou = shared / np.maximum(areas[first] + areas[second] - shared, 1e-9)
        return Pairs(first, second, iou, shared / np.maximum(areas[smaller], 1e-9), smaller)

    def mask(self, indices: Indices) -> Flags:
        """Return a mask of the objects with these indices."""
        mask = np.zeros(len(self), bool)
        mask[indices] = True
        return mask


def _intersection(a: Boxes, b: Boxes) -> Annotated[NDArray[Float], "n"]:
    return area(np.concatenate([np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])], axis=1))
