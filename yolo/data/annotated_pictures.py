"""Bring together the pictures of a split and their annotations, and count what cannot be used."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from yolo.data.annotation_files import AnnotationFiles, UsableObjects
from yolo.data.findings import SHOWN, WITHOUT_AREA, FindingCounts
from yolo.data.layout import Layout
from yolo.errors import UserError
from yolo.structures import Annotation
from yolo.wording import shorten

NO_OBJECTS = UsableObjects([], np.zeros((0, 4), np.float32), np.zeros(0, bool), {}, {})


class AnnotatedPicture(NamedTuple):
    """A picture, its stem in `part`, and the objects in it: `NO_OBJECTS` if it has none."""

    picture: Path
    stem: str
    objects: UsableObjects
    part: "ReadLayout"

    @property
    def place(self) -> str:
        """Return the place of its annotation, for messages."""
        return self.part.place(self.stem)


@dataclass(frozen=True)
class ReadLayout:
    """A layout and what was read of it.

    Attributes:
        layout: the layout.
        reading: the annotations of this layout and of the others of the same data path.
        position: the position of the layout among these.
        source: the data path if there are several, for messages: "farm: ", else an empty text.
    """

    layout: Layout
    reading: AnnotationFiles
    position: int
    source: str

    @property
    def unreadable(self) -> list[str]:
        """Return the place of each annotation that cannot be read, with the reason."""
        reasons = self.reading.unreadable.items()
        return [f"{self.place(stem)} ({reason})" for (i, stem), reason in reasons if i == self.position]

    def pictures_of(self, split: str, found: FindingCounts) -> Iterator[AnnotatedPicture]:
        """Yield the pictures of a split that can be used; findings are added to `found`."""
        stems = self.layout.stems_of(split)
        for stem in stems:
            if each := self._picture(stem, found):
                yield each
        chosen = set(stems)
        for stem, path in self.layout.shadowed:
            found.add("shadowed", self.source + path.name, number=stem in chosen)
        for path in self.layout.irregular:
            found.add("irregular", self.source + path.name)

    def told(self, sentences: Sequence[str]) -> list[str]:
        """Return sentences on this layout, with the data path before each if there are several."""
        return [self.source + sentence for sentence in sentences]

    def place(self, stem: str, line: int | None = None) -> str:
        """Return `Layout.place` of an annotation, with the data path if there are several."""
        return self.source + self.layout.place(stem, line)

    def _picture(self, stem: str, found: FindingCounts) -> AnnotatedPicture | None:
        """Return the picture of a stem, or None if it cannot be used."""
        picture = self.layout.pictures.get(stem)
        if picture is None:
            found.add("no picture" if stem in self.layout.annotations else "no such picture", self.place(stem))
        elif stem in self.layout.annotations:
            return self._annotated(picture, stem, found)
        elif self.layout.bare_are_negative:
            return AnnotatedPicture(picture, stem, NO_OBJECTS, self)
        else:
            found.add("no annotation", self.place(stem))
        return None

    def _annotated(self, picture: Path, stem: str, found: FindingCounts) -> AnnotatedPicture | None:
        """Return a picture that has an annotation, or None if it cannot be used."""
        key = self.position, stem
        if key in self.reading.unreadable:
            found.add("unreadable", f"{self.place(stem)} ({self.reading.unreadable[key]})")
            return None
        objects = self.reading.objects[key]
        for kind, number in objects.counts.items():
            found.add(kind, self.place(stem, objects.lines.get(kind)), number)
        if not objects.names and objects.lost.keys() - {WITHOUT_AREA}:
            # training would take its objects for background
            found.add("all lost", self.source + self.layout.picture_name(stem))
            return None
        if key in self.reading.unlike:
            found.add(self.reading.unlike[key], self.place(stem))
        return AnnotatedPicture(picture, stem, objects, self)


def labeled(pictures: Sequence[AnnotatedPicture], class_names: Sequence[str]) -> list[Annotation]:
    """Return the annotations of pictures, with the index in `class_names` of each object's class.

    Raises:
        UserError: an object has a class that is not in `class_names`.
    """
    labels = {name: label for label, name in enumerate(class_names)}
    names = list(chain.from_iterable(each.objects.names for each in pictures))
    if set(names) - labels.keys():
        raise _unknown_classes(pictures, labels)
    ends = list(accumulate(len(each.objects.names) for each in pictures))
    every = np.array([labels[name] for name in names], np.int32)  # one array for all takes less time
    return [
        Annotation(each.picture, each.objects.boxes, every[end - len(each.objects.names) : end], each.objects.difficult)
        for each, end in zip(pictures, ends, strict=True)
    ]


def _unknown_classes(pictures: Sequence[AnnotatedPicture], known: Collection[str]) -> UserError:
    """Return the error of objects whose class is not among the known ones."""
    unknown: dict[str, list[str]] = defaultdict(list)
    for each in pictures:
        for name in set(each.objects.names).difference(known):
            unknown[name].append(each.place)
    found = [
        f"{shorten(places)} {'holds' if len(places) == 1 else 'hold'} the class '{name}'"
        for name, places in sorted(unknown.items())
    ]
    which = "which is" if len(found) == 1 else "which are"
    return UserError(
        f"{'; '.join(found[:SHOWN])}, {which} not in the class list: {', '.join(known)}; "
        "add to the list or correct the annotations."
    )
