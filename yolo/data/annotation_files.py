"""Read all annotations of a dataset, and correct them by the sizes of their pictures.

From which number corners are counted, and whether different sizes can be corrected, is decided once for the whole
dataset, so that every split is read in the same way.
"""

import functools
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Array, Boxes, Flags
from yolo.boxes import area
from yolo.data import stated_size
from yolo.data.findings import EXCHANGED, LOST, WITHOUT_AREA
from yolo.data.formats.corner_origin import half_open, origin_of
from yolo.data.formats.written_annotation import WrittenAnnotation
from yolo.data.layout import Layout
from yolo.data.picture_sizes import Head, picture_heads
from yolo.errors import UserError

PRECISION = 5  # decimals of a pixel that are kept; boxes of whole pixels stay so, whatever decimals a format has

Key: TypeAlias = tuple[int, str]
"""The position of a layout in the dataset, and a stem in it."""


@dataclass(frozen=True)
class UsableObjects:
    """The usable objects of one picture.

    Attributes:
        names: the class name of each.
        boxes: in pixels of the upright picture, not yet cut to it.
        difficult: whether each is marked as difficult.
        counts: kind -> number of objects that are lost, changed or doubtful, see `WrittenAnnotation`.
        lines: kind -> the line of the first of them, if it is known.
    """

    names: list[str]
    boxes: Annotated[NDArray[np.float32], "n 4"]
    difficult: Flags
    counts: dict[str, int]
    lines: dict[str, int]

    @property
    def lost(self) -> dict[str, int]:
        """Return the number of objects that were left out for each reason."""
        return {kind: number for kind, number in self.counts.items() if kind in LOST}


