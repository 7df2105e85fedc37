"""A dataset with all that its checks look at, each part computed once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from yolo import anchors
from yolo.array_types import Boxes, Flags, Sizes
from yolo.data.checks.candidates import won
from yolo.data.checks.objects import Objects
from yolo.data.data_folder import DataFolder
from yolo.data.dataset import Dataset
from yolo.data.equal_files import content_hashes
from yolo.data.findings import common_folder, name_within
from yolo.data.layout import Layout, split_names
from yolo.data.near_duplicates import near_pictures
from yolo.data.picture_measures import Measures, measure
from yolo.data.picture_sizes import Head, picture_heads
from yolo.data.readable_pictures import without
from yolo.errors import UserError
from yolo.letterbox import place
from yolo.structures import Annotation

APART = ("train", "val", "test")  # splits that should have no picture in common
SAMPLED = 1000  # objects for k-means; training takes more, and more starts, which raises the mean IoU by 0.002


@dataclass(frozen=True)
class CheckedData:
    """A dataset, what was measured in its pictures, and how training would use it.

    Attributes:
        dataset: the annotations of all pictures that can be used.
        splits: name -> their annotations in that split, train, val and test first.
        input_size: (height, width) of the network's input.
        resize_mode: "letterbox" or "stretch".
        levels: the number of levels of the network.
        layouts: the files that were found, as far as they are to be checked.
        measures: picture -> what was measured in it, as far as that is to be checked.
        broken: picture that cannot be read -> why.
        at_border: `AnnotationFiles.at_border` of each data path.
    """

    dataset: Dataset
    splits: Mapping[str, Sequence[Annotation]]
    input_size: tuple[int, int] = (416, 416)
    resize_mode: str = "letterbox"
    levels: int = 2
    layouts: Sequence[Layout] = ()
    measures: Mapping[Path, Measures] = field(default_factory=dict)
    broken: Mapping[Path, UserError] = field(default_factory=dict)
    at_border: Sequence[tuple[int, int]] = ()

    @classmethod
    def of(
        cls, source: DataFolder, input_size: tuple[int, int], resize_mode: str = "letterbox", levels: int = 2
    ) -> "CheckedData":
        """Return the data of a folder, after its pictures are read and measured in one pass.

        Raises:
            UserError: there is nothing to learn, or no picture can be read.
        """
        dataset = source.load("all")
        found = measure([annotation.path for annotation in dataset.annotations])
        measures = {path: value for path, value in found.items() if not isinstance(value, UserError)}
        broken = {path: value for path, value in found.items() if isinstance(value, UserError)}
        dataset, _ = without(dataset, broken, "annotated")  # a check of its own tells of these
        splits = _splits(source.layouts, dataset)
        return cls(dataset, splits, input_size, resize_mode, levels, source.layouts, measures, broken, source.at_border)

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Return the annotations of all pictures that can be used."""
        return self.dataset.annotations

    @property
    def apart(self) -> dict[str, Sequence[Annotation]]:
        """Return the splits that should have no picture in common, as far as they hold any."""
        return {name: self.splits[name] for name in APART if self.splits.get(name)}

    @cached_property
    def heads(self) -> dict[Path, Head]:
        """Return the height, width and EXIF orientation of each picture."""
        found = picture_heads([annotation.path for annotation in self.annotations])
        return {path: head for path, head in found.items() if not isinstance(head, UserError)}

    @cached_property
    def objects(self) -> Objects:
        """Return the objects of all pictures."""
        return Objects.of(self.annotations)

    @cached_property
    def picture_sizes(self) -> Annotated[NDArray[np.int64], "pictures 2"]:
        """Return the height and width of each picture; 1 and 1 if it cannot be read any more."""
        sizes = [self.heads.get(annotation.path, (1, 1))[:2] for annotation in self.annotations]
        return np.array(sizes, np.int64).reshape(-1, 2)

    @cached_property
    def shown(self) -> Boxes:
        """Return the boxes of all objects in the network's input, in its pixels."""
        sizes, kind = np.unique(self.picture_sizes, axis=0, return_inverse=True)
        placed = [place(height, width, self.input_size, self.resize_mode) for height, width in sizes.tolist()]
        scales = np.array([[each.scale_x, each.scale_y] * 2 for each in placed], np.float32).reshape(-1, 4)
        offsets = np.array([[each.left, each.top] * 2 for each in placed], np.float32).reshape(-1, 4)
        of_object = kind.reshape(-1)[self.objects.owner]
        return self.objects.boxes * scales[of_object] + offsets[of_object]

    @cached_property
    def shown_sizes(self) -> Sizes:
        """Return the width and height of all objects in pixels of the network's input."""
        return self.shown[:, 2:] - self.shown[:, :2]

    @cached_property
    def taught(self) -> Flags:
        """Return which objects training learns: those of its split that are not difficult."""
        training = {annotation.path for annotation in self.splits.get("train", self.annotations)}
        chosen = np.array([annotation.path in training for annotation in self.annotations], bool)
        return chosen[self.objects.owner] & ~self.objects.difficult

    @cached_property
    def anchors(self) -> anchors.AnchorSizes:
        """Return the anchors that training would fit; the default ones if there is no object to learn."""
        sizes = self.shown_sizes[self.taught]
        sizes = sizes[(sizes > 0).all(axis=1)]
        if not len(sizes):
            return np.array(anchors.DEFAULTS[self.levels], np.float32)
        if len(sizes) > SAMPLED:
            sizes = np.random.default_rng(0).choice(sizes, SAMPLED, replace=False)
        return anchors.kmeans(sizes, self.levels * anchors.OF_A_LEVEL, restarts=1)

    @cached_property
    def candidates(self) -> Annotated[NDArray[np.bool_], "n k"]:
        """Return which anchors would answer for each object."""
        return won(self.objects, self.shown, self.anchors)

    @cached_property
    def splits_of(self) -> dict[Path, list[str]]:
        """Return the names of the splits that each picture is in, of those that should have none in common."""
        found: dict[Path, list[str]] = {annotation.path: [] for annotation in self.annotations}
        for name, annotations in self.apart.items():
            for annotation in annotations:
                found.setdefault(annotation.path, []).append(name)
        return found

    @cached_property
    def equal_pictures(self) -> list[list[Path]]:
        """Return the pictures in groups of equal files; most groups hold one."""
        paths = list(self.splits_of)
        measured = {path: measures.content for path, measures in self.measures.items()}
        contents = measured or content_hashes(paths)
        groups: dict[str | Path, list[Path]] = defaultdict(list)
        for path in paths:
            groups[contents.get(path, path)].append(path)
        return list(groups.values())

    @cached_property
    def like_pictures(self) -> list[list[Path]]:
        """Return the groups of pictures that look the same and are not all equal files."""
        groups = near_pictures({path: measures.look for path, measures in self.measures.items()})
        return [group for group in groups if len({self.measures[path].content for path in group}) > 1]

    @cached_property
    def _common(self) -> Path | None:
        paths = [*(annotation.path for annotation in self.annotations), *self.broken]
        return common_folder(paths)

    def name(self, path: Path) -> str:
        """Return the name of a picture relative to the folder that all have in common: `a.png`, `test/a.png`."""
        return name_within(path, self._common)

    def names(self, paths: Iterable[Path]) -> list[str]:
        """Return the `name` of each picture."""
        return [self.name(path) for path in paths]

    def pictures_of(self, mask: Flags) -> list[str]:
        """Return the names of the pictures that hold these objects, each once."""
        return [self.name(self.annotations[i].path) for i in dict.fromkeys(self.objects.owner[mask].tolist())]

    def named_objects(self, mask: Flags) -> list[str]:
        """Return picture, class, left, top, right and bottom of each of these objects: `a.jpg (dog at 1 2 30 40.5)`."""
        objects = self.objects
        owners = objects.owner[mask].tolist()
        name_of = {i: self.name(self.annotations[i].path) for i in dict.fromkeys(owners)}
        names = [name_of[i] for i in owners]
        classes = [self.dataset.class_names[label] for label in objects.labels[mask]]
        boxes = [" ".join(f"{round(edge, 1):g}" for edge in box) for box in objects.boxes[mask].tolist()]
        return [f"{name} ({kind} at {box})" for name, kind, box in zip(names, classes, boxes, strict=True)]


def _splits(layouts: Sequence[Layout], dataset: Dataset) -> dict[str, tuple[Annotation, ...]]:
    """Return the usable annotations of each split; train, val and test come first."""
    usable = {annotation.path: annotation for annotation in dataset.annotations}
    names = split_names(layouts)
    found = {}
    for name in sorted(names, key=lambda name: APART.index(name) if name in APART else len(APART)):
        pictures = (layout.pictures.get(stem) for layout in layouts for stem in layout.stems_of(name))
        found[name] = tuple(usable[path] for path in pictures if path in usable)
    return found
