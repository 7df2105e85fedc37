"""Damaged label files and data.yaml of YOLO: what is accepted is what a slow reading of the same bytes finds."""

import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz.damage import damage
from tests.fuzz.report import main
from yolo.data.formats import data_yaml, yolo_folders, yolo_txt
from yolo.data.formats.written_annotation import UnreadableAnnotationError
from yolo.errors import UserError

LINES = (
    "0 0.5 0.5 0.25 0.5",
    "2.0 0.1 0.9 0.2 0.2",
    "1 0.1 0.2 0.5 0.1 0.9 0.4",
    "1 0.3 0.5 0.5 0.3 0.7 0.5 0.5 0.7",
    "11 0.5 0.5 0.25 0.5 0.93",
    "0 0.5 0.5 0.2 0.2 0.4 0.4 2",
    "big dog 0.5 0.25 1e-1 .5",
    "0 20 12 8 12",
    "",
)
YAML = """path: .
train: images/train  # a comment
val: [images/train, 'list.txt']
test:
nc: 3
names:
  0: cat
  1: "big dog"
  2: no
download: https://example.com/set.zip
"""
FLOW = '{"train": "../images/train", "nc": 2, "names": ["cat", "dog"], "val": "list.txt", "x": [1, {"a": null}]}'
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
LOST = ("bad line", "not shares")


def case(rng):
    """One damaged file: `refused` or `read`; raises AssertionError where the two readings differ."""
    with tempfile.TemporaryDirectory() as folder:
        return (_labels if rng.random() < 0.5 else _description)(Path(folder), rng)


def _labels(folder, rng):
    encoding, end = str(rng.choice(["utf-8", "utf-8-sig", "utf-16"])), str(rng.choice(["\n", "\r\n", "\r"]))
    content = damage(end.join(rng.choice(LINES, 6)).encode(encoding), rng, tokens=rb"[^\s]+")
    path = folder / "a.txt"
    path.write_bytes(content)
    try:
        written = yolo_txt.read(path)
    except UnreadableAnnotationError as error:
        return _refused(error)
    lines = [line.split() for line in re.split(rb"\r\n|\r|\n", _utf8(content)) if line.split()]
    expected = [found for parts in lines if (found := _object(parts))]
    boxes = np.reshape(written.numbers, (-1, 4))
    assert list(written.names) == [name for name, _ in expected], content
    np.testing.assert_allclose(boxes, np.reshape([box for _, box in expected], (-1, 4)), atol=1e-12, err_msg=content)
    assert len(lines) == len(expected) + sum(written.counts.get(kind, 0) for kind in LOST), content
    return "read"


def _utf8(content):
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding).encode()
    return content.removeprefix(b"\xef\xbb\xbf")


def _object(parts):
    """(class, box) of a line in bytes, or None where it is left out."""
    texts = [part.decode("utf-8", "replace") for part in parts]
    first = _number(texts[0])
    words = first is None
    numbers = [_number(text) for text in (texts[-4:] if words else texts[1:])]
    name = " ".join(texts[:-4]) if words else str(round(first))
    if not name or None in numbers or len(numbers) < 4 or (not words and (first < 0 or first >= 1e9 or first % 1)):
        return None
    numbers = np.array(numbers)
    is_pose = len(numbers) in range(7, 999, 6) and set(numbers[6::3]) <= {0, 1, 2}
    if is_pose or len(numbers) < 6:
        box = np.array([numbers[:2] - numbers[2:4] / 2, numbers[:2] + numbers[2:4] / 2])
        center, size = numbers[:2], numbers[2:4]
    else:
        points = numbers[: len(numbers) // 2 * 2].reshape(-1, 2)
        box = np.array([points.min(axis=0), points.max(axis=0)])
        center, size = box.mean(axis=0), box[1] - box[0]
    usable = (center >= -0.01).all() and (size >= 0).all() and (center <= 1.01).all() and (size <= 1.01).all()
    return (name, box.ravel()) if usable else None


def _number(text):
    """The value of a number in plain digits that is finite, or None."""
    return float(text) if NUMBER.fullmatch(text) and abs(float(text)) < float("inf") else None


def _description(folder, rng):
    for name in ("images/train", "labels/train"):
        (folder / name).mkdir(parents=True)
    (folder / "images/train/a.jpg").write_bytes(b"")
    (folder / "labels/train/a.txt").write_text("1 0.5 0.5 0.25 0.5\n")
    (folder / "list.txt").write_text("./images/train/a.jpg\n")
    encoding, text = str(rng.choice(["utf-8", "utf-8-sig", "utf-16"])), str(rng.choice([YAML, FLOW]))
    content = damage(text.encode(encoding), rng, tokens=rb"[\w./]+|\n[^\n]*")
    (folder / "data.yaml").write_bytes(content)
    outcomes = {_outcome(yolo_folders.find, folder), _outcome(data_yaml.read, folder / "data.yaml")}
    if "refused" in outcomes:
        return "refused"
    found = data_yaml.read(folder / "data.yaml")
    try:
        fields = yaml.safe_load(_utf8(content).decode())
    except (ValueError, yaml.YAMLError):  # a value that is not of its kind, such as a date of the 40th
        return "read, without a second opinion"
    names = fields.get("names") or [str(i) for i in range(int(fields["nc"]))]
    names = [names[key] for key in sorted(names, key=int)] if isinstance(names, dict) else names
    for one, other in zip(found.class_names, names, strict=True):
        assert one == " ".join(str(other).split()) or not isinstance(other, str), content
    given = {str(key).lower(): value for key, value in fields.items() if value}
    for part, sources in found.sources.items():
        values = next(given[key] for key in (part, "valid", "validation") if given.get(key))
        values = values if isinstance(values, list) else [values]
        assert [source.text for source in sources] == [str(value) for value in values if value], content
    return "read"


def _outcome(read, path):
    try:
        read(path)
    except UserError as error:
        return _refused(error)
    return "read"


def _refused(error):
    assert "\n" not in str(error), error
    return "refused"


if __name__ == "__main__":
    main(__doc__, case)