class AnnotationFiles:
    """The annotations of a dataset, read and corrected.

    Args:
        layouts: the layouts of the dataset.
        corners: the user's choice of where corners are counted from, "auto", "0" or "1".
        anew: whether to read every annotation again, and not only those that are not in the cache.

    Attributes:
        objects: the `UsableObjects` of each annotation.
        unreadable: why an annotation cannot be read, in a few words.
        unlike: how the size that an annotation states differs from that of its picture, see `stated_size`; only if it
            does.
        origin: the number that corners are counted from, 0 or 1.
        origin_note: a sentence on that, or an empty text.
        at_border: how many left and upper corners are at 0, and how many at 1; none in other formats than VOC.
        heads: picture -> its `picture_head`, or why it cannot be read, for each picture with a readable annotation.
    """

    def __init__(self, layouts: Sequence[Layout], corners: str = "auto", anew: bool = False) -> None:
        self.unreadable: dict[Key, str] = {}
        written: dict[Key, WrittenAnnotation] = {}
        for i, layout in enumerate(layouts):
            for stem, content in layout.read(layout, anew).items():
                if isinstance(content, UserError):
                    self.unreadable[i, stem] = getattr(content, "reason", str(content))
                else:
                    written[i, stem] = content
        self._written = written
        pictures = {key: layouts[key[0]].pictures.get(key[1]) for key in written}
        self.heads = picture_heads([path for path in pictures.values() if path])
        heads = {key: self.heads[path] for key, path in pictures.items() if path}
        self._heads = {key: head for key, head in heads.items() if not isinstance(head, UserError)}
        signs = [one for one in written.values() if one.signs]
        self.origin, self.origin_note = origin_of(signs, corners)
        self.at_border = sum(one.signs[0] for one in signs), sum(one.signs[1] for one in signs)
        self.objects: dict[Key, UsableObjects] = {}
        for i, layout in enumerate(layouts):
            self.objects |= self._usable(layout, [key for key in written if key[0] == i])
        self.unlike = self._correct()
        del self._written, self._heads  # only needed here, and large

    @property
    def lost(self) -> Counter[str]:
        """Return the number of objects that are left out for each reason."""
        return sum((Counter(objects.lost) for objects in self.objects.values()), Counter())

    @functools.cached_property
    def counts(self) -> Counter[str]:
        """Return the number of objects of each class."""
        return Counter(name for objects in self.objects.values() for name in objects.names)

    def _usable(self, layout: Layout, keys: Sequence[Key]) -> dict[Key, UsableObjects]:
        """Return the usable objects of one layout; all boxes are converted in one call, which is faster."""
        contents = [self._written[key] for key in keys]
        numbers = np.frombuffer(b"".join(array("d", one.numbers) for one in contents)).reshape(-1, 4)
        if layout.unit == "shares":
            numbers = numbers * self._sides(keys, [len(one.names) for one in contents])
        boxes = self._boxes(layout, numbers)
        exchanged = np.less(boxes[:, 2:], boxes[:, :2])  # along x, and along y
        if np.any(exchanged):
            starts, ends = np.split(numbers, 2, axis=1)
            ordered = np.where(exchanged, ends, starts), np.where(exchanged, starts, ends)
            boxes = self._boxes(layout, np.hstack(ordered))
        usable, turned = area(boxes) > 0, np.any(exchanged, axis=1)
        difficult = np.fromiter(chain.from_iterable(one.difficult for one in contents), bool)
        ends = np.cumsum([len(one.names) for one in contents], dtype=int)
        odd = set(np.searchsorted(ends, np.flatnonzero(~usable | turned), "right").tolist())
        found = {}
        for i, (key, one, end) in enumerate(zip(keys, contents, ends.tolist(), strict=True)):
            rows = slice(end - len(one.names), end)
            here = UsableObjects(one.names, boxes[rows], difficult[rows], one.counts, one.lines)
            found[key] = _with_area(here, usable[rows], turned[rows]) if i in odd else here
        return found

    def _boxes(self, layout: Layout, numbers: Array) -> Boxes:
        """Return the boxes of written numbers, in pixels from 0 and not cut to the picture."""
        if layout.unit == "corners":
            return half_open(numbers, self.origin)
        return (np.round(numbers, PRECISION) + 0.0).astype(np.float32)  # turns -0.0 into 0.0

    def _sides(self, keys: Sequence[Key], numbers: Sequence[int]) -> Array:
        """Return width, height, width, height for each object, (n, 4), given the number of objects of each key.

        A picture that cannot be read, and is left out later, counts as one pixel.
        """
        sides = np.array([self._heads.get(key, (1, 1))[1::-1] * 2 for key in keys], np.float64).reshape(-1, 4)
        return np.repeat(sides, np.array(numbers, int), axis=0)

    def _correct(self) -> dict[Key, stated_size.SizeRelation]:
        """Map the boxes of annotations whose stated size differs from that of their picture to the picture.

        Returns:
            How it differs, where it does. Annotations of pictures that cannot be read, and are left out later, are not
            compared.
        """
        cases: dict[Key, tuple[Boxes, list[float], Head]] = {
            key: (self.objects[key].boxes, self._written[key].size, head) for key, head in self._heads.items()
        }
        unlike = stated_size.decide(cases)
        for key, kind in unlike.items():
            boxes, stated, head = cases[key]
            corrected = stated_size.to_picture(boxes, kind, stated, head)
            self.objects[key] = replace(self.objects[key], boxes=corrected)
        return unlike


def _with_area(objects: UsableObjects, usable: Flags, exchanged: Flags) -> UsableObjects:
    """Return the objects whose boxes enclose an area; the others are counted as lost, and `exchanged` corners too."""
    names = [name for name, kept in zip(objects.names, usable, strict=True) if kept]
    numbers = {WITHOUT_AREA: len(objects.names) - len(names), EXCHANGED: int(np.sum(exchanged & usable))}
    counts = objects.counts | {kind: number for kind, number in numbers.items() if number}
    boxes, difficult = objects.boxes[usable], objects.difficult[usable]
    return replace(objects, names=names, boxes=boxes, difficult=difficult, counts=counts)
