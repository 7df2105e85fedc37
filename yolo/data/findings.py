"""The vocabulary of findings in a dataset, one for training, evaluation and `doctor`.

A finding is of a kind. The kinds that reading the annotations finds are in `KINDS`; other checks make findings of their
own.
"""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from yolo.data import stated_size
from yolo.wording import counted, shorten

SHOWN = 5  # names in a message before it says how many more there are
WITHOUT_AREA = "without area"  # the one reason to leave out a box that means no object
EXCHANGED = "exchanged"

Level: TypeAlias = Literal["note", "warning", "unusable"]
"""A note needs no action; data with an unusable finding cannot be trained on."""


@dataclass(frozen=True)
class Finding:
    """One kind of thing that a check has found in a dataset.

    Attributes:
        check: the name of the check: "box-outside".
        text: what was found, with the number: "3 boxes outside the picture left out".
        count: the number of files, objects or classes concerned.
        files: the names of the files, with the line if it is known: "a.txt:3"; empty if it concerns no file.
        advice: what to do, or an empty text.
        level: how bad it is.
        names: what is shown in place of the files: objects in them, groups of them, classes or splits.
    """

    check: str
    text: str
    count: int = 1
    files: tuple[str, ...] = ()
    advice: str = ""
    level: Level = "warning"
    names: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Return what is shown: the names, or the files if there are none."""
        return self.names or self.files

    def sentence(self, shown: int = SHOWN) -> str:
        """Return the finding as one sentence with at most `shown` names."""
        names = f": {shorten(self.shown, shown)}" if self.shown else ""
        return f"{self.text}{names}{self.advice and f'; {self.advice}'}"


class Kind(NamedTuple):
    """A kind of finding: the name of its check, the noun that is counted, the rest of the sentence, and advice."""

    check: str
    noun: str
    text: str
    advice: str = ""
    level: Level = "warning"

    def counted(self, number: int) -> str:
        """Return what was found, with its number: "2 boxes without area left out"."""
        return f"{counted(number, self.noun)} {self.text}"

    def finding(
        self,
        count: int,
        files: Iterable[str] = (),
        detail: str = "",
        advice: str | None = None,
        level: Level | None = None,
        names: Iterable[str] = (),
    ) -> Finding:
        """Return a finding of this kind.

        Args:
            detail: the end of the sentence, with a blank or comma before it.
            advice, level: other ones than those of the kind.
            names: see `Finding`.
        """
        advice, level = self.advice if advice is None else advice, level or self.level
        return Finding(self.check, self.counted(count) + detail, count, tuple(files), advice, level, tuple(names))


KINDS = {  # findings come in this order
    "no picture": Kind(
        "annotation-without-picture", "annotation", "left out because no picture has that name", "bring the pictures"
    ),
    "no such picture": Kind(
        "listed-without-picture", "entry", "of a list left out because no picture has that name", "bring the pictures"
    ),
    "no annotation": Kind(
        "missing-annotation",
        "picture",
        "without an annotation file left out",
        "annotate them, write a file without objects for a picture that holds none, or take all of these as such with "
        "--negatives",
    ),
    "unreadable": Kind("unreadable-annotation", "annotation", "that cannot be read left out", "repair or remove these"),
    "without a name": Kind("object-without-name", "object", "without a name left out"),
    "without a <bndbox>": Kind("object-without-box", "object", "without a <bndbox> left out"),
    "whose <bndbox> is not four numbers": Kind(
        "box-not-four-numbers", "object", "whose <bndbox> is not four numbers left out"
    ),
    "bad line": Kind(
        "bad-line", "line", "without a class number and a box, polygon or turned box left out", "correct these"
    ),
    "class beyond names": Kind(
        "class-beyond-names",
        "object",
        "of a class beyond the names left out",
        "add the names, or number the classes from 0 without gaps: some converters write the category ids of COCO",
    ),
    "unknown category": Kind(
        "unknown-category",
        "object",
        "of a category_id that the file does not list left out",
        "add it to the categories of the file",
    ),
    "not shares": Kind(
        "coordinates-above-1",
        "line",
        "with coordinates above 1 left out",
        "YOLO wants shares of the width and height from 0 to 1, and these look like pixels",
    ),
    "bad object": Kind("bad-object", "object", "without a usable box or class left out", "correct these"),
    WITHOUT_AREA: Kind("box-without-area", "box", "without area left out", "remove or redraw these"),
    EXCHANGED: Kind("box-exchanged", "box", "with exchanged corners, put in order", "look whether these are right"),
    "all lost": Kind("all-objects-lost", "picture", "left out because every object annotated there is lost"),
    "polygon": Kind("polygon", "polygon", "taken by the enclosing box", level="note"),
    "turned box": Kind("turned-box", "turned box", "taken by the enclosing upright box", level="note"),
    "circle": Kind("circle", "circle", "taken by the enclosing box", level="note"),
    "mask": Kind("mask", "mask", "taken by the enclosing box", level="note"),
    "keypoints": Kind("keypoints", "box", "with keypoints, which are not used", level="note"),
    "confidence": Kind("confidence", "line", "with one more number, such as a confidence, not used", level="note"),
    "no objects": Kind("empty-annotation", "picture", "without objects by an empty label file", level="note"),
    "twice": Kind("duplicate-box", "box", "drawn a second time in the same picture", "keep one box for each object"),
    stated_size.TURNED: Kind(
        "size-before-exif-turn",
        "annotation",
        "of the size before the EXIF turn of the picture, boxes turned as the picture is",
    ),
    stated_size.INFERRED: Kind(
        "size-hides-exif-turn",
        "annotation",
        "of a size that shows no EXIF turn, boxes turned as the picture is because others were drawn before it",
    ),
    stated_size.UNPROVEN: Kind(
        "exif-turn-unproven",
        "annotation",
        "of a size that shows no EXIF turn or of none, boxes left as they are although others were drawn before it",
        "look whether they lie on the objects",
    ),
    stated_size.SCALED: Kind(
        "size-scaled", "annotation", "of another size than the picture's by one factor, boxes scaled by it"
    ),
    stated_size.UNLIKE: Kind(
        "size-unlike-picture",
        "annotation",
        "of another size than the picture's, boxes left as they are",
        "look whether they lie on the objects",
    ),
    "shadowed": Kind("same-name", "file", "left out because another of the same name is used"),
    "irregular": Kind(
        "irregular-file",
        "name",
        "left out for not being a regular file but a folder, a pipe, a device or a broken link",
    ),
}
LOST = {  # kinds of objects that were left out
    "without a name",
    "without a <bndbox>",
    "whose <bndbox> is not four numbers",
    "bad line",
    "class beyond names",
    "unknown category",
    "not shares",
    "bad object",
    WITHOUT_AREA,
}


class FindingCounts:
    """Counts of findings, by the kinds in `KINDS`, with the names of their files."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[str, int]]] = defaultdict(list)

    def add(self, kind: str, name: str, number: int = 1) -> None:
        """Count `number` findings of a kind in the file called `name`."""
        if number:
            self._entries[kind].append((name, int(number)))

    def entries(self) -> Iterator[tuple[str, str, int]]:
        """Yield the key in `KINDS`, the name of the file and the number of findings for each call of `add`."""
        for key in KINDS:
            yield from ((key, name, number) for name, number in self._entries.get(key, ()))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each kind that was found."""
        return tuple(
            kind.finding(sum(number for _, number in entries), [name for name, _ in entries])
            for key, kind in KINDS.items()
            if (entries := self._entries.get(key))
        )


def names_within(chosen: Iterable[Path], paths: Collection[Path]) -> list[str]:
    """Return the names of files relative to the folder that all files have in common: `a.png`, `test/a.png`.

    Args:
        chosen: the files to name, all of them in `paths`.
        paths: all files.
    """
    common = common_folder(paths)
    return [name_within(path, common) for path in chosen]


def common_folder(paths: Iterable[Path]) -> Path | None:
    """Return the absolute path of the folder that files have in common; None if that is at most the root of a drive."""
    folders = {os.path.dirname(path) for path in paths}
    try:
        common = Path(os.path.commonpath([os.path.abspath(folder) for folder in folders]))
    except ValueError:  # no files, or two drives
        return None
    return common if common != common.parent else None


def name_within(path: Path, folder: Path | None) -> str:
    """Return the name of a file relative to a folder that it lies in; its path as it is if it does not.

    Args:
        folder: an absolute path, or None.
    """
    whole = Path(os.path.abspath(path))
    return (whole.relative_to(folder) if folder and whole.is_relative_to(folder) else path).as_posix()
