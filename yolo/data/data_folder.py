"""Load datasets: folders or files of annotations in any of the formats that `yolo.data.formats` reads."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from yolo.data import split_lists
from yolo.data.annotation_files import AnnotationFiles, UsableObjects
from yolo.data.clip_boxes import clip_to_pictures
from yolo.data.data_paths import data_paths
from yolo.data.dataset import Dataset
from yolo.data.findings import SHOWN, WITHOUT_AREA, Finding, FindingCounts
from yolo.data.formats.recognize import find
from yolo.data.layout import Layout, split_names, taken
from yolo.data.picture_sizes import Head
from yolo.data.similar_classes import similar_names
from yolo.errors import UserError, did_you_mean
from yolo.garbage_collection import garbage_collector_paused
from yolo.shell import DataOptions
from yolo.structures import Annotation
from yolo.wording import counted, shorten

NO_OBJECTS = UsableObjects([], np.zeros((0, 4), np.float32), np.zeros(0, bool), {}, {})

log = logging.getLogger("yolo")


class Pair(NamedTuple):
    """A picture, the place of its annotation for messages, and the objects in it."""

    picture: Path
    place: str
    objects: UsableObjects


@dataclass(frozen=True)
class Part:
    """A layout with its annotations; `position` is that of the layout in `reading`."""

    layout: Layout
    reading: AnnotationFiles
    position: int

    def objects(self, stem: str) -> UsableObjects:
        return self.reading.objects[self.position, stem]


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
        self._negatives = negatives
        self._parts: list[Part] = []
        with garbage_collector_paused():
            for path in data_paths(data):
                layouts = find(path)
                reading = AnnotationFiles(layouts, corners, anew)
                self._parts += [Part(layout, reading, i) for i, layout in enumerate(layouts)]
        unreadable = [
            f"{part.layout.place(stem)} ({reason})"
            for part in self._parts
            for (position, stem), reason in part.reading.unreadable.items()
            if position == part.position
        ]
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

    @property
    def heads(self) -> dict[Path, Head | UserError]:
        """Return the `picture_head`, or why it cannot be read, of each picture with a readable annotation."""
        return {path: head for reading in self._readings() for path, head in reading.heads.items()}

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
            hint = did_you_mean(split, self.splits) or f", as in {flag} {(*self.splits, 'all')[0]}."
            raise UserError(f"{self.root} has no split '{split}': choose from {', '.join(self.splits)}, all{hint}")
        if class_names is None:
            class_names = self.class_names
            if not self.counts:
                numbers = sum((reading.lost for reading in self._readings()), Counter[str]())
                lost = ", ".join(f"{counted(number, 'object')} {why}" for why, number in numbers.items())
                what = f"no object that can be used ({lost})" if lost else "no object"
                way = "correct or export them again, each with a box" if lost else "annotate some"
                raise UserError(f"the annotations in {self.root} hold {what}, so there is nothing to learn; {way}.")
        return self._collect(split if split in known else split_lists.canonical(split), tuple(class_names))

    def _collect(self, split: str, class_names: tuple[str, ...]) -> Dataset:
        """Return the pictures of a split, with findings on missing or unusable files."""
        labels = {name: label for label, name in enumerate(class_names)}
        pairs: list[Pair] = []
        found, bare = FindingCounts(), 0
        for part in self._parts:
            layout = part.layout
            stems = layout.stems_of(split)
            chosen = set(stems)
            pairs += [pair for stem in stems if (pair := self._pair(part, stem, found))]
            for stem, path in layout.shadowed:
                found.add("shadowed", path.name, number=stem in chosen)
            for path in layout.irregular:
                found.add("irregular", path.name)
            bare += sum(stem in layout.pictures and stem not in layout.annotations for stem in stems)
        findings = found.findings()
        remarks = tuple(Finding("layout", remark) for layout in self.layouts for remark in layout.remarks)
        if not pairs:
            reason = "; ".join(finding.sentence() for finding in (*findings, *remarks)) or "it is empty"
            raise UserError(
                f"split '{split}' of {self.root} holds no usable picture ({reason}); check its list or folder."
            )
        _check_classes(pairs, labels)
        written = [_annotation(pair.picture, pair.objects, labels) for pair in pairs]
        annotations, beyond = clip_to_pictures(written, self.heads)
        doubts = tuple(Finding("similar-class-names", doubt) for doubt in similar_names(self.counts))
        findings += beyond + remarks + doubts
        return Dataset(annotations, class_names, findings, self._notes(bare), taken(self.layouts, self.class_names))

    def _notes(self, bare: int) -> tuple[str, ...]:
        """Return one sentence on each choice that the program made; `bare` pictures have no annotation."""
        layouts = self.layouts
        notes = [note for layout in layouts for note in layout.paired + layout.notes]
        notes += [reading.origin_note for reading in self._readings() if reading.origin_note]
        if bare and (self._negatives or all(layout.bare_are_negative for layout in layouts)):
            notes.append(f"{counted(bare, 'picture')} without an annotation taken as without objects")
        return tuple(notes)

    def _pair(self, part: Part, stem: str, found: FindingCounts) -> Pair | None:
        """Return the pair of a stem, or None if it cannot be used; findings are added to `found`."""
        layout = part.layout
        picture = layout.pictures.get(stem)
        if picture is None:
            known = stem in layout.annotations
            found.add("no picture" if known else "no such picture", layout.place(stem))
        elif stem in layout.annotations:
            return self._annotated(part, picture, stem, found)
        elif self._negatives or layout.bare_are_negative:
            return Pair(picture, layout.place(stem), NO_OBJECTS)
        else:
            found.add("no annotation", layout.place(stem))
        return None

    def _annotated(self, part: Part, picture: Path, stem: str, found: FindingCounts) -> Pair | None:
        """Return the pair of a picture and its annotation, or None if it cannot be used."""
        place, key = part.layout.place(stem), (part.position, stem)
        if key in part.reading.unreadable:
            found.add("unreadable", f"{place} ({part.reading.unreadable[key]})")
            return None
        objects = part.objects(stem)
        for kind, number in objects.counts.items():
            found.add(kind, part.layout.place(stem, objects.lines.get(kind)), number)
        if not objects.names and objects.lost.keys() - {WITHOUT_AREA}:
            found.add("all lost", part.layout.picture_name(stem))  # training would take its objects for background
            return None
        if key in part.reading.unlike:
            found.add(part.reading.unlike[key], place)
        return Pair(picture, place, objects)


def splits(root: str | Path) -> tuple[str, ...]:
    """Return `DataFolder.splits` of a dataset; no picture is read."""
    return split_names([layout for path in data_paths(root) for layout in find(path)])


def load(root: str | Path, split: str = "train", class_names: Sequence[str] | None = None) -> Dataset:
    """Return `DataFolder.load` of a data folder.

    Example:
        >>> dataset = load("shapes", "train")
        >>> len(dataset), dataset.class_names
        (7, ('circle', 'cross', 'square', 'star', 'triangle'))

    Raises:
        UserError: there is no data folder, no such split, or no usable picture in it.
    """
    return DataFolder(root).load(split, class_names)


def log_remarks(*datasets: Dataset) -> None:
    """Log the notes and findings of datasets, each sentence once."""
    notes = (note for dataset in datasets for note in (dataset.source, *dataset.notes) if note)
    for note in dict.fromkeys(notes):
        log.info(note)
    for finding in dict.fromkeys(finding for dataset in datasets for finding in dataset.findings):
        log.log(logging.INFO if finding.level == "note" else logging.WARNING, finding.sentence())


def _check_classes(pairs: Iterable[Pair], labels: Mapping[str, int]) -> None:
    """Raise UserError if objects have classes that are not in the class list."""
    sources: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        for name in set(pair.objects.names) - labels.keys():
            sources[name].append(pair.place)
    if not sources:
        return
    found = [
        f"{shorten(files)} {'holds' if len(files) == 1 else 'hold'} the class '{name}'"
        for name, files in sorted(sources.items())
    ]
    which = "which is" if len(found) == 1 else "which are"
    raise UserError(
        f"{'; '.join(found[:SHOWN])}, {which} not in the class list: {', '.join(labels)}; "
        "add to the list or correct the annotations."
    )


def _annotation(picture: Path, objects: UsableObjects, labels: Mapping[str, int]) -> Annotation:
    numbers = np.array([labels[name] for name in objects.names], np.int32)
    return Annotation(picture, objects.boxes, numbers, objects.difficult)
