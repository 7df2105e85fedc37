"""Read all annotations of a dataset, and correct them by the sizes of their pictures.

From which number corners are counted, and whether different sizes can be corrected, is decided once for the whole
dataset, so that every split is read in the same way.
"""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Flags
from yolo.data import metadata_cache, stated_size, voc_xml
from yolo.data.corner_origin import enclosing, half_open, origin_of
from yolo.data.layout import Layout
from yolo.data.picture_sizes import picture_heads
from yolo.data.voc_xml import UnreadableAnnotationError, VocAnnotation
from yolo.errors import UserError
from yolo.progress import late_bar

WITHOUT_AREA = "without area"  # the one reason to leave out a box that means no object


@dataclass(frozen=True)
class UsableObjects:
    """The usable objects of one annotation file.

    Attributes:
        names: the class name of each.
        boxes: in pixels of the upright picture, not yet cut to it.
        difficult: whether each is marked as difficult.
        lost: reason -> number of objects that were left out for it.
        twice: number of boxes that repeat another box.
        before: number of boxes that begin more than two pixels left of the picture or above it.
    """

    names: list[str]
    boxes: Annotated[NDArray[np.float32], "n 4"]
    difficult: Flags
    lost: dict[str, int]
    twice: int
    before: int


class AnnotationFiles:
    """The annotations of a dataset, read and corrected.

    Args:
        layouts: the layouts of the dataset.
        corners: the user's choice of where corners are counted from, "auto", "0" or "1".
        anew: whether to read every annotation again, and not only those that are not in the cache.

    Attributes:
        objects: XML file -> its `UsableObjects`.
        unreadable: XML file -> why it cannot be read, in a few words.
        unlike: XML file -> how its stated size differs from that of its picture, see `stated_size`; only if it does.
        origin: the number that corners are counted from, 0 or 1.
        origin_note: a sentence on that, or an empty text.
        heads: picture -> its `picture_head`, or why it cannot be read, for each picture with a readable annotation.
    """

    def __init__(self, layouts: Sequence[Layout], corners: str = "auto", anew: bool = False) -> None:
        paths = [path for layout in layouts for path in layout.annotations.values()]
        found: Mapping[Path, VocAnnotation | UserError]
        found = _read(paths) if anew else metadata_cache.cached("annotations", paths, _read, _restored)
        written = {path: content for path, content in found.items() if not isinstance(content, UserError)}
        self.unreadable = {
            path: error.reason for path, error in found.items() if isinstance(error, UnreadableAnnotationError)
        }
        self.origin, self.origin_note = origin_of(written.values(), corners)
        self.objects = _objects(written, self.origin)
        self._correct(layouts, written)

    @property
    def lost(self) -> Counter[str]:
        """Return the number of objects that are left out for each reason."""
        return sum((Counter(objects.lost) for objects in self.objects.values()), Counter())

    @functools.cached_property
    def counts(self) -> Counter[str]:
        """Return the number of objects of each class."""
        return Counter(name for objects in self.objects.values() for name in objects.names)

    def _correct(self, layouts: Sequence[Layout], written: Mapping[Path, VocAnnotation]) -> None:
        """Map the boxes of annotations whose stated size differs from that of their picture to the picture."""
        pictures = {
            source: layout.pictures[stem]
            for layout in layouts
            for stem, source in layout.annotations.items()
            if stem in layout.pictures and source in written
        }
        self.heads = picture_heads(list(pictures.values()))
        cases = {
            source: (self.objects[source].boxes, written[source].size, head)
            for source, picture in pictures.items()
            if not isinstance(
                head := self.heads[picture], UserError
            )  # a picture that cannot be decoded is left out later
        }
        self.unlike = stated_size.decide(cases)
        for source, kind in self.unlike.items():
            boxes, stated, head = cases[source]
            self.objects[source] = replace(
                self.objects[source], boxes=stated_size.to_picture(boxes, kind, stated, head)
            )


def _objects(written: Mapping[Path, VocAnnotation], origin: int) -> dict[Path, UsableObjects]:
    """Return the usable objects of each XML file; all boxes are converted in one call, which is faster."""
    corners = np.fromiter(chain.from_iterable(file.corners for file in written.values()), np.float64).reshape(-1, 4)
    boxes, usable = half_open(corners, origin), enclosing(corners, origin)
    before = np.any(corners[:, :2] < origin - 2, axis=1)
    difficult = np.fromiter(chain.from_iterable(file.difficult for file in written.values()), bool)
    found, end = {}, 0
    for path, file in written.items():
        begin, end = end, end + len(file.names)
        kept, number = usable[begin:end], int((before[begin:end] & usable[begin:end]).sum())
        here = UsableObjects(file.names, boxes[begin:end], difficult[begin:end], file.lost, file.twice, number)
        found[path] = here if kept.all() else _with_area(here, kept)
    return found


def _with_area(objects: UsableObjects, usable: Flags) -> UsableObjects:
    """Return the objects whose boxes enclose an area; the others are counted as lost."""
    names = [name for name, kept in zip(objects.names, usable, strict=True) if kept]
    lost = objects.lost | {WITHOUT_AREA: len(objects.names) - len(names)}
    return replace(objects, names=names, boxes=objects.boxes[usable], difficult=objects.difficult[usable], lost=lost)


def _read(paths: Sequence[Path]) -> dict[Path, VocAnnotation | UserError]:
    """Return the content of each XML file, or the reason why it cannot be read."""
    return {path: _read_one(path) for path in late_bar(paths, len(paths), desc="reading annotations", unit="file")}


def _read_one(path: Path) -> VocAnnotation | UserError:
    try:
        return voc_xml.read(path)
    except UnreadableAnnotationError as error:
        return error


def _restored(values: Sequence[Any]) -> VocAnnotation:
    """Return an annotation from the list that JSON has made of it."""
    return VocAnnotation(*values)
