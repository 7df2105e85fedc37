"""Data sets in PASCAL VOC's layout, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from yolo.data import index, layout, voc_xml
from yolo.data.splits import hold_out, normal
from yolo.errors import UserError, did_you_mean
from yolo.progress import bar
from yolo.samples import Annotation

SHOWN = 5  # names given in a message before it says how many more there are


@dataclass(frozen=True)
class Dataset:
    """The pictures of one split.

    Attributes:
        annotations: one for each picture, in the order of the list.
        class_names: the name of every class; labels are indices into it.
        problems: what was left out and why, one sentence each, with the number and the names of the files.
    """

    annotations: tuple[Annotation, ...]
    class_names: tuple[str, ...]
    problems: tuple[str, ...]

    def __len__(self):
        return len(self.annotations)


class Source:
    """A data folder, listed once; every annotation is read once, whichever splits are loaded.

    Args:
        root: a VOC root (JPEGImages, Annotations, ImageSets/Main/*.txt), a VOCdevkit of several years (the same split
            of each, joined), images and annotations folders, or pictures and XML files side by side. Without lists the
            split is made by a hash of each file's stem: train 80 %, val 10 %, test 10 %, trainval the first two.
        anew: whether to read every annotation, instead of only those that have changed since an earlier start.

    Raises:
        UserError: no such folder.
    """

    def __init__(self, root, anew=False):
        self.root = root
        self._anew = anew
        self._folders = layout.find(root)
        self._known = {}  # path -> Objects

    @property
    def splits(self):
        """The names of the splits, sorted; `load` also takes 'all' and VOC's lists of single classes."""
        names = {name for folder in self._folders for name in folder.splits}
        return tuple(sorted(name for name in names if name.rpartition("_")[2] not in names - {name}))

    def load(self, split="train", class_names=None):
        """The annotations of one split, a `Dataset`; no picture is opened.

        Args:
            split: name of a list, or 'all'.
            class_names: the classes in the order of their labels; by default every name in any annotation of the
                folder, sorted, so that all splits agree.

        Raises:
            UserError: no such split, an unreadable annotation, a class that is not in `class_names`.
        """
        if split != "all" and not any(split in folder.splits for folder in self._folders):
            hint = did_you_mean(split, [*self.splits, "all"]) or "."
            raise UserError(f"{self.root} has no split '{split}': choose from {', '.join(self.splits)}, all{hint}")
        if class_names is None:
            everything = self._objects([path for folder in self._folders for path in folder.annotations.values()])
            class_names = sorted({name for objects in everything.values() for name in objects.names})
            if not class_names:
                raise UserError(
                    f"the annotations in {self.root} hold no object, so there is nothing to learn; annotate some."
                )
        return self._collect(split, tuple(class_names))

    def _objects(self, paths):
        """path -> `Objects`, of at least these paths."""
        unread = [path for path in paths if path not in self._known]
        recall = _read_now if self._anew else partial(index.recall, "annotations", read=_plain, make=_objects)
        self._known |= recall(unread)
        return self._known

    def _collect(self, split, class_names):
        """The pictures of a split, with what is missing or unusable reported."""
        labels = {name: label for label, name in enumerate(class_names)}
        annotations, no_picture, no_annotation, no_area, shadowed = [], [], [], [], []
        boxes_without_area = 0
        for folder in self._folders:
            everything = sorted(folder.pictures.keys() | folder.annotations.keys())
            stems = everything if split == "all" else folder.splits.get(split, ())
            chosen = set(stems)
            shadowed += [path.name for path in folder.shadowed if normal(path.stem) in chosen]
            objects = self._objects([folder.annotations[stem] for stem in stems if folder.complete(stem)])
            for stem in stems:
                picture, source = folder.pictures.get(stem), folder.annotations.get(stem)
                if picture is None:
                    no_picture.append(stem)
                elif source is None:
                    no_annotation.append(picture.name)
                else:
                    if objects[source].without_area:
                        boxes_without_area += objects[source].without_area
                        no_area.append(source.name)
                    annotations.append(_annotation(picture, source, objects[source], labels))
        problems = [
            (no_picture, f"{len(no_picture)} left out because no picture has that name"),
            (no_annotation, f"{len(no_annotation)} picture(s) left out because they have no annotation file"),
            (no_area, f"{boxes_without_area} box(es) without area left out"),
            (shadowed, f"{len(shadowed)} file(s) left out because another of the same name is used"),
        ]
        found = tuple(f"{sentence}: {shorten(names)}" for names, sentence in problems if names)
        if not annotations:
            reason = "; ".join(found) or "the list is empty"
            raise UserError(f"split '{split}' of {self.root} holds no usable picture ({reason}); check its list.")
        return Dataset(tuple(annotations), class_names, found)


def splits(root):
    """`Source.splits` of a data folder."""
    return Source(root).splits


def load(root, split="train", class_names=None):
    """`Source.load` of a data folder."""
    return Source(root).load(split, class_names)


def held_out(dataset, share=0.1):
    """Take a validation set out of a training set that came without one.

    The pictures with the highest hash of their stem are held out, so the choice is the same on every machine.

    Returns:
        The training part and the held-out part, disjoint, neither of them empty. Both know the same classes; the
        problems stay with the first.
    """
    try:
        chosen = set(hold_out([annotation.path.stem for annotation in dataset.annotations], share))
    except ValueError as error:
        raise UserError(f"a validation set cannot be held out of {len(dataset)} picture(s): {error}.") from error
    kept, held = [], []
    for i, annotation in enumerate(dataset.annotations):
        (held if i in chosen else kept).append(annotation)
    return (
        Dataset(tuple(kept), dataset.class_names, dataset.problems),
        Dataset(tuple(held), dataset.class_names, ()),
    )


def _read_now(paths):
    """path -> `Objects`, whatever is remembered."""
    return {path: _objects(plain) for path, plain in _plain(paths).items()}


def _plain(paths):
    """path -> what `voc_xml.read_plain` says."""
    return {path: voc_xml.read_plain(path) for path in bar(paths, desc="reading annotations", unit="file", delay=2)}


def _objects(plain):
    return voc_xml.objects(*plain)


def _annotation(picture, source, objects, labels):
    for name in objects.names:
        if name not in labels:
            raise UserError(
                f"{source} holds the class '{name}', which is not in the class list: {', '.join(labels)}; "
                "add it to the list or correct the annotation."
            )
    numbers = np.array([labels[name] for name in objects.names], np.int32)
    return Annotation(picture, objects.boxes, numbers, objects.difficult)


def shorten(names):
    """`"a, b, c, d, e and 7 more"`."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
