"""One VOC annotation file: the names, boxes and difficult flags of its objects."""

import math
from dataclasses import dataclass
from xml.etree import ElementTree

import defusedxml.ElementTree
import numpy as np
from defusedxml import DefusedXmlException

from yolo.errors import UserError


@dataclass(frozen=True)
class Objects:
    """What one annotation file says.

    Attributes:
        names: the class name of each object.
        boxes: (n, 4) float32, xyxy, half-open, not yet clipped at the right and the bottom: the size written in
            the file is often wrong and never used.
        difficult: (n,) bool.
        without_area: how many objects were left out because their box encloses nothing.
    """

    names: tuple[str, ...]
    boxes: np.ndarray
    difficult: np.ndarray
    without_area: int


def read(path):
    """Read one annotation file.

    VOC counts pixels from 1 and includes the last one, so `xmin - 1, ymin - 1, xmax, ymax` is the half-open box. A box
    whose maximum, as written, is not above its minimum is a slip of the annotator's and counted in `without_area`.

    Raises:
        UserError: not XML, not a VOC annotation, entities in it, or an object without name or numbers.
    """
    return objects(*read_plain(path))


def read_plain(path):
    """As `read`, but lists that JSON can hold: [names, boxes' numbers one after the other, difficult, without_area]."""
    names, boxes, difficult, without_area = [], [], [], 0
    for element in _annotation(path).iterfind("object"):
        parts = {part.tag: part for part in reversed(element)}  # the first of a tag counts
        name, (left, top, right, bottom) = _name(parts, path), _corners(parts, path)
        box = [max(left - 1, 0), max(top - 1, 0), max(right, 0), max(bottom, 0)]
        if right <= left or bottom <= top or box[2] <= box[0] or box[3] <= box[1]:
            without_area += 1
            continue
        names.append(name)
        boxes += box
        difficult.append(_text(parts, "difficult").lower() in ("1", "true"))
    return [names, boxes, difficult, without_area]


def objects(names, boxes, difficult, without_area):
    """`Objects` from what `read_plain` gives."""
    return Objects(tuple(names), np.array(boxes, np.float32).reshape(-1, 4), np.array(difficult, bool), without_area)


def _annotation(path):
    """The root element of a VOC file."""
    try:
        content = path.read_bytes()
        # entities are declared behind "<!"; the parser that watches for them takes twice as long
        root = (defusedxml.ElementTree if b"!" in content else ElementTree).fromstring(content)
    except DefusedXmlException as error:
        raise UserError(
            f"{path} declares XML entities, which no annotation needs and which can be an attack; "
            "remove the declaration."
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UserError(f"{path} is not readable XML ({error}); repair or remove it.") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}.") from error
    if root.tag != "annotation":
        raise UserError(
            f"{path} is no VOC annotation: expected <annotation> as its outermost element, got <{root.tag}>."
        )
    return root


def _text(parts, tag):
    """The text of an element among `parts`, stripped; empty where there is none."""
    return (parts[tag].text or "").strip() if tag in parts else ""


def _name(parts, path):
    name = _text(parts, "name")
    if not name:
        raise UserError(f"{path} holds an object without a name; give it a <name> or remove it.")
    return name


def _corners(parts, path):
    """The four numbers of an object's <bndbox>, as written."""
    edges = {edge.tag: edge for edge in reversed(parts.get("bndbox", ()))}
    texts = [_text(edges, key) for key in ("xmin", "ymin", "xmax", "ymax")]
    try:
        corners = [float(text) for text in texts]
    except ValueError:
        corners = [math.nan]
    if not all(map(math.isfinite, corners)):
        raise UserError(
            f"{path} holds an object whose <bndbox> is not four numbers: xmin, ymin, xmax, ymax are "
            f"{', '.join(repr(text) for text in texts)}; repair or remove it."
        )
    return corners
