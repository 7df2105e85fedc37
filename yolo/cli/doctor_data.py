"""Check a dataset for `doctor --data`, without TensorFlow."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from yolo.cli.findings import Finding
from yolo.errors import UserError
from yolo.malloc_tuning import keep_freed_memory
from yolo.wording import counted

if TYPE_CHECKING:
    from yolo.data.data_folder import DataFolder
    from yolo.data.dataset import Dataset

SHOWN = 50  # names in a line, so that nearly all files to be repaired are seen at once
FEW = 50  # objects of a class
INPUT_SIZE = (416, 416)  # the default of training, at which objects may be too small


def data(root: str, corners: str = "auto", negatives: bool = False) -> Iterator[Finding]:
    """Yield the findings on a dataset: splits, objects of each class, and what is left out or suspicious."""
    from yolo.data import data_folder, suspicious_pictures
    from yolo.data.readable_pictures import cleaned

    keep_freed_memory()
    try:
        source = data_folder.DataFolder(root, anew=True, corners=corners, negatives=negatives)
        dataset = source.load("all")
        usable, broken = cleaned(dataset, "annotated")
        splits = {name: _usable_split(source, name, usable) for name in source.splits}
    except UserError as error:
        yield Finding("broken", "data", str(error))
        return
    yield from _counts(usable, splits)
    for note in dataset.notes:
        yield Finding("ok", "data", note)
    apart = {name: split for name in ("train", "val", "test") if (split := splits.get(name))}
    doubts = (
        *suspicious_pictures.in_two_splits(apart),
        *suspicious_pictures.under_a_pixel(usable.annotations, INPUT_SIZE),
    )
    for found in (*dataset.findings, *broken, *doubts):
        yield Finding("ok" if found.level == "note" else "warning", "data", found.sentence(SHOWN))


def _usable_split(source: "DataFolder", name: str, usable: "Dataset") -> "Dataset | None":
    """Return a split with its usable pictures only, or None if there are none."""
    try:
        split = source.load(name, usable.class_names)
    except UserError:
        return None
    paths = {annotation.path for annotation in usable.annotations}
    kept = tuple(annotation for annotation in split.annotations if annotation.path in paths)
    return dataclasses.replace(split, annotations=kept) if kept else None


def _counts(dataset: "Dataset", splits: "Mapping[str, Dataset | None]") -> Iterator[Finding]:
    """Yield the numbers of pictures and objects, in all, of each split, and of each class."""
    import numpy as np

    labels = np.concatenate([annotation.labels for annotation in dataset.annotations])
    difficult = sum(int(annotation.difficult.sum()) for annotation in dataset.annotations)
    empty = sum(not len(annotation.labels) for annotation in dataset.annotations)
    pictures, objects = counted(len(dataset), "picture"), counted(len(labels), "object")
    bare = f" ({empty} without objects)" if empty else ""
    yield Finding("ok", "data", f"{pictures}{bare}, {objects}")
    if difficult:
        marked = f"{counted(difficult, 'object')} {'is' if difficult == 1 else 'are'} marked difficult"
        yield Finding("ok", "data", f"{marked}: neither taught nor counted as background")
    sizes = ", ".join(f"{name} {len(split) if split else 0}" for name, split in splits.items())
    yield Finding("ok", "data", f"splits: {sizes}")
    for name, split in splits.items():
        if not split:
            text = f"the split '{name}' holds no picture that can be used: repair or remove its list or folder"
            yield Finding("warning", "data", text)
    for name, count in zip(dataset.class_names, np.bincount(labels, minlength=len(dataset.class_names)), strict=True):
        state: Literal["ok", "warning"] = "warning" if count < FEW else "ok"
        advice = ", so few that its score will be uncertain: annotate more" if count < FEW else ""
        yield Finding(state, "class", f"{name}: {counted(int(count), 'object')}{advice}")
