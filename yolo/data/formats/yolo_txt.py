"""Read label files of YOLO: an object on each line, `class x y width height`, in shares of the sides of the picture.

Lines of more numbers are polygons, turned boxes by their four corners, and boxes with keypoints:
https://docs.ultralytics.com/datasets/
"""

import functools
import math
import os
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from yolo.data.formats.enclosing import Edges, enclose_points
from yolo.data.formats.written_annotation import UnreadableAnnotationError, WrittenAnnotation, repeated
from yolo.picture_files import refuse_irregular
from yolo.text_files import MARKS

LOW, HIGH = -0.01, 1.01  # shares beyond 0 and 1 by a hundredth are taken for rounded ones, as Ultralytics takes them
LARGEST = 2**24  # bytes of a file; half a million boxes
PARALLEL = 0.005  # shares by which two sides of a turned box may differ, as some tools round corners to pixels
VISIBLE = (0, 1, 2)  # the third number of a keypoint: absent, hidden, visible


class Line(NamedTuple):
    """One line: the class as text, the edges in shares, and the kinds that it counts for in `WrittenAnnotation.counts`.

    The class is the plain number, `3` for `3.0`, or words. Without edges the line is left out.
    """

    name: str
    edges: Edges | None
    kinds: tuple[str, ...]


BAD = Line("", None, ("bad line",))


def read(path: Path) -> WrittenAnnotation:
    """Read one label file; the names in it are class numbers as text, or words.

    Raises:
        UnreadableAnnotationError: the file cannot be read, or is no label file by its size.
    """
    return parse(content(path))


def parse(text: bytes, keypoints: bool = False) -> WrittenAnnotation:
    """Return the objects in the bytes of a label file.

    Args:
        keypoints: whether the numbers after the fourth are keypoints on every line.
    """
    names: list[str] = []
    numbers: list[float] = []
    counts: Counter[str] = Counter()
    lines: dict[str, int] = {}
    is_plain = b"_" not in text  # Python reads 1_0 as 10
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if len(parts) == 5 and is_plain and (name := class_number(parts[0])):  # nearly all lines
            try:
                x, y, width, height = float(parts[1]), float(parts[2]), float(parts[3]), float(parts[4])
            except ValueError:
                x = math.nan
            if LOW <= x <= HIGH and LOW <= y <= HIGH and 0 <= width <= HIGH and 0 <= height <= HIGH:
                width, height = width / 2, height / 2
                names.append(name)
                numbers += (x - width, y - height, x + width, y + height)
                continue
        if not parts:
            continue
        name, edges, kinds = _line(parts, keypoints)
        for kind in kinds:
            counts[kind] += 1
            lines.setdefault(kind, number)
        if edges:
            names.append(name)
            numbers += edges
    if not names and not counts:
        counts["no objects"] = 1
    if twice := repeated(numbers):
        counts["twice"] = twice
    return WrittenAnnotation([0, 0], names, numbers, [False] * len(names), dict(counts), lines, [])


def line_of(path: Path, names: Collection[str]) -> int | None:
    """Return the number of the first line with an object of one of these classes."""
    for number, line in enumerate(content(path).splitlines(), 1):
        if not set(names).isdisjoint(parse(line).names):
            return number
    return None


@functools.lru_cache(10000)
def class_number(text: bytes) -> str:
    """Return a class number as plain text, `3` for `3.0` and `03`; an empty text for anything else."""
    value = _number(text)
    return str(int(value)) if 0 <= value < 1e9 and value.is_integer() else ""


def content(path: Path) -> bytes:
    """Return the bytes of a label file; UTF-16 and a byte order mark become plain UTF-8."""
    try:
        refuse_irregular(path)
        if os.path.getsize(path) > LARGEST:
            raise OSError(f"it has more than {LARGEST >> 20} MB")
        with open(path, "rb", buffering=0) as file:
            text = file.read()
        encoding = next((encoding for mark, encoding in MARKS if text.startswith(mark)), None)
        return text.decode(encoding).encode() if encoding else text
    except OSError as error:
        raise UnreadableAnnotationError(path, str(error.strerror or error), "mend or remove it") from error
    except UnicodeError as error:
        raise UnreadableAnnotationError(path, f"it is no text, {error}", "save it as UTF-8") from error


def _line(parts: Sequence[bytes], keypoints: bool) -> Line:
    """Return the object of a line that is not a plain box; the line is split at blanks."""
    name, texts = class_number(parts[0]), parts[1:]
    if not name and not math.isfinite(_number(parts[0])):  # words in the place of the number, as globox writes them
        name, texts = b" ".join(parts[:-4]).decode("utf-8", "replace"), parts[-4:]
    values = [_number(text) for text in texts]
    if not name or len(values) < 4 or not all(map(math.isfinite, values)):
        return BAD
    values, kind, extra = _shape(values, keypoints)
    if len(values) == 4:
        x, y, width, height = values
        edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    else:  # corners may lie outside the picture, as those of a box
        left, top, right, bottom = edges = enclose_points(values[::2], values[1::2])
        x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    if min(x, y) < LOW or min(width, height) < 0:
        return BAD
    if max(x, y, width, height) > HIGH:
        return Line(name, None, ("not shares",))
    return Line(name, edges, tuple(filter(None, (kind, extra))))


def _shape(values: list[float], keypoints: bool) -> tuple[list[float], str, str]:
    """Return the numbers of the box or of the corners on a line, its kind, and the kind of the numbers left over.

    A polygon has an even count of numbers, and a number more if there is a confidence. Keypoints of three numbers each
    can be told from it if their count is odd and each third number is a visibility.
    """
    count = len(values)
    if count == 4:
        return values, "", ""
    if keypoints or (count >= 7 and count % 6 == 1 and all(value in VISIBLE for value in values[6::3])):
        return values[:4], "", "keypoints"
    extra = "confidence" if count % 2 else ""
    corners = values[: count // 2 * 2]
    return corners, _polygon(corners) if len(corners) > 4 else "", extra


def _polygon(corners: Sequence[float]) -> str:
    """Return the kind of an outline: four corners of a parallelogram are a turned box, which shares of sides skew."""
    if len(corners) != 8:
        return "polygon"
    skew = (corners[0] + corners[4] - corners[2] - corners[6], corners[1] + corners[5] - corners[3] - corners[7])
    return "turned box" if max(map(abs, skew)) <= PARALLEL else "polygon"


def _number(text: bytes) -> float:
    """Return the number that a text stands for, or nan."""
    try:
        return math.nan if b"_" in text else float(text)
    except ValueError:
        return math.nan
