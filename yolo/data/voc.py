"""Data sets in PASCAL VOC's layout, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/."""

from dataclasses import dataclass

import numpy as np

from yolo.data import layout, voc_xml
from yolo.data.splits import hold_out, normal
from yolo.errors import UserError
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


def splits(root):
    """The names of the splits of a data folder, sorted; `load` also takes 'all' and VOC's lists of single classes."""
    return _names(layout.find(root))


def load(root, split="train", class_names=None):
    """Read the annotations of one split; no picture is opened.

    Args:
        root: a VOC root (JPEGImages, Annotations, ImageSets/Main/*.txt), a VOCdevkit of several years (the same split
            of each, joined), images and annotations folders, or pictures and XML files side by side. Without lists the
            split is made by a hash of each file's stem: train 80 %, val 10 %, test 10 %, trainval the first two.
        split: name of a list, or 'all'.
        class_names: the classes in the order of their labels; by default every name in any annotation under `root`,
            sorted, so that all splits agree.

    Raises:
        UserError: no such folder or split, an unreadable annotation, a class that is not in `class_names`.
    """
    folders = layout.find(root)
    if split != "all" and not any(split in folder.splits for folder in folders):
        raise UserError(f"{root} has no split '{split}': choose from {', '.join(_names(folders))}, all.")
    if class_names is None:
        parsed = {path: voc_xml.read(path) for folder in folders for path in folder.annotations.values()}
        class_names = sorted({name for objects in parsed.values() for name in objects.names})
        if not class_names:
            raise UserError(f"the annotations in {root} hold no object, so there is nothing to learn; annotate some.")
    else:
        parsed = {}
    return _collect(root, folders, split, tuple(class_names), parsed)


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


def _names(folders):
    """The splits of any folder, without those of single classes: dog_train beside train."""
    names = {name for folder in folders for name in folder.splits}
    return tuple(sorted(name for name in names if name.rpartition("_")[2] not in names - {name}))


def _collect(root, folders, split, class_names, parsed):
    """The pictures of a split, with what is missing or unusable reported."""
    labels = {name: label for label, name in enumerate(class_names)}
    annotations, no_picture, no_annotation, no_area, shadowed = [], [], [], [], []
    boxes_without_area = 0
    for folder in folders:
        everything = sorted(folder.pictures.keys() | folder.annotations.keys())
        stems = everything if split == "all" else folder.splits.get(split, ())
        shadowed += [path.name for path in folder.shadowed if normal(path.stem) in set(stems)]
        for stem in stems:
            picture, source = folder.pictures.get(stem), folder.annotations.get(stem)
            if picture is None:
                no_picture.append(stem)
            elif source is None:
                no_annotation.append(picture.name)
            else:
                objects = parsed.get(source) or voc_xml.read(source)
                if objects.without_area:
                    boxes_without_area += objects.without_area
                    no_area.append(source.name)
                annotations.append(_annotation(picture, source, objects, labels))
    problems = [
        (no_picture, f"{len(no_picture)} left out because no picture has that name"),
        (no_annotation, f"{len(no_annotation)} picture(s) left out because they have no annotation file"),
        (no_area, f"{boxes_without_area} box(es) without area left out"),
        (shadowed, f"{len(shadowed)} file(s) left out because another of the same name is used"),
    ]
    found = tuple(f"{sentence}: {_shorten(names)}" for names, sentence in problems if names)
    if not annotations:
        reason = "; ".join(found) or "the list is empty"
        raise UserError(f"split '{split}' of {root} holds no usable picture ({reason}); check its list.")
    return Dataset(tuple(annotations), class_names, found)


def _annotation(picture, source, objects, labels):
    for name in objects.names:
        if name not in labels:
            raise UserError(
                f"{source} holds the class '{name}', which is not in the class list: {', '.join(labels)}; "
                "add it to the list or correct the annotation."
            )
    numbers = np.array([labels[name] for name in objects.names], np.int32)
    return Annotation(picture, objects.boxes, numbers, objects.difficult)


def _shorten(names):
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
