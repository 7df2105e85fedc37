"""One reading of a whole data set: every annotation, held against its picture.

Whether corners count from 0, and whether differing sizes can be undone, is decided for the data set as a whole, so that
every split is read alike.
"""

import functools
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np

from yolo.data import corners, disk_cache, stated_size, voc_xml
from yolo.data.picture_sizes import picture_heads
from yolo.data.voc_xml import UnreadableAnnotationError, VocAnnotation
from yolo.errors import UserError
from yolo.progress import late_bar

WITHOUT_AREA = "without area"  # why a box is left out; it hides no object


@dataclass(frozen=True)
class UsableObjects:
    """The usable objects of one annotation file.

    Attributes:
        names: the class name of each.
        boxes: (n, 4) float32, xyxy in pixels of the upright picture, half-open, not yet cut to it.
        difficult: (n,) bool.
        lost: reason -> number of objects that were left out for it.
        twice: how many boxes are there a second time.
        before: how many begin more than two pixels left of the picture or above it.
    """

    names: list[str]
    boxes: np.ndarray
    difficult: np.ndarray
    lost: dict[str, int]
    twice: int
    before: int


class AnnotationFiles:
    """The annotations of a data set, read and corrected.

    Args:
        layouts: those of the data set.
        asked: where corners are counted from, "auto", "0" or "1".
        anew: whether to read every annotation, instead of only those that have changed since an earlier start.

    Attributes:
        objects: XML file -> its `UsableObjects`.
        unreadable: XML file -> why it cannot be read, a few words.
        unlike: XML file -> how it differs from its picture in size or turn, one of `frames`' kinds; only those that do.
        origin: 0 or 1, from which corners are counted.
        corners: a sentence on that, or nothing.
    """

    def __init__(self, layouts, asked="auto", anew=False):
        paths = [path for layout in layouts for path in layout.annotations.values()]
        recall = _read if anew else partial(disk_cache.cached, "annotations", read=_read, make=_written)
        found = recall(paths)
        written = {path: known for path, known in found.items() if not isinstance(known, UserError)}
        self.unreadable = {path: known.reason for path, known in found.items() if isinstance(known, UserError)}
        self.origin, self.corners = corners.origin_of(written.values(), asked)
        self.objects = _objects(written, self.origin)
        self._correct(layouts, written)

    @property
    def lost(self):
        """The number of objects that are left out for each reason."""
        return sum((Counter(objects.lost) for objects in self.objects.values()), Counter())

    @functools.cached_property
    def counts(self):
        """The number of objects of each class."""
        return Counter(name for objects in self.objects.values() for name in objects.names)

    def _correct(self, layouts, written):
        """Bring the boxes of annotations that state another size than their picture has into the picture."""
        pictures = {
            source: layout.pictures[stem]
            for layout in layouts
            for stem, source in layout.annotations.items()
            if stem in layout.pictures and source in written
        }
        heads = picture_heads(list(pictures.values()))
        cases = {
            source: (self.objects[source].boxes, written[source].size, heads[picture])
            for source, picture in pictures.items()
            if not isinstance(heads[picture], UserError)  # a picture that cannot be decoded is left out later
        }
        self.unlike = stated_size.decide(cases)
        for source, kind in self.unlike.items():
            boxes, stated, head = cases[source]
            self.objects[source] = replace(
                self.objects[source], boxes=stated_size.to_picture(boxes, kind, stated, head)
            )


def _objects(written, origin):
    """{XML file: `UsableObjects`} of {XML file: `VocAnnotation`}; all boxes are converted in one."""
    table = np.fromiter(chain.from_iterable(known.corners for known in written.values()), np.float64).reshape(-1, 4)
    boxes, usable = corners.half_open(table, origin), corners.enclosing(table, origin)
    before = (table[:, :2] < origin - 2).any(axis=1)
    difficult = np.fromiter(chain.from_iterable(known.difficult for known in written.values()), bool)
    found, end = {}, 0
    for path, known in written.items():
        begin, end = end, end + len(known.names)
        kept, number = usable[begin:end], int((before[begin:end] & usable[begin:end]).sum())
        here = UsableObjects(known.names, boxes[begin:end], difficult[begin:end], known.lost, known.twice, number)
        found[path] = here if kept.all() else _without_area(here, kept)
    return found


def _without_area(known, usable):
    """The objects whose boxes enclose anything; the others are counted as lost."""
    names = [name for name, kept in zip(known.names, usable, strict=True) if kept]
    lost = known.lost | {WITHOUT_AREA: len(known.names) - len(names)}
    return replace(known, names=names, boxes=known.boxes[usable], difficult=known.difficult[usable], lost=lost)


def _read(paths):
    """path -> `VocAnnotation`, or why the file cannot be read."""
    return {path: _read_one(path) for path in late_bar(paths, len(paths), desc="reading annotations", unit="file")}


def _read_one(path):
    try:
        return voc_xml.read(path)
    except UnreadableAnnotationError as error:
        return error


def _written(plain):
    return VocAnnotation(*plain)
