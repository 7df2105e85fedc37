"""One VOC annotation file: the size of its picture, and the names, boxes and difficult flags of its objects."""

import math
import re
from collections import Counter
from typing import NamedTuple
from xml.etree import ElementTree

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from yolo.errors import UserError
from yolo.text_files import MARKS

ENCODING = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
BEFORE = "\ufeff \t\r\n"  # white space and marks that scripts leave before the first tag, against the standard
LARGEST = 1e7  # pixels; no picture has as many in a row, and float32 counts no further
DIFFICULT = ("1", "1.0", "true", "yes")  # in lower case
FRACTION = 1e-3  # of a pixel; datumaro writes 10.399999618530273, others 10.0


class UnreadableAnnotationError(UserError):
    """An annotation file that cannot be read as a whole; `reason` is a few words."""

    def __init__(self, path, reason, remedy):
        super().__init__(f"cannot read {path}: {reason}; {remedy}.")
        self.reason = reason


class VocAnnotation(NamedTuple):
    """The content of one annotation file, its corners as they are written.

    Attributes:
        size: width and height of the picture, 0 and 0 where it is not said.
        names: the class name of each object.
        corners: xmin, ymin, xmax, ymax of each, one after the other.
        difficult: whether each is marked so.
        lost: reason -> number of objects that were left out for it.
        twice: how many boxes are there a second time.
        minima: how many of all xmin and ymin are in [0, 1), and how many are 1.
        fractions: how many boxes have a corner that is no whole number.
    """

    size: list[float]
    names: list[str]
    corners: list[float]
    difficult: list[bool]
    lost: dict[str, int]
    twice: int
    minima: list[int]
    fractions: int


def read(path):
    """Read one annotation file as `VocAnnotation`.

    Objects without a name, without a `<bndbox>` (a polygon alone, a turned box) or without four numbers in it are left
    out and counted. Every encoding that Python knows is read when the file declares it, or has its mark.

    Raises:
        UnreadableAnnotationError: the file cannot be read, is no XML, declares entities, or is no VOC annotation.
    """
    root = _annotation(path)
    names, boxes, difficult, lost = [], [], [], Counter()
    for element in root.iterfind("object"):
        parts = {part.tag: part for part in reversed(element)}  # the first of a tag counts
        box = _corners(parts["bndbox"]) if "bndbox" in parts else None
        if not (name := " ".join(_text(parts, "name").split())):  # a line may be broken in it
            lost["without a name"] += 1
        elif "bndbox" not in parts:
            lost["without a <bndbox>"] += 1
        elif box is None:
            lost["whose <bndbox> is not four numbers"] += 1
        else:
            names.append(name)
            boxes.append(box)
            difficult.append(_text(parts, "difficult").lower() in DIFFICULT)
    minima = [corner for box in boxes for corner in box[:2]]
    drawn = [tuple(box) for box in boxes if box[0] <= box[2] and box[1] <= box[3]]
    return VocAnnotation(
        _size(root),
        names,
        [corner for box in boxes for corner in box],
        difficult,
        dict(lost),
        len(drawn) - len(set(drawn)),
        [sum(0 <= corner < 1 - FRACTION for corner in minima), sum(abs(corner - 1) <= FRACTION for corner in minima)],
        sum(any(abs(corner - round(corner)) > FRACTION for corner in box) for box in boxes),
    )


def _annotation(path):
    """The root element of a VOC file."""
    try:
        root = _parse(path.read_bytes())
    except DefusedXmlException as error:
        raise UnreadableAnnotationError(
            path, "it declares XML entities, which can be an attack", "remove them"
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableAnnotationError(path, f"no readable XML, {error}", "repair or remove it") from error
    except OSError as error:
        raise UnreadableAnnotationError(path, str(error.strerror or error), "make it readable or remove it") from error
    if root.tag.startswith("{"):  # a namespace
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    if root.tag != "annotation":
        reason = f"no VOC annotation, <{root.tag}> in the place of <annotation>"
        raise UnreadableAnnotationError(path, reason, "export it as Pascal VOC")
    return root


def _parse(content):
    """The root element of the bytes of an XML file; what expat cannot decode by itself is decoded by Python.

    A byte order mark outdoes the encoding that is declared: editors that write one leave the declaration as it is.
    """
    marked = next((encoding for mark, encoding in MARKS if content.startswith(mark)), None)
    if marked:
        return _parse_text(content.decode(marked))
    try:
        return _parser(b"!" in content).fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        declared = ENCODING.match(content)
        if declared is None and not content[:1].isspace():
            raise
        encoding = declared[1].decode("ascii") if declared else "utf-8"
        if encoding.lower().startswith(("utf-16", "utf-32", "utf16", "utf32", "ucs")):
            encoding = "utf-8"  # the declaration could not be read, were it so
        return _parse_text(content.decode(encoding))


def _parse_text(text):
    """The root element of decoded XML; what it declares as its encoding counts no more."""
    return _parser("!" in text).fromstring(text.lstrip(BEFORE))


def _parser(exclaims):
    """Entities are declared behind "<!"; the parser that watches for them takes twice as long."""
    return defusedxml.ElementTree if exclaims else ElementTree


def _size(root):
    """[width, height] that a file states; [0, 0] where it does not."""
    size = root.find("size")
    parts = {part.tag: part for part in reversed(size)} if size is not None else {}
    try:
        stated = [float(_text(parts, name)) for name in ("width", "height")]
    except ValueError:
        return [0, 0]
    return stated if all(math.isfinite(side) and side > 0 for side in stated) else [0, 0]


def _text(parts, tag):
    """The text of an element among `parts`, stripped; empty where there is none."""
    return (parts[tag].text or "").strip() if tag in parts else ""


def _corners(box):
    """The four numbers of a <bndbox> element, as written; None where they are not there."""
    edges = {edge.tag: edge for edge in reversed(box)}
    try:
        corners = [float(_text(edges, key)) for key in ("xmin", "ymin", "xmax", "ymax")]
    except ValueError:
        return None
    return corners if all(abs(corner) < LARGEST for corner in corners) else None  # false for nan, too
