"""Write annotations in the format of PASCAL VOC.

http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from yolo.label_files.exact_numbers import decimal, exact
from yolo.structures import Annotation

CORNERS = "source/corners"  # the element that says from which number corners are counted; other programs ignore it
UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#NT-Char


def annotation_xml(annotation: Annotation, size: tuple[int, int], class_names: Sequence[str]) -> str:
    """Return the text of an annotation file; without objects it has none.

    Pixels count from 1, and the last one belongs to the box, as VOC has it. The file says so itself, because fractions
    would make a reader doubt it.

    Args:
        annotation: its path is written as the folder and the name of the picture.
        size: (height, width) of the picture.
    """
    root = Element("annotation")
    _add(root, {"folder": annotation.path.parent.as_posix(), "filename": annotation.path.name})
    _add(SubElement(root, "source"), {CORNERS.rpartition("/")[2]: "1"})
    _add(SubElement(root, "size"), {"width": size[1], "height": size[0], "depth": 3})
    _add(root, {"segmented": 0})
    rows = zip(annotation.labels.tolist(), annotation.difficult.tolist(), exact(annotation.boxes).tolist(), strict=True)
    for label, difficult, (left, top, right, bottom) in rows:
        element = SubElement(root, "object")
        _add(element, {"name": class_names[label], "pose": "Unspecified", "truncated": 0, "difficult": int(difficult)})
        corners = {"xmin": left + 1, "ymin": top + 1, "xmax": right, "ymax": bottom}
        _add(SubElement(element, "bndbox"), {tag: decimal(corner) for tag, corner in corners.items()})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def label_map(class_names: Iterable[str]) -> Iterator[str]:
    """Yield the lines of labelmap.txt, without which Datumaro and CVAT refuse classes that VOC itself does not have.

    Names with a colon are left out, because the file cannot hold them.
    """
    return (f"{name}:::\n" for name in class_names if ":" not in name)


def _add(element: Element, texts: Mapping[str, str | int]) -> None:
    """Add a child element for each entry of a dictionary, with underscores for characters that no XML can hold."""
    for tag, text in texts.items():
        SubElement(element, tag).text = UNFIT.sub("_", str(text))
