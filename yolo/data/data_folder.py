"""Data sets in PASCAL VOC's layout, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/."""

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np

from yolo.data import layout, split_lists
from yolo.data import similar_classes as names_of
from yolo.data.annotation_files import WITHOUT_AREA, AnnotationFiles, UsableObjects
from yolo.data.data_remarks import SHOWN, DataRemarks
from yolo.data.hash_split import hold_out
from yolo.errors import UserError, did_you_mean
from yolo.memory_tuning import garbage_collector_paused
from yolo.structures import Annotation
from yolo.wording import counted, shorten

NOTHING = UsableObjects(
    [], np.zeros((0, 4), np.float32), np.zeros(0, bool), {}, 0, 0
)  # in a picture without annotation

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class Dataset:
    """The pictures of one split.

    Attributes:
        annotations: one for each picture, in the order of the list.
        class_names: the name of every class; labels are indices into it.
        problems: what was left out or is odd and why, one sentence each, with the number and the names of the files.
        notes: what was taken where the data leave it open, one sentence each.
    """

    annotations: tuple[Annotation, ...]
    class_names: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __len__(self):
        return len(self.annotations)

    def only(self, class_names, others="that are not asked for"):
        """Return the data set with no other classes than those named; objects of others are then not there at all.

        It stays as it is where it has none of the classes named.

        Args:
            others: what the other classes are, for the sentence on what was left out.
        """
        names = tuple(name for name in self.class_names if name in class_names)
        if names in ((), self.class_names):
            return self
        number = np.array([names.index(name) if name in names else -1 for name in self.class_names])
        kept, lost = [], Counter()
        for known in self.annotations:
            labels = number[known.labels]
            lost.update(known.labels[labels < 0].tolist())
            here = labels >= 0
            labels = labels[here].astype(np.int32)
            kept.append(Annotation(known.path, known.boxes[here], labels, known.difficult[here]))
        named = [f"{self.class_names[label]} {number}" for label, number in lost.most_common()]
        told = f"{counted(sum(lost.values()), 'object')} of classes {others} left out: {shorten(named)}"
        problems = (*self.problems, told) if named else self.problems
        return replace(self, annotations=tuple(kept), class_names=names, problems=problems)


