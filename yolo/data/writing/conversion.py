"""Write a whole data folder in another format."""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from yolo.data.writing import coco_writer, voc_writer, yolo_writer
from yolo.data.writing.new_files import NewFiles
from yolo.data.writing.new_folder import new_folder
from yolo.data.writing.whole_dataset import FIRST, WholeDataset
from yolo.errors import UserError
from yolo.progress import bar
from yolo.wording import counted, short_repr, shorten

WRITERS = {"voc": voc_writer.write, "yolo": yolo_writer.write, "coco": coco_writer.write}
NAMES = {"voc": "VOC XML", "yolo": "YOLO txt", "coco": "COCO JSON"}


def convert(data: WholeDataset, folder: str | Path, format: str, link: bool = False) -> int:
    """Write a dataset into a new folder, which appears when it is complete.

    Args:
        format: a key of `WRITERS`.
        link: whether to link pictures (hard links) where the system can, instead of copying them.

    Returns:
        The number of pictures that were copied although they were to be linked.

    Raises:
        UserError: the folder is not empty or cannot be written to, or a class has a name that no format can hold.
    """
    refuse_odd_names(data.dataset.class_names)
    with new_folder(folder) as draft:
        return write(data, draft, format, link)


def write(data: WholeDataset, folder: Path, format: str, link: bool = False) -> int:
    """Write a dataset into a folder that is empty; the rest is as in `convert`."""
    with bar(total=len(data.sizes), desc="writing") as progress:
        files = NewFiles(folder, link, progress.update)
        WRITERS[format](data, files)
    return files.copied


def refuse_odd_names(class_names: Iterable[str]) -> None:
    """Raise UserError if a class has a name that no format can hold."""
    for name in class_names:
        if any(unicodedata.category(letter) in ("Cc", "Cs") or letter in "\ufffe\uffff" for letter in name):
            raise UserError(
                f"the class {short_repr(name)} has a control character or no character at all in its name: rename it "
                "first."
            )


def difficult_objects(data: WholeDataset) -> int:
    """Return the number of objects that are marked as difficult."""
    return sum(int(annotation.difficult.sum()) for annotation in data.dataset.annotations)


def without_difficult(data: WholeDataset) -> WholeDataset:
    """Return the dataset without its difficult objects."""
    return data.with_annotations(annotation.only(~annotation.difficult) for annotation in data.dataset.annotations)


def losses(data: WholeDataset, format: str) -> Iterator[str]:
    """Yield one sentence on each thing in the data that a format, or most of its readers, have no place for."""
    if format == "voc":
        yield from _class_losses(data)
        return
    if others := [f"{place} {len(chosen)}" for place, chosen in data.places.items() if place not in FIRST]:
        yield f"written beside train, val and test, which are all that most readers look for: {', '.join(others)}"
    if format == "yolo" and (number := difficult_objects(data)):
        objects = counted(number, "difficult object")
        yield f"{objects} written like the others, as YOLO has no mark for them; --difficult drop leaves them out"


def _class_losses(data: WholeDataset) -> Iterator[str]:
    """Yield the sentences on classes, of which VOC has no list."""
    classes = data.dataset.class_names
    found = np.unique(np.concatenate([one.labels for one in data.dataset.annotations])).tolist()
    if bare := [name for label, name in enumerate(classes) if label not in found]:
        unused = counted(len(bare), "class")
        yield f"{unused} without an object not written, as VOC has no list of classes: {shorten(bare)}"
    if list(classes) != sorted(classes):
        yield "the order of the classes is not written, as VOC has no list of classes; readers sort them by name"
