"""The numbers of a dataset: pictures, objects, classes, splits, and how small the objects are."""

from dataclasses import dataclass, field

import numpy as np

from yolo.data.checks.boxes import shown_sides
from yolo.data.checks.checked_data import CheckedData

SIZES = (8, 16, 32)  # pixels; the cells of the network's two maps are 16 and 32


@dataclass(frozen=True)
class Summary:
    """The numbers of a dataset that can be used. Everything in it can be written as JSON.

    Attributes:
        format: the format of the annotations.
        pictures: the number of pictures that can be used, those without objects included.
        left_out: the number of other pictures in the folders of the dataset.
        empty: the number of pictures without objects.
        objects, difficult: the number of objects, and of those marked difficult.
        classes: class -> number of objects.
        splits: split -> number of pictures; without `trainval` if it is no more than train and val.
        median_side: the median over all objects of the square root of their area, in pixels of the network's input.
        small_shares: pixels -> the share of objects of a smaller side than that.
        choices: one sentence on each choice that the program made because the data do not decide it.
    """

    format: str = ""
    pictures: int = 0
    left_out: int = 0
    empty: int = 0
    objects: int = 0
    difficult: int = 0
    classes: dict[str, int] = field(default_factory=dict)
    splits: dict[str, int] = field(default_factory=dict)
    median_side: float = 0
    small_shares: dict[str, float] = field(default_factory=dict)
    choices: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: CheckedData) -> "Summary":
        """Return the numbers of a dataset."""
        names, objects = data.dataset.class_names, data.objects
        numbers = np.bincount(objects.labels, minlength=len(names)).tolist()
        sides = shown_sides(data)
        found = {path for layout in data.layouts for path in layout.pictures.values()}
        return cls(
            ", ".join(dict.fromkeys(layout.format for layout in data.layouts)),
            len(data.annotations),
            len(found - {annotation.path for annotation in data.annotations}),
            int((objects.counts == 0).sum()),
            len(objects),
            int(objects.difficult.sum()),
            dict(zip(names, numbers, strict=True)),
            _split_sizes(data),
            round(float(np.median(sides)), 1) if len(sides) else 0,
            {str(size): round(float((sides < size).mean()), 4) for size in SIZES if len(sides)},
            data.dataset.notes,
        )


def _split_sizes(data: CheckedData) -> dict[str, int]:
    pictures = {name: {annotation.path for annotation in split} for name, split in data.splits.items()}
    both = pictures.get("train", set()) | pictures.get("val", set())
    return {name: len(paths) for name, paths in pictures.items() if name != "trainval" or paths != both}
