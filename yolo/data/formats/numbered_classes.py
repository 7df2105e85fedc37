"""Give the objects of label files the names of their class numbers.

The numbers are kept in the cache, and not the names, as a change of data.yaml changes no label file.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from yolo.data.formats import yolo_pose, yolo_txt
from yolo.data.formats.annotation_cache import read_each
from yolo.data.formats.written_annotation import WrittenAnnotation
from yolo.data.layout import Contents, Layout
from yolo.errors import UserError
from yolo.wording import counted

BEYOND, ABOVE = "class beyond names", "not shares"  # kinds of lost objects


def reader(names: Mapping[str, str], keypoints: bool = False) -> Callable[[Layout, bool], Contents]:
    """Return a `Layout.read` for label files.

    Args:
        names: class number as text -> class name; also each class name -> itself, as some tools write names.
        keypoints: whether each line has keypoints behind its box.
    """
    return partial(_named, read_each(yolo_pose.read if keypoints else yolo_txt.read), names)


def by_position(class_names: Sequence[str]) -> dict[str, str]:
    """Return the names for `reader` in which a class number is a position in `class_names`.

    A name in a label file counts too, unless it is a number: `3` is never the class that is called 3.
    """
    words = {name: name for name in class_names if not yolo_txt.class_number(name.encode())}
    return words | {str(number): name for number, name in enumerate(class_names)}


def numbers_in(layout: Layout) -> tuple[str, ...]:
    """Return the class numbers in the label files of a layout, all of which are read for it, and then any words."""
    contents = read_each(yolo_txt.read)(layout, False).values()
    found = {name for written in contents if not isinstance(written, UserError) for name in written.names}
    return tuple(sorted(found, key=lambda name: (not name.isdigit(), len(name), name)))


def _named(
    read: Callable[[Layout, bool], Contents], names_of: Mapping[str, str], layout: Layout, anew: bool
) -> Contents:
    """Return what `read` returns, with class names.

    Raises:
        UserError: most objects have coordinates above 1.
    """
    found = {
        stem: one if isinstance(one, UserError) else _with_names(one, names_of, layout.annotations[stem])
        for stem, one in read(layout, anew).items()
    }
    _refuse_pixels(layout, found)
    return found


def _with_names(written: WrittenAnnotation, names_of: Mapping[str, str], path: Path) -> WrittenAnnotation:
    """Return an annotation with names for numbers; objects of numbers that have none are left out and counted."""
    size, numbers_of, numbers, difficult, counts, lines, signs = written
    names = [names_of.get(number, "") for number in numbers_of]
    if all(names):
        return WrittenAnnotation(size, names, numbers, difficult, counts, lines, signs)  # faster than `_replace`
    kept = [i for i, name in enumerate(names) if name]
    line = yolo_txt.line_of(path, set(written.names) - names_of.keys())
    return written._replace(
        names=[names[i] for i in kept],
        numbers=[number for i in kept for number in written.numbers[4 * i : 4 * i + 4]],
        difficult=[False] * len(kept),
        counts=written.counts | {BEYOND: len(names) - len(kept)},
        lines=written.lines | ({BEYOND: line} if line else {}),
    )


def _refuse_pixels(layout: Layout, contents: Contents) -> None:
    """Raise UserError if most objects have coordinates above 1."""
    written = {stem: one for stem, one in contents.items() if not isinstance(one, UserError)}
    above = {stem: one.counts[ABOVE] for stem, one in written.items() if ABOVE in one.counts}
    total, number = sum(len(one.names) for one in written.values()), sum(above.values())
    if number > total:
        stem = next(iter(above))
        raise UserError(
            f"{layout.place(stem, written[stem].lines[ABOVE])} has coordinates above 1, as {number} of "
            f"{counted(total + number, 'line')} do: YOLO wants shares of the sides of the picture, and these "
            "look like pixels; divide them by the size of the picture, or export as YOLO again."
        )
