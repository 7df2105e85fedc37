"""Load datasets: folders or files of annotations in any of the formats that `yolo.data.formats` reads."""

import functools
import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from yolo.data import split_lists
from yolo.data.annotated_pictures import NO_OBJECTS, AnnotatedPicture, ReadLayout, labeled
from yolo.data.annotation_files import AnnotationFiles
from yolo.data.clip_boxes import clip_to_pictures
from yolo.data.data_paths import data_paths
from yolo.data.dataset import Dataset
from yolo.data.findings import KINDS, Finding, FindingCounts
from yolo.data.formats.recognize import find
from yolo.data.layout import Layout, split_names, taken
from yolo.data.picture_sizes import Head
from yolo.data.similar_classes import similar_names
from yolo.errors import UserError, did_you_mean
from yolo.garbage_collection import garbage_collector_paused
from yolo.picture_files import Unread
from yolo.shell import DataOptions
from yolo.wording import counted, shorten

log = logging.getLogger("yolo")


class DataFolder:
    """A dataset that is listed and read once for all its splits.

    Args:
        data: a folder or file in one of the formats that `recognize` knows, or several separated by commas, which are
            joined by the names of their splits and classes. If there is no split `train`, `split_choice.choose` chooses
            the training pictures.
        anew: whether to read every annotation again, and not only those that are not in the cache.
        corners: where the corners of boxes in VOC's format are counted from, "auto", "0" or "1".
        negatives: whether pictures without an annotation are kept, as pictures without objects.

    Raises:
        UserError: there are no such data, or none of their annotations can be read.
    """

    def __init__(self, data: str | Path, anew: bool = False, corners: str = "auto", negatives: bool = False) -> None:
        self.root = data
        self._parts: list[ReadLayout] = []
        paths = data_paths(data)
        with garbage_collector_paused():
            for path in paths:
                layouts, source = find(path), f"{path}: " if len(paths) > 1 else ""
                if negatives:
                    layouts = [replace(layout, bare_are_negative=True) for layout in layouts]
                reading = AnnotationFiles(layouts, corners, anew)
                self._parts += [ReadLayout(layout, reading, i, source) for i, layout in enumerate(layouts)]
        unreadable = [place for part in self._parts for place in part.unreadable]
        if unreadable and not any(reading.objects for reading in self._readings()):
            raise UserError(
                f"none of the annotations in {data} can be read: {shorten(unreadable)}; repair or export them again."
            )

    @classmethod
    def of(cls, config: DataOptions) -> "DataFolder":
        """Return the data that the settings of a command name: `data`, `corners` and `negatives`."""
        assert config.data is not None  # commands require it
        return cls(config.data, corners=config.corners, negatives=config.negatives)

    @property
    def splits(self) -> tuple[str, ...]:
        """Return the sorted names of the splits; `load` also takes 'all', 'trainval' and lists of single classes."""
        return split_names(self.layouts)

    @property
    def layouts(self) -> list[Layout]:
        """Return what the recognition of the format has found."""
        return [part.layout for part in self._parts]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return the classes in the order of the data; names that only stand in annotations come after them, sorted."""
        ordered = dict.fromkeys(name for layout in self.layouts for name in layout.class_names)
        return (*ordered, *sorted(self.counts.keys() - ordered))

    @property
    def counts(self) -> Counter[str]:
        """Return the number of objects of each class in all annotations."""
        return sum((reading.counts for reading in self._readings()), Counter())

    @functools.cached_property
    def heads(self) -> dict[Path, Head | UserError]:
        """Return the `picture_head`, or why it cannot be read, of each picture with a readable annotation."""
        return {path: head for reading in self._readings() for path, head in reading.heads.items()}

    @property
    def at_border(self) -> list[tuple[int, int]]:
        """Return `AnnotationFiles.at_border` of each data path."""
        return [reading.at_border for reading in self._readings()]

    @property
    def unreadable(self) -> dict[str, str]:
        """Return the place of each annotation of a picture that cannot be read -> why."""
        return {
            part.place(stem): reason
            for part in self._parts
            for (i, stem), reason in part.reading.unreadable.items()
            if i == part.position and stem in part.layout.pictures
        }

    def _readings(self) -> Iterator[AnnotationFiles]:
        return (part.reading for part in self._parts if part.position == 0)

    def load(self, split: str = "train", class_names: Sequence[str] | None = None, flag: str = "--split") -> Dataset:
        """Return the annotations of one split; no picture is decoded.

        Args:
            split: name of a split, or 'all'.
            class_names: the classes in the order of their labels; by default those of the property `class_names`, so
                that all splits agree.
            flag: the flag that chooses this split, for messages.

        Raises:
            UserError: there is no such split, it has no usable picture, or a class is not in `class_names`.
        """
        known = {"all", *(name for layout in self.layouts for name in layout.splits)}
        known |= {"trainval"} if {"train", "val"} <= known else set()
        if not known & {split, split_lists.canonical(split)}:
            for layout in self.layouts:
                if error := layout.unreadable.get(split) or layout.unreadable.get(split_lists.canonical(split)):
                    raise error
            likeliest = next(name for name in ("test", "val", *self.splits, "all") if name in (*self.splits, "all"))
            hint = did_you_mean(split, self.splits) or f", as in {flag} {likeliest}."
            raise UserError(f"{self.root} has no split '{split}': choose from {', '.join(self.splits)}, all{hint}")
        if class_names is None:
            class_names = self.class_names
            if not self.counts:
                numbers = sum((reading.lost for reading in self._readings()), Counter[str]())
                lost = ", ".join(KINDS[kind].counted(number) for kind, number in numbers.items())
                what = f"no object that can be used ({lost})" if lost else "no object"
                way = "correct or export them again, each with a box" if lost else "annotate some"
                raise UserError(f"the annotations in {self.root} hold {what}, so there is nothing to learn; {way}.")
        with garbage_collector_paused():
            return self._collect(split if split in known else split_lists.canonical(split), tuple(class_names))

    def pictures_of(self, split: str, found: FindingCounts) -> list[AnnotatedPicture]:
        """Return the usable pictures of a split with their boxes as they were read; findings are added to `found`."""
        return [each for part in self._parts for each in part.pictures_of(split, found)]

    def _collect(self, split: str, class_names: tuple[str, ...]) -> Dataset:
        """Return the pictures of a split, with findings on missing or unusable files."""
        found = FindingCounts()
        pictures = self.pictures_of(split, found)
        remarks = tuple(
            Finding("format-not-read" if isinstance(remark, Unread) else "layout", part.source + remark)
            for part in self._parts
            for remark in part.layout.remarks
        )
        if any(part.source for part in self._parts):
            _refuse_twice(pictures)
        annotations, beyond = clip_to_pictures(labeled(pictures, class_names), self.heads)
        if not annotations:
            all_findings = (*found.findings(), *beyond, *remarks)
            reason = "; ".join(finding.sentence() for finding in all_findings) or "it is empty"
            raise UserError(
                f"split '{split}' of {self.root} holds no usable picture ({reason}); check its list or folder."
            )
        findings = found.findings() + beyond + remarks + similar_names(self.counts)
        notes = self._notes(sum(each.objects is NO_OBJECTS for each in pictures))
        return Dataset(annotations, class_names, findings, notes, taken(self.layouts, self.class_names))

    def _notes(self, bare: int) -> tuple[str, ...]:
        """Return one sentence on each choice that the program made; `bare` pictures have no annotation."""
        notes = [note for part in self._parts for note in part.told(part.layout.paired + part.layout.notes)]
        for part in self._parts:
            if part.position == 0 and part.reading.origin_note:
                notes += part.told([part.reading.origin_note])
        if bare:
            notes.append(f"{counted(bare, 'picture')} without an annotation taken as without objects")
        return tuple(notes)


def layouts(data: str | Path) -> list[Layout]:
    """Return the layouts of all data paths; no picture is read."""
    return [layout for path in data_paths(data) for layout in find(path)]


def splits(data: str | Path) -> tuple[str, ...]:
    """Return `DataFolder.splits`; no picture is read."""
    return split_names(layouts(data))


def load(data: str | Path, split: str = "train", class_names: Sequence[str] | None = None) -> Dataset:
    """Return `DataFolder.load` of the dataset that `data` names, see `DataFolder`.

    Example:
        >>> dataset = load("shapes", "train")
        >>> len(dataset), dataset.class_names
        (7, ('circle', 'cross', 'square', 'star', 'triangle'))

    Raises:
        UserError: there are no such data, no such split, or no usable picture in it.
    """
    return DataFolder(data).load(split, class_names)


def log_remarks(*datasets: Dataset) -> None:
    """Log the notes and findings of datasets, each sentence once."""
    notes = (note for dataset in datasets for note in (dataset.source, *dataset.notes) if note)
    for note in dict.fromkeys(notes):
        log.info(note)
    for finding in dict.fromkeys(finding for dataset in datasets for finding in dataset.findings):
        log.log(logging.INFO if finding.level == "note" else logging.WARNING, finding.sentence())


def _refuse_twice(pictures: Sequence[AnnotatedPicture]) -> None:
    """Raise UserError if a picture comes from two data paths."""
    places: dict[str, str] = {}
    for each in pictures:
        path = os.path.abspath(each.picture)
        if path in places:
            raise UserError(
                f"the picture {each.picture} comes twice, by {places[path]} and by {each.place}: give each picture in "
                "one of the data paths only."
            )
        places[path] = each.place
