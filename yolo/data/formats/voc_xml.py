"""Read annotation files in the format of PASCAL VOC.

http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from yolo.data.formats.written_annotation import UnreadableAnnotationError, WrittenAnnotation, repeated
from yolo.text_files import MARKS

ENCODING = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
BEFORE = "\ufeff \t\r\n"  # what scripts may write before the first tag, against the standard
LARGEST = 1e7  # pixels; no picture is as wide, and float32 holds no larger whole numbers exactly
DIFFICULT = ("1", "1.0", "true", "yes")  # values of a flag that is set, in lower case
FRACTION = 1e-3  # pixels; a smaller difference to a whole number is rounding: datumaro writes float32 numbers


def read(path: Path) -> WrittenAnnotation:
    """Read one annotation file.

    Objects without a name, without a `<bndbox>` (only a polygon, or a rotated box) or without four numbers in it are
    left out and counted. A file may have any encoding that Python knows, if it declares it or has a byte order mark.

    Raises:
        UnreadableAnnotationError: the file cannot be read, is not XML, declares entities, or is not a VOC annotation.
    """
    root = _annotation(path)
    names: list[str] = []
    boxes: list[list[float]] = []
    difficult: list[bool] = []
    counts: Counter[str] = Counter()
    for element in root.iterfind("object"):
        parts = {part.tag: part for part in reversed(element)}  # the first of a tag counts
        box = _corners(parts["bndbox"]) if "bndbox" in parts else None
        if not (name := " ".join(_text(parts, "name").split())):  # a name may contain line breaks
            counts["without a name"] += 1
        elif "bndbox" not in parts:
            counts["without a <bndbox>"] += 1
        elif box is None:
            counts["whose <bndbox> is not four numbers"] += 1
        else:
            names.append(name)
            boxes.append(box)
            difficult.append(_text(parts, "difficult").lower() in DIFFICULT)
    minima = [corner for box in boxes for corner in box[:2]]
    signs = [
        sum(0 <= corner < 1 - FRACTION for corner in minima),
        sum(abs(corner - 1) <= FRACTION for corner in minima),
        sum(any(abs(corner - round(corner)) > FRACTION for corner in box) for box in boxes),
    ]
    numbers = [corner for box in boxes for corner in box]
    if twice := repeated(numbers):
        counts["twice"] = twice
    return WrittenAnnotation(_size(root), names, numbers, difficult, dict(counts), {}, signs)


def _annotation(path: Path) -> Element:
    """Return the root element of a VOC file."""
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


def _parse(content: bytes) -> Element:
    """Return the root element of an XML file; Python decodes what expat cannot decode by itself.

    A byte order mark overrides the declared encoding: editors that write the mark do not change the declaration.
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
            encoding = "utf-8"  # in UTF-16 or UTF-32, the pattern could not have matched the declaration
        return _parse_text(content.decode(encoding))


def _parse_text(text: str) -> Element:
    """Return the root element of decoded XML, whatever encoding it declares."""
    return _parser("!" in text).fromstring(text.lstrip(BEFORE))


def _parser(has_exclamation_mark: bool) -> ModuleType:
    """Return a parser that refuses entities if there can be any, as "<!" declares them; it takes twice as long."""
    return defusedxml.ElementTree if has_exclamation_mark else ElementTree


def _size(root: Element) -> list[float]:
    """Return the [width, height] that a file states, or [0, 0]."""
    size = root.find("size")
    parts = {part.tag: part for part in reversed(size)} if size is not None else {}
    try:
        stated = [float(_text(parts, name)) for name in ("width", "height")]
    except ValueError:
        return [0, 0]
    return stated if all(math.isfinite(side) and side > 0 for side in stated) else [0, 0]


def _text(parts: Mapping[str, Element], tag: str) -> str:
    """Return the stripped text of an element, or an empty text if there is no such element."""
    return (parts[tag].text or "").strip() if tag in parts else ""


def _corners(box: Element) -> list[float] | None:
    """Return the four numbers of a <bndbox> element as written, or None if it does not have them."""
    edges = {edge.tag: edge for edge in reversed(box)}
    try:
        corners = [float(_text(edges, key)) for key in ("xmin", "ymin", "xmax", "ymax")]
    except ValueError:
        return None
    return corners if all(abs(corner) < LARGEST for corner in corners) else None  # also None for nan
