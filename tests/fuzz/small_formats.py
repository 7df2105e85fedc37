"""Damaged LabelMe JSON, CVAT XML and CreateML JSON: what is accepted is what an independent reading finds."""

import json
import math
import sys
import tempfile
from pathlib import Path
from xml.dom import minidom

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz.damage import damage
from tests.fuzz.report import main
from yolo.data.formats import createml_json, cvat_xml, labelme_json
from yolo.errors import UserError

LARGEST = 1e7  # pixels
LABELME = json.dumps(
    {
        "version": "5.4.1",
        "flags": {},
        "shapes": [
            {"label": "dog", "points": [[40, 35], [10, 20]], "shape_type": "rectangle", "difficult": True},
            {"label": "猫", "points": [[5.5, 5], [25, 10], [15, 40]], "shape_type": "polygon", "flags": {}},
            {"label": "cat", "points": [[50, 40], [53, 44]], "shape_type": "circle", "group_id": 1},
            {"label": "cat", "points": [[50, 40], [53, 44]], "shape_type": "line"},
        ],
        "imagePath": "a.jpg",
        "imageData": None,
        "imageHeight": 80,
        "imageWidth": 100,
    },
    ensure_ascii=False,
)
CREATEML = json.dumps(
    [
        {
            "image": "a.jpg",
            "annotations": [
                {"label": "dog", "coordinates": {"x": 25, "y": 27.75, "width": 30, "height": 15.5}},
                {"label": "猫", "coordinates": {"x": 5, "y": 7, "width": 3, "height": 1}},
            ],
        },
        {"image": "b.jpg", "annotations": []},
        {"image": "c.jpg", "annotations": [{"label": "b", "coordinates": {"x": 5, "y": 7, "width": 3, "height": 1}}]},
    ],
    ensure_ascii=False,
)
CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><labels><label><name>dog</name></label></labels></task></meta>
<image id="0" name="a.jpg" width="100" height="80"><box label="dog" occluded="0" xtl="10.00" ytl="20.00" xbr="40.00"
ybr="35.50"><attribute name="difficult">true</attribute></box><box label="猫" xtl="1" ytl="2" xbr="3" ybr="4"
rotation="30.0"></box><polygon label="cat" points="5.00,5.00;25.00,10.00;15.00,40.00"></polygon></image>
<image id="1" name="b.jpg" width="100" height="80"></image><image id="2" name="c.jpg"><ellipse label="cat" cx="50"
cy="40" rx="10" ry="5"/></image></annotations>"""
TOKENS = {"json": rb'"[^"]*"|[\d.]+', "xml": rb'<[^<>]*>|\w+="[^"]*"'}


def case(rng):
    """One damaged file: `refused` or `read`; raises AssertionError where the two readings differ."""
    return CASES[rng.integers(len(CASES))](rng)


def labelme(rng):
    """One damaged file of LabelMe."""
    content, written = _read(LABELME, labelme_json, "json", rng)
    if written is None:
        return "refused"
    _same(_objects(written), [_shape(shape) for shape in json.loads(content)["shapes"]], content)
    return "read"


def createml(rng):
    """One damaged file of Create ML."""
    content, listed = _read(CREATEML, createml_json, "json", rng)
    if listed is None:
        return "refused"
    if not listed.pictures:
        return "another format"
    entries = json.loads(content)
    assert len(listed.pictures) + len(listed.unfit) == len(entries), content
    entries = [entry for entry in entries if (_picture(entry) or "").strip()]
    assert [one.name for one in listed.pictures] == [_picture(one) for one in entries], content
    for one, entry in zip(listed.pictures, entries, strict=True):
        _same(_objects(one.written), [_centered(annotation) for annotation in entry["annotations"]], content)
    return "read"


def cvat(rng):
    """One damaged file of CVAT."""
    content, listed = _read(CVAT, cvat_xml, "xml", rng)
    if listed is None:
        return "refused"
    root = minidom.parseString(content).documentElement
    images = [node for node in root.childNodes if node.nodeName == "image"]
    assert len(listed.pictures) + len(listed.unfit) == len(images), content
    images = [node for node in images if node.getAttribute("name").strip()]
    assert [one.name for one in listed.pictures] == [node.getAttribute("name") for node in images], content
    for one, node in zip(listed.pictures, images, strict=True):
        shapes = [child for child in node.childNodes if child.nodeType == child.ELEMENT_NODE]
        _same(_objects(one.written), [_element(shape) for shape in shapes], content)
    return "read"


CASES = (labelme, createml, cvat)


def _read(whole, kind, ending, rng):
    """A damaged file, and what is read of it, or None if it is refused; it is also looked for in its folder."""
    encoding = str(rng.choice(["utf-8", "utf-8", "utf-8-sig"]))
    content = damage(whole.encode(encoding), rng, tokens=TOKENS[ending])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content)
        for name in "abc":
            (Path(folder) / f"{name}.jpg").touch()
        read = _answer(kind.read, path)
        for place in (path, path.parent):
            _answer(kind.find, place)
    return content, read


def _answer(function, path):
    """The result of a function, or None if it refuses the path in one sentence."""
    try:
        return function(path)
    except UserError as error:
        if "\n" in str(error):
            raise AssertionError(f"not one line: {error}") from error
        return None


def _objects(written):
    corners = np.reshape(written.numbers, (-1, 4)).tolist()
    return list(zip(written.names, corners, written.difficult, strict=True))


def _same(found, expected, content):
    """Assert that the same objects are found; those that cannot be used are None."""
    expected = [one for one in expected if one]
    assert [(name, hard) for name, _, hard in found] == [(name, hard) for name, _, hard in expected], content
    for (_, corners, _), (_, others, _) in zip(found, expected, strict=True):
        assert np.allclose(corners, others, rtol=0, atol=1e-6), content


def _name(value):
    name = " ".join(str(value).split())
    return name if isinstance(value, str) or type(value) is int else ""


def _number(value):
    """A finite number below the limit, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < LARGEST else None


