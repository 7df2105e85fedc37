"""The pictures, annotation files and splits of a dataset, as the recognition of its format has found them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from yolo.data.formats.written_annotation import Unit, WrittenAnnotation
from yolo.data.hash_split import Splits
from yolo.errors import UserError
from yolo.wording import counted

Contents: TypeAlias = Mapping[str, WrittenAnnotation | UserError]
"""Stem -> what is written about its picture, or an `UnreadableAnnotationError` that says why it cannot be read."""


@dataclass(frozen=True)
class Layout:
    """Pictures with annotations in one format. No picture is read for it, and only those annotation files that list the
    pictures.

    A stem is the name of a picture in its dataset: the path of a file below the folder of the pictures or of the
    annotations, without the ending: `a`, `batch1/a`. Where two pictures differ in their ending alone, it has
    the ending.

    Attributes:
        pictures: stem -> picture.
        annotations: stem -> the file that holds its annotation, which may be the same for all.
        read: reads the annotation of each stem in `annotations`; it is given the layout, and whether to read every file
            again instead of only those that are not in the cache.
        unit: the unit of the boxes in the annotations.
        format: the format in a few words, with the file that told it: "YOLO txt by data.yaml".
        class_names: the classes in the order of the dataset; if it has no order, an empty tuple.
        bare_are_negative: whether a picture without annotation is one without objects.
        shadowed: (stem, file) of files that are left out because another one with the same stem is used.
        irregular: broken links, and folders, pipes or devices that are named like a picture or an annotation file.
        folders: the names of the folders among the pictures, including empty ones.
        paired: sentences on annotations that are paired with a picture of another name.
        splits: the splits.
        notes: one sentence on each choice of splits that the lists do not make.
        remarks: one sentence on each possible problem.
        unreadable: name of a list that cannot be read -> why.
    """

    pictures: dict[str, Path]
    annotations: dict[str, Path]
    read: Callable[["Layout", bool], Contents]
    unit: Unit = "pixels"
    format: str = ""
    class_names: tuple[str, ...] = ()
    bare_are_negative: bool = False
    shadowed: tuple[tuple[str, Path], ...] = ()
    irregular: tuple[Path, ...] = ()
    folders: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()
    splits: Splits = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unreadable: dict[str, UserError] = field(default_factory=dict)

    @property
    def usable(self) -> set[str]:
        """Return the stems that have a picture and an annotation, or need none."""
        return set(self.pictures) if self.bare_are_negative else self.pictures.keys() & self.annotations.keys()

    @property
    def stems(self) -> list[str]:
        """Return the stems of all pictures and annotations, sorted."""
        return sorted(self.pictures.keys() | self.annotations.keys())

    def place(self, stem: str, line: int | None = None) -> str:
        """Return the place of an annotation for messages: `a.txt`, `a.txt:3`, `train.json:12 (a.jpg)`, or `a.jpg`.

        Args:
            line: the line in the annotation file.
        """
        if stem not in self.annotations:
            return self.picture_name(stem)
        file, where = self.annotations[stem], f":{line}" if line else ""
        if file.stem == stem.rpartition("/")[2]:
            return f"{stem}{file.suffix}{where}"
        return f"{file.name}{where} ({self.picture_name(stem)})"

    def picture_name(self, stem: str) -> str:
        """Return a stem with the ending of its picture, if there is one: `batch1/a.jpg`."""
        ending = self.pictures[stem].suffix if stem in self.pictures else ""
        return stem if stem.endswith(ending) else stem + ending

    def stems_of(self, split: str) -> Sequence[str]:
        """Return the stems of a split; none if there is no such split.

        'all' has the stems of every file and list. If there is no 'trainval', it has those of `train` and `val`.
        """
        if split == "trainval" and split not in self.splits:
            return tuple(dict.fromkeys(self.splits.get("train", ()) + self.splits.get("val", ())))
        if split != "all":
            return self.splits.get(split, ())
        return sorted(set(self.stems).union(*self.splits.values()))


def split_names(layouts: Collection[Layout]) -> tuple[str, ...]:
    """Return the sorted names of the splits of a dataset, without lists of single classes such as `cat_train`."""
    names = {name for layout in layouts for name in layout.splits}
    return tuple(sorted(name for name in names if name.rpartition("_")[2] not in names - {name}))


def taken(layouts: Sequence[Layout], class_names: Sequence[str]) -> str:
    """Return a sentence on what was taken: `YOLO txt by data.yaml: 3 classes, 205 train, 87 val, 72 test`."""
    forms = ", ".join(dict.fromkeys(layout.format for layout in layouts))
    numbers = {
        name: sum(len(layout.usable.intersection(layout.stems_of(name))) for layout in layouts)
        for name in ("train", "val", "test", *split_names(layouts))
        if name != "trainval"
    }
    sizes = [f"{number} {name}" for name, number in numbers.items() if number]
    return f"{forms}: {', '.join([counted(len(class_names), 'class'), *sizes])}"
