"""One reading of a whole data set: every annotation, held against its picture.

Whether corners count from 0, and whether differing sizes can be undone, is decided for the data set as a whole, so that
every split is read alike.
"""

import functools
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial

import numpy as np

from yolo.data import corners, frames, index, voc_xml
from yolo.data.sizes import picture_heads
from yolo.data.voc_xml import UnreadableError, Written
from yolo.errors import UserError
from yolo.progress import bar


@dataclass(frozen=True)
class Objects:
    """The usable objects of one annotation file.

    Attributes:
        names: the class name of each.
        boxes: (n, 4) float32, xyxy in pixels of the upright picture, half-open, not yet cut to it.
        difficult: (n,) bool.
        lost: reason -> number of objects that were left out for it.
        twice: how many boxes are there a second time.
    """

    names: list[str]
    boxes: np.ndarray
    difficult: np.ndarray
    lost: dict[str, int]
    twice: int


class Reading:
    """The annotations of a data set, read and corrected.

    Args:
        layouts: those of the data set.
        asked: where corners are counted from, one of `corners.CHOICES`.
        anew: whether to read every annotation, instead of only those that have changed since an earlier start.

    Attributes:
        objects: XML file -> its `Objects`.
        unreadable: XML file -> why it cannot be read, a few words.
        unlike: XML file -> how the size that it states differs from its picture's, one of `frames`' kinds.
        origin: 0 or 1, from which corners are counted.
        corners: a sentence on that, or nothing.
    """

    def __init__(self, layouts, asked="auto", anew=False):
        paths = [path for layout in layouts for path in layout.annotations.values()]
        recall = _read if anew else partial(index.recall, "annotations", read=_read, make=_written)
        found = recall(paths)
        written = {path: known for path, known in found.items() if not isinstance(known, UserError)}
        self.unreadable = {path: known.reason for path, known in found.items() if isinstance(known, UserError)}
        self.origin, self.corners = corners.origin_of(written.values(), asked)
        self.objects = _objects(written, self.origin)
        self.unlike = {}
        self._correct(layouts, written)

    @functools.cached_property
    def counts(self):
        """How many objects each class has."""
        return Counter(name for objects in self.objects.values() for name in objects.names)

    def _correct(self, layouts, written):
        """Bring the boxes of annotations that state another size than their picture has into the picture."""
        pictures = {
            source: layout.pictures[stem]
            for layout in layouts
            for stem, source in layout.annotations.items()
            if stem in layout.pictures and source in written and any(written[source].size)
        }
        heads = picture_heads(list(pictures.values()))
        cases = defaultdict(dict)  # kind -> {XML file: (boxes, stated, head)}
        for source, picture in pictures.items():
            if not isinstance(heads[picture], UserError):  # one that cannot be decoded is left out later
                kind = frames.relation(written[source].size, heads[picture])
                cases[kind][source] = self.objects[source].boxes, written[source].size, heads[picture]
        for kind in (frames.TURNED, frames.SCALED, frames.UNLIKE):
            believed = frames.believable(kind, cases[kind].values())
            for source, case in cases[kind].items():
                self.unlike[source] = kind if believed else frames.UNLIKE
                known = self.objects[source]
                boxes = frames.to_picture(case[0], self.unlike[source], *case[1:])
                self.objects[source] = Objects(known.names, boxes, known.difficult, known.lost, known.twice)


def _objects(written, origin):
    """{XML file: `Objects`} of {XML file: `Written`}; all boxes are converted in one."""
    rows = [box for known in written.values() for box in known.corners]
    table = np.array(rows, np.float64).reshape(-1, 4)
    boxes, usable = corners.half_open(table, origin), corners.enclosing(table, origin)
    difficult = np.array([flag for known in written.values() for flag in known.difficult], bool)
    found, end = {}, 0
    for path, known in written.items():
        begin, end = end, end + len(known.names)
        here = Objects(known.names, boxes[begin:end], difficult[begin:end], known.lost, known.twice)
        found[path] = here if usable[begin:end].all() else _without_area(here, usable[begin:end])
    return found


def _without_area(known, usable):
    """The objects whose boxes enclose anything; the others are counted as lost."""
    names = [name for name, kept in zip(known.names, usable, strict=True) if kept]
    lost = known.lost | {"without area": len(known.names) - len(names)}
    return Objects(names, known.boxes[usable], known.difficult[usable], lost, known.twice)


def _read(paths):
    """path -> `Written`, or why the file cannot be read."""
    return {path: _read_one(path) for path in bar(paths, desc="reading annotations", unit="file", delay=2)}


def _read_one(path):
    try:
        return voc_xml.read(path)
    except UnreadableError as error:
        return error


def _written(plain):
    return Written(*plain)
