"""Damaged COCO JSON: what is accepted is what `json.loads` and a few lines of NumPy find in the same bytes."""

import json
import math
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz.damage import damage
from tests.fuzz.report import main
from yolo.data.formats import coco_files, coco_json, json_stream
from yolo.data.formats.voc_xml import LARGEST
from yolo.errors import UserError

WHOLE = """{"info": {"year": 2026, "tags": [1, [2]]}, "licenses": [],
"images": [{"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}, {"id": "2", "file_name": "x/b c.jpg",
 "width": 300, "height": 200}, {"id": 30, "file_name": "ä.jpg"}],
"annotations": [
{"id": 1, "image_id": 1, "category_id": 3, "bbox": [10, 20.5, 110, 220], "area": NaN, "iscrowd": 0},
{"id": 1, "image_id": 2, "category_id": "18", "bbox": [1, 2, 33.25, 44], "iscrowd": 1, "segmentation": []},
{"image_id": "1", "category_id": 3, "segmentation": [[10, 10, 20.5, 12, 15, 33], [8, 11, 9, 12, 8, 12]]},
{"image_id": 2, "category_id": 18, "bbox": [], "segmentation": {"size": [4, 5], "counts": [6, 3, 8, 1, 2]}},
{"image_id": 1, "category_id": 3, "bbox": null, "ignore": 1,
 "segmentation": {"size": [70, 9], "counts": "a4g1?0o2]NdN000X1"}},
{"image_id": 30, "category_id": 3, "bbox": [50, 40, 20, 10, 30]},
{"image_id": 30, "category_id": 18, "bbox": [50, 40, 20, 10], "attributes": {"rotation": 45.0, "occluded": false}},
{"image_id": 99, "category_id": 3, "bbox": [1, 1, 1, 1]}],
"categories": [{"id": 18, "name": "Bär", "supercategory": "animal"}, {"id": 3, "name": "traffic light"}]}"""
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16")
TOKENS = rb'"[^"]*"|\{[^{}]*\}|\[[^\[\]]*\]|[\d.]+'
ODD = (
    None,
    True,
    0,
    -1,
    1,
    2,
    3,
    18,
    0.5,
    -33.25,
    1e9,
    10**400,
    math.nan,
    math.inf,
    "",
    "1",
    "18",
    "x",
    "a.jpg",
    [],
    {},
    [1],
)
WINDOWS = (5, 50, 2**16)  # letters that are read at once


def case(rng):
    """One damaged file: `refused`, `read` or `another format`; raises AssertionError where the two readings differ."""
    encoding = str(rng.choice(ENCODINGS))
    text = spoilt(rng) if rng.random() < 0.6 else WHOLE
    content = text.encode(encoding)
    if text == WHOLE or rng.random() < 0.2:
        content = damage(content, rng, TOKENS)
    json_stream.FIRST = json_stream.LARGEST = int(rng.choice(WINDOWS))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.jpg", "b c.jpg", "ä.jpg"):
            (Path(folder) / name).touch()
        path = Path(folder) / "set.json"
        path.write_bytes(content)
        try:
            layouts = coco_files.find(path)
            if not layouts:
                return "another format"
            layouts[0].read(layouts[0], False)
            file = coco_json.read(path)
        except UserError as error:
            if "\n" in str(error):
                raise AssertionError(f"not one line: {error}") from error
            return "refused"
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    pictures, classes, objects = expected(json.loads(text))
    assert [one.name for one in file.pictures] == [name for name, _ in pictures.values()], content
    assert [tuple(one.size) for one in file.pictures] == [size for _, size in pictures.values()], content
    assert [*file.categories.values()] == classes, content
    found = file.objects.annotations(file.categories, {one.number: one.size for one in file.pictures})
    for one, key in zip(file.pictures, pictures, strict=True):
        mine = found.get(one.number)
        theirs = [each for each in objects if each[0] == key]
        assert (mine is not None) == bool(theirs), content
        if mine is None:
            continue
        usable = [each for each in theirs if each[1] is not None and each[2] is not None]
        assert mine.names == [name for _, name, _, _ in usable], content
        assert mine.difficult == [mark for *_, mark in usable], content
        assert np.allclose(np.reshape(mine.numbers, (-1, 4)), np.reshape([box for _, _, box, _ in usable], (-1, 4))), (
            content
        )
        lost = mine.counts.get("bad object", 0) + mine.counts.get("unknown category", 0)
        assert lost == len(theirs) - len(usable), content
    return "read"


