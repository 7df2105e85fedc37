"""Load datasets in the layout of PASCAL VOC.

http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from yolo.data import layout, split_lists
from yolo.data.annotation_files import WITHOUT_AREA, AnnotationFiles, UsableObjects
from yolo.data.clip_boxes import clip_to_pictures
from yolo.data.data_remarks import SHOWN, DataRemarks
from yolo.data.dataset import Dataset
from yolo.data.similar_classes import similar_names
from yolo.errors import UserError, did_you_mean
from yolo.garbage_collection import garbage_collector_paused
from yolo.shell import DataOptions
from yolo.structures import Annotation
from yolo.wording import counted, shorten

Pair: TypeAlias = tuple[Path, Path | None, UsableObjects]
"""A picture, its XML file if there is one, and the objects in it."""

NO_OBJECTS = UsableObjects([], np.zeros((0, 4), np.float32), np.zeros(0, bool), {}, twice=0, before=0)

log = logging.getLogger("yolo")


class DataFolder:
    """A data folder that is listed and read once for all its splits.

    Args:
        root: a VOC root (JPEGImages, Annotations, ImageSets/Main/*.txt), a VOCdevkit of several years (splits of the
            same name are joined), images and annotations folders, or pictures and XML files side by side. If there is
            no list `train`, `split_choice.choose` chooses the training pictures.
        anew: whether to read every annotation again, and not only those that are not in the cache.
        corners: where the corners of boxes are counted from, "auto", "0" or "1".
        negatives: whether pictures without an annotation file are kept, as pictures without objects.
        shown: number of names in a sentence.

    Raises:
        UserError: there is no such folder, or none of its annotations can be read.
    """

    def __init__(
        self,
        root: str | Path,
        anew: bool = False,
        corners: str = "auto",
        negatives: bool = False,
        shown: int = SHOWN,
    ) -> None:
        self.root = root
        self._negatives = negatives
        self._shown = shown
        with garbage_collector_paused():
            self._folders = layout.find(root)
            self._reading = AnnotationFiles(self._folders, corners, anew)
        if not self._reading.objects:
            reasons = shorten([f"{path.name} ({reason})" for path, reason in self._reading.unreadable.items()])
            raise UserError(f"none of the annotations in {root} can be read: {reasons}; export them as Pascal VOC.")

    @classmethod
    def of(cls, config: DataOptions) -> "DataFolder":
        """Return the data folder that the settings of a command name: `data`, `corners` and `negatives`."""
        assert config.data is not None  # commands require it
        return cls(config.data, corners=config.corners, negatives=config.negatives)

    @property
    def splits(self) -> tuple[str, ...]:
        """Return the sorted names of the splits; `load` also takes 'all', 'trainval' and lists of single classes."""
        return _splits(self._folders)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return every name in any annotation of the folder, sorted."""
        return tuple(sorted(self._reading.counts))

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
        known = {"all", *(name for folder in self._folders for name in folder.splits)}
        known |= {"trainval"} if {"train", "val"} <= known else set()
        if not known & {split, split_lists.canonical(split)}:
            for folder in self._folders:
                if error := folder.unreadable.get(split) or folder.unreadable.get(split_lists.canonical(split)):
                    raise error
            hint = did_you_mean(split, self.splits) or f", as in {flag} {(*self.splits, 'all')[0]}."
            raise UserError(f"{self.root} has no split '{split}': choose from {', '.join(self.splits)}, all{hint}")
        if class_names is None:
            class_names = self.class_names
            if not class_names:
                lost = ", ".join(f"{counted(number, 'object')} {why}" for why, number in self._reading.lost.items())
                what = f"no object that can be used ({lost})" if lost else "no object"
                way = "export each with a <bndbox>" if lost else "annotate some"
                raise UserError(f"the annotations in {self.root} hold {what}, so there is nothing to learn; {way}.")
        return self._collect(split if split in known else split_lists.canonical(split), tuple(class_names))

    def _collect(self, split: str, class_names: tuple[str, ...]) -> Dataset:
        """Return the pictures of a split, with sentences on missing or unusable files."""
        labels = {name: label for label, name in enumerate(class_names)}
        pairs: list[Pair] = []
        found = DataRemarks()
        for folder in self._folders:
            stems = folder.stems_of(split)
            chosen = set(stems)
            pairs += [pair for stem in stems if (pair := self._pair(folder, stem, found))]
            for stem, path in folder.shadowed:
                found.add("shadowed", path.name, number=stem in chosen)
            for path in folder.irregular:
                found.add("irregular", path.name)
        problems = found.sentences(self._shown)
        if not pairs:
            remarks = (remark for folder in self._folders for remark in folder.remarks)
            reason = "; ".join((*problems, *remarks)) or "it is empty"
            raise UserError(
                f"split '{split}' of {self.root} holds no usable picture ({reason}); check its list or folder."
            )
        _check_classes(pairs, labels)
        folders, reading = self._folders, self._reading
        written = [_annotation(picture, objects, labels) for picture, _, objects in pairs]
        annotations, beyond = clip_to_pictures(written, reading.heads, self._shown)
        doubts = similar_names(reading.counts)
        problems += beyond + tuple(remark for folder in folders for remark in folder.remarks) + doubts
        notes = tuple(note for folder in folders for note in folder.paired + folder.notes)
        notes += (reading.origin_note,) * bool(reading.origin_note)
        bare = sum(source is None for _, source, _ in pairs)
        if bare:
            notes += (f"{counted(bare, 'picture')} without an annotation file taken as without objects",)
        return Dataset(annotations, class_names, problems, notes)

    def _pair(self, folder: layout.Layout, stem: str, found: DataRemarks) -> Pair | None:
        """Return the pair of a stem, or None if it cannot be used; findings are added to `found`."""
        picture, source = folder.pictures.get(stem), folder.annotations.get(stem)
        if picture is None:
            found.add("no picture", stem)
        elif source is not None:
            return self._annotated(picture, source, stem, found)
        elif self._negatives:
            return picture, None, NO_OBJECTS
        else:
            found.add("no annotation", stem + picture.suffix)
        return None

    def _annotated(self, picture: Path, source: Path, stem: str, found: DataRemarks) -> Pair | None:
        """Return the pair of a picture and an XML file, or None if it cannot be used."""
        if source in self._reading.unreadable:
            found.add("unreadable", f"{stem}{source.suffix} ({self._reading.unreadable[source]})")
            return None
        objects = self._reading.objects[source]
        for reason, number in (objects.lost | {"twice": objects.twice, "before": objects.before}).items():
            found.add(reason, stem + source.suffix, number)
        if not objects.names and objects.lost.keys() - {WITHOUT_AREA}:
            found.add("all lost", stem + picture.suffix)  # training would take its objects for background
            return None
        if source in self._reading.unlike:
            found.add(self._reading.unlike[source], stem + source.suffix)
        return picture, source, objects


def splits(root: str | Path) -> tuple[str, ...]:
    """Return `DataFolder.splits` of a data folder; no annotation and no picture is read."""
    return _splits(layout.find(root))


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
    """Log the notes and problems of datasets, each sentence once."""
    for note in dict.fromkeys(note for dataset in datasets for note in dataset.notes):
        log.info(note)
    for problem in dict.fromkeys(problem for dataset in datasets for problem in dataset.problems):
        log.warning(problem)


def _splits(folders: Iterable[layout.Layout]) -> tuple[str, ...]:
    names = {name for folder in folders for name in folder.splits}
    return tuple(sorted(name for name in names if name.rpartition("_")[2] not in names - {name}))


def _check_classes(pairs: Iterable[Pair], labels: Mapping[str, int]) -> None:
    """Raise UserError if objects have classes that are not in the class list."""
    sources: dict[str, list[str]] = defaultdict(list)
    for picture, source, objects in pairs:
        for name in set(objects.names) - labels.keys():
            sources[name].append((source or picture).name)
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