def _around(points):
    """The corners of the box around points, or None if one is no number."""
    points = [tuple(map(_number, point)) for point in points]
    if not points or any(len(point) != 2 or None in point for point in points):
        return None
    return [*np.min(points, axis=0), *np.max(points, axis=0)]


def _shape(shape):
    """The name, corners and difficult flag of a shape of LabelMe, or None."""
    if (
        not isinstance(shape, dict)
        or not _name(shape.get("label"))
        or not isinstance(shape.get("points"), (list, dict, str))
    ):
        return None
    kind, points = shape.get("shape_type") or "polygon", list(shape["points"])
    if kind not in ("rectangle", "polygon", "circle") or not all(
        isinstance(point, (list, dict, str)) for point in points
    ):
        return None
    box = _around(points)
    if kind == "circle" and box:
        if len(points) < 2:
            return None
        (x, y), (there, down) = (map(float, point) for point in points[:2])
        radius = math.dist((x, y), (there, down))
        box = [x - radius, y - radius, x + radius, y + radius]
    flags = shape["flags"] if isinstance(shape.get("flags"), dict) else {}
    hard = {str(shape.get("difficult")).lower(), str(flags.get("difficult")).lower()} & {"true", "1", "1.0", "yes"}
    return (_name(shape["label"]), box, bool(hard)) if box else None


def _picture(entry):
    """The name of the picture of an entry, or None."""
    if not isinstance(entry, dict) or not isinstance(entry.get("annotations"), list):
        return None
    names = [entry[key] for key in ("image", "imagefilename") if key in entry]
    return names[0] if names and isinstance(names[0], str) else None


def _centered(annotation):
    if not isinstance(annotation, dict) or not _name(annotation.get("label")):
        return None
    place = annotation.get("coordinates")
    numbers = [_number(place.get(key)) for key in ("x", "y", "width", "height")] if isinstance(place, dict) else [None]
    if None in numbers:
        return None
    x, y, width, height = numbers
    return _name(annotation["label"]), [x - width / 2, y - height / 2, x + width / 2, y + height / 2], False


def _element(shape):
    """The name, corners and difficult flag of a shape of CVAT, or None."""
    values, box = dict(shape.attributes.items()), None
    if shape.nodeName == "tag" or values.get("outside") == "1":
        return None
    if shape.nodeName == "polygon":
        box = _around([point.split(",") for point in values.get("points", "").split(";")])
    elif shape.nodeName in ("box", "ellipse"):
        keys = ("xtl", "ytl", "xbr", "ybr") if shape.nodeName == "box" else ("cx", "cy", "rx", "ry")
        numbers = [_number(values.get(key)) for key in (*keys,)] + [_number(values.get("rotation", 0))]
        if None not in numbers:
            box = _turned(*numbers) if shape.nodeName == "box" else _of_ellipse(*numbers)
    name = _name(values.get("label", ""))
    hard = [
        child.getAttribute("name").lower() in ("difficult", "ignore")
        and _text(child).lower() in ("true", "1", "1.0", "yes")
        for child in shape.childNodes
        if child.nodeType == child.ELEMENT_NODE
    ]
    return (name, box, any(hard)) if name and box else None


def _text(node):
    """The text before the first element, stripped."""
    text = ""
    for child in node.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            break
        text += child.data if child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE) else ""
    return text.strip()


def _turned(left, top, right, bottom, degrees):
    """The box around the corners of a turned one, which are turned as complex numbers."""
    center, turn = complex(left + right, top + bottom) / 2, np.exp(1j * math.radians(degrees))
    if not math.radians(degrees):
        return [left, top, right, bottom]
    if right < left or bottom < top:
        return None
    corners = [(complex(x, y) - center) * turn + center for x in (left, right) for y in (top, bottom)]
    box = [min(c.real for c in corners), min(c.imag for c in corners)]
    return [*box, max(c.real for c in corners), max(c.imag for c in corners)]


def _of_ellipse(x, y, radius_x, radius_y, degrees):
    around, turn = np.linspace(0, 2 * math.pi, 40_001), np.exp(1j * math.radians(degrees))
    points = (radius_x * np.cos(around) + 1j * radius_y * np.sin(around)) * turn
    return [x - points.real.max(), y - points.imag.max(), x + points.real.max(), y + points.imag.max()]


if __name__ == "__main__":
    main(__doc__, case)
