"""Damaged VOC annotations: what is accepted is what `xml.dom.minidom` finds in the same bytes."""

import math
import sys
import tempfile
from pathlib import Path
from xml.dom import minidom

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz.damage import damage
from tests.fuzz.report import main
from yolo.data.formats import voc_xml

WHOLE = """<?xml version="1.0" encoding="{}"?>
<annotation><folder>a</folder><filename>a.jpg</filename><size><width>640</width><height>480</height></size>
<object><name>{}</name><difficult>0</difficult><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>110</xmax><ymax>220</ymax>
</bndbox></object><object><name>cat</name><difficult>1</difficult><bndbox><xmax>33.5</xmax><xmin>1</xmin><ymin>2</ymin>
<ymax>44</ymax></bndbox><part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>
</part></object></annotation>"""
ENCODINGS = ("utf-8", "gbk", "shift_jis", "windows-1252", "utf-16")
NAMES = {"gbk": "猫", "shift_jis": "猫", "windows-1252": "Bär"}


def case(rng):
    """One damaged file: `refused` or `read`; raises AssertionError where the two readings differ."""
    encoding = str(rng.choice(ENCODINGS))
    content = damage(WHOLE.format(encoding, NAMES.get(encoding, "dog")).encode(encoding), rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xml"
        path.write_bytes(content)
        try:
            written = voc_xml.read(path)
        except voc_xml.UnreadableAnnotationError as error:
            if "\n" in str(error):
                raise AssertionError(f"not one line: {error}") from error
            return "refused"
    try:
        document = minidom.parseString(content)
    except Exception:  # an encoding of several bytes, which expat leaves to others
        return "read, without a second opinion"
    assert list(zip(written.names, _fours(written.numbers), strict=True)) == _objects(document), content
    return "read"


def _fours(numbers):
    return [tuple(numbers[i : i + 4]) for i in range(0, len(numbers), 4)]


def _objects(document):
    """(name, corners) of every object with a name and four finite numbers."""
    found = []
    for node in _children(document.documentElement, "object"):
        names, boxes = _children(node, "name"), _children(node, "bndbox")
        try:
            corners = tuple(float(_text(_children(boxes[0], key)[0])) for key in ("xmin", "ymin", "xmax", "ymax"))
        except (IndexError, ValueError):
            continue
        if names and _text(names[0]) and all(math.isfinite(x) and abs(x) < voc_xml.LARGEST for x in corners):
            found.append((_text(names[0]), corners))
    return found


def _children(node, name):
    return [child for child in node.childNodes if child.nodeName == name]


def _text(node):
    """The text before the first element, stripped; comments do not interrupt it."""
    text = ""
    for child in node.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            break
        text += child.data if child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE) else ""
    return text.strip()


if __name__ == "__main__":
    main(__doc__, case)