def spoilt(rng):
    """The text with up to three values exchanged for odd ones, left out, doubled, or put elsewhere."""
    document = json.loads(WHOLE)
    for _ in range(rng.integers(1, 4)):
        places = list(containers(document))
        holder = places[rng.integers(len(places))]
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            continue
        key = keys[rng.integers(len(keys))]
        match rng.integers(5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(key, holder[key])
            case 2:
                holder[key] = places[rng.integers(1, len(places))]
                document = json.loads(json.dumps(document)) if not loops(document) else json.loads(WHOLE)
            case _:
                holder[key] = ODD[rng.integers(len(ODD))]
    return json.dumps(document, indent=[None, 0, 2][rng.integers(3)], ensure_ascii=bool(rng.integers(2)))


def containers(value):
    """Every dictionary and list in a value, itself included."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)


def loops(value):
    """Whether a value holds itself."""
    try:
        json.dumps(value)
    except (ValueError, RecursionError):
        return True
    return False


def expected(document):
    """{id: (name, size)}, the class names, and (id of the picture, class, box or None, difficult) of each object."""
    pictures, names, shared = {}, {}, set()
    for entry in document["images"]:
        entry = entry if isinstance(entry, dict) else {}
        name = [
            name for name in map(entry.get, ("file_name", "fileName", "coco_url")) if isinstance(name, str) and name
        ]
        if identity(entry.get("id")) is not None and name:
            sides = tuple(entry.get(side) for side in ("width", "height"))
            stated = all(isinstance(side, int | float) and 0 < side < LARGEST for side in sides)
            first = pictures.setdefault(identity(entry["id"]), (printable(name[0], "?"), sides if stated else (0, 0)))
            shared |= {identity(entry["id"])} if first[0] != printable(name[0], "?") else set()
    pictures = {key: picture for key, picture in pictures.items() if key not in shared}
    for entry in document["categories"]:
        entry = entry if isinstance(entry, dict) else {}
        name = entry.get("name")
        name = " ".join(printable(str(name), " ").split()) if isinstance(name, str | int | float) else ""
        if identity(entry.get("id")) is not None and name:
            names.setdefault(identity(entry["id"]), name)
    objects = []
    for entry in document["annotations"]:
        entry = entry if isinstance(entry, dict) else {}
        marks = [entry.get(key) for key in ("iscrowd", "ignore")]
        objects.append(
            (
                identity(entry.get("image_id")),
                names.get(identity(entry.get("category_id"))),
                box(entry),
                any(mark == 1 or mark == "1" for mark in marks),
            )
        )
    classes = [names[key] for key in sorted(names, key=lambda key: (key[0] == "word", key[1]))]
    return pictures, classes, objects


def identity(value):
    """An id as ("number", value) or ("word", value); None where it is neither."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and str(int(value[:18])) == value:
            return "number", int(value)
        return "word", value
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return "number", value


def printable(text, instead):
    return "".join(instead if ord(x) < 32 or ord(x) == 127 or 0xD800 <= ord(x) < 0xE000 else x for x in text)


def box(entry):
    """left, top, right, bottom; None where there is no box."""
    try:
        with np.errstate(invalid="ignore"):
            edges = np.array(corners(entry), np.float64)
    except (TypeError, ValueError, KeyError, IndexError, ArithmeticError, UnicodeError):
        return None
    return edges if np.abs(edges).sum() < LARGEST else None


def corners(entry):
    bbox = entry.get("bbox")
    if not bbox:
        return outline(entry["segmentation"])
    if not isinstance(bbox, list) or not all(isinstance(number, int | float) for number in bbox):
        raise ValueError
    if len(bbox) == 5:
        return turned(*bbox)
    x, y, width, height = bbox
    attributes = entry.get("attributes") if isinstance(entry.get("attributes"), dict) else {}
    angle = entry.get("rotation") or attributes.get("rotation")
    if isinstance(angle, int | float) and angle:
        return turned(x + width / 2, y + height / 2, width, height, angle)
    return x, y, x + width, y + height


def turned(x, y, width, height, degrees):
    """The box that encloses a turned one."""
    if min(width, height) < 0:
        raise ValueError
    angle = math.radians(degrees)
    half = np.abs(np.array([[math.cos(angle), math.sin(angle)], [math.sin(angle), math.cos(angle)]])) @ (
        width / 2,
        height / 2,
    )
    return x - half[0], y - half[1], x + half[0], y + half[1]


def outline(segmentation):
    if isinstance(segmentation, dict):
        height, width = segmentation["size"]
        pixels = mask(segmentation["counts"], height * width).reshape(width, height).T
        rows, columns = np.nonzero(pixels)
        return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    rings = segmentation if isinstance(segmentation[0], list) else [segmentation]
    points = np.array([pair for ring in rings for pair in np.reshape(np.array(ring), (-1, 2)).tolist()])
    if points.dtype.kind not in "if" or not (np.abs(points) < LARGEST).all():
        raise ValueError
    return *points.min(0), *points.max(0)


def mask(counts, size):
    """The pixels of a mask, written out one by one."""
    if isinstance(counts, str):
        numbers = []
        groups = [ord(letter) - 48 for letter in counts.encode("ascii").decode()]
        while groups:
            digits = []
            while groups:
                digits.append(groups.pop(0) & 63)
                if not digits[-1] & 32:
                    break
            else:
                break  # the last number has no end
            if len(digits) > 12:
                raise ValueError
            number = sum((digit & 31) << 5 * place for place, digit in enumerate(digits))
            number -= (digits[-1] >> 4 & 1) << 5 * len(digits)
            numbers.append(number + numbers[-2] if len(numbers) > 2 else number)
        counts = numbers
    counts = [int(count) for count in counts]
    if sum(counts) != size or min(counts) < 0 or size > 1e6:
        raise ValueError
    return np.repeat(np.arange(len(counts)) % 2, counts)


if __name__ == "__main__":
    main(__doc__, case)