class DataFolder:
    """A data folder, listed and read once, whichever splits are loaded.

    Args:
        root: a VOC root (JPEGImages, Annotations, ImageSets/Main/*.txt), a VOCdevkit of several years (the same split
            of each, joined), images and annotations folders, or pictures and XML files side by side. Where there is no
            list `train`, `training_list.choose` says what is taken.
        anew: whether to read every annotation, instead of only those that have changed since an earlier start.
        corners: where the corners of boxes are counted from, "auto", "0" or "1".
        negatives: whether pictures without an annotation file are kept, as pictures without objects.
        shown: how many names a sentence gives.

    Raises:
        UserError: no such folder, or none of its annotations can be read.
    """

    def __init__(self, root, anew=False, corners="auto", negatives=False, shown=SHOWN):
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
    def of(cls, config):
        """Return the source that the settings of a command name: its `data`, `corners` and `negatives`."""
        return cls(config.data, corners=config.corners, negatives=config.negatives)

    @property
    def splits(self):
        """The names of the splits, sorted; `load` also takes 'all', 'trainval' and VOC's lists of single classes."""
        return _splits(self._folders)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return every name in any annotation of the folder, sorted."""
        return tuple(sorted(self._reading.counts))

    def load(self, split="train", class_names=None, flag="--split"):
        """Return the annotations of one split, a `Dataset`; no picture is decoded.

        Args:
            split: name of a list, or 'all'.
            class_names: the classes in the order of their labels; by default every name in any annotation of the
                folder, sorted, so that all splits agree.
            flag: that by which the user chooses this split, for messages.

        Raises:
            UserError: no such split, no usable picture in it, a class that is not in `class_names`.
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

    def _collect(self, split, class_names):
        """The pictures of a split, with what is missing or unusable reported."""
        labels = {name: label for label, name in enumerate(class_names)}
        pairs, tally = [], DataRemarks()
        for folder in self._folders:
            stems = folder.stems_of(split)
            chosen = set(stems)
            pairs += [pair for stem in stems if (pair := self._pair(folder, stem, tally))]
            for stem, path in folder.shadowed:
                tally.add("shadowed", path.name, number=stem in chosen)
            for path in folder.irregular:
                tally.add("irregular", path.name)
        problems = tally.sentences(self._shown)
        if not pairs:
            remarks = (remark for folder in self._folders for remark in folder.remarks)
            reason = "; ".join((*problems, *remarks)) or "it is empty"
            raise UserError(
                f"split '{split}' of {self.root} holds no usable picture ({reason}); check its list or folder."
            )
        _check_classes(pairs, labels)
        annotations = tuple(_annotation(picture, objects, labels) for picture, _, objects in pairs)
        folders, reading = self._folders, self._reading
        doubts = names_of.similar_names(reading.counts)
        problems += tuple(remark for folder in folders for remark in folder.remarks) + doubts
        notes = tuple(note for folder in folders for note in folder.paired + folder.notes)
        notes += (reading.corners,) * bool(reading.corners)
        bare = sum(source is None for _, source, _ in pairs)
        if bare:
            notes += (f"{counted(bare, 'picture')} without an annotation file taken as without objects",)
        return Dataset(annotations, class_names, problems, notes)

    def _pair(self, folder, stem, tally):
        """(picture, XML file or None, `UsableObjects`) of a stem, or None; remarks go to the tally."""
        picture, source = folder.pictures.get(stem), folder.annotations.get(stem)
        if picture is None:
            return tally.add("no picture", stem)
        if source is None:
            return (picture, None, NOTHING) if self._negatives else tally.add("no annotation", stem + picture.suffix)
        if source in self._reading.unreadable:
            return tally.add("unreadable", f"{stem}{source.suffix} ({self._reading.unreadable[source]})")
        objects = self._reading.objects[source]
        for reason, number in (objects.lost | {"twice": objects.twice, "before": objects.before}).items():
            tally.add(reason, stem + source.suffix, number)
        if not objects.names and objects.lost.keys() - {WITHOUT_AREA}:
            return tally.add("all lost", stem + picture.suffix)  # its objects would be taught as background
        if source in self._reading.unlike:
            tally.add(self._reading.unlike[source], stem + source.suffix)
        return picture, source, objects


def splits(root):
    """Return `DataFolder.splits` of a data folder; no annotation and no picture is read."""
    return _splits(layout.find(root))


def load(root, split="train", class_names=None):
    """Return `DataFolder.load` of a data folder."""
    return DataFolder(root).load(split, class_names)


def log_remarks(*datasets):
    """Log what there is to say of data sets, each sentence once."""
    for note in dict.fromkeys(note for dataset in datasets for note in dataset.notes):
        log.info(note)
    for problem in dict.fromkeys(problem for dataset in datasets for problem in dataset.problems):
        log.warning(problem)


def held_out(dataset, share=0.1):
    """Take a validation set out of a training set that came without one.

    The pictures with the highest hash of their stem are held out, so the choice is the same on every machine.

    Returns:
        The training part and the held-out part, disjoint, neither of them empty. Both know the same classes; problems
        and notes stay with the first.
    """
    try:
        chosen = set(hold_out([annotation.path.stem for annotation in dataset.annotations], share))
    except ValueError as error:
        number = counted(len(dataset), "picture")
        raise UserError(f"a validation set cannot be held out of {number}: {error}.") from error
    kept, held = [], []
    for i, annotation in enumerate(dataset.annotations):
        (held if i in chosen else kept).append(annotation)
    return replace(dataset, annotations=tuple(kept)), Dataset(tuple(held), dataset.class_names, ())


def _splits(folders):
    names = {name for folder in folders for name in folder.splits}
    return tuple(sorted(name for name in names if name.rpartition("_")[2] not in names - {name}))


def _check_classes(pairs, labels):
    """Raise UserError where objects are of classes that are not in the class list."""
    sources = defaultdict(list)
    for _, source, objects in pairs:
        for name in set(objects.names) - labels.keys():
            sources[name].append(source.name)
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


def _annotation(picture, objects, labels):
    numbers = np.array([labels[name] for name in objects.names], np.int32)
    return Annotation(picture, objects.boxes, numbers, objects.difficult)
