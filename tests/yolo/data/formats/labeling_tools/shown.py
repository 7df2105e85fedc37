"""The pictures and objects that every tool is given to write."""

import json
import shutil
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.yolo.data.folders import write_picture

CLASSES = ("cat", "traffic light")
IDS = {"cat": 1, "traffic light": 18}  # with a gap, as COCO's own have


class Shown(NamedTuple):
    """A picture file, its size, and the objects in it: (class, left, top, right, bottom, difficult)."""

    path: Path
    width: int
    height: int
    objects: tuple = ()

    @property
    def name(self):
        return self.path.name

    @property
    def stem(self):
        return self.path.stem


def painted(folder):
    """Write six pictures, and return them with what is in them."""
    drawn = {
        "two.jpg": (120, 80, (("cat", 10, 20, 50, 60, False), ("traffic light", 30, 11, 110, 70, False))),
        "my cat 1.jpg": (90, 70, (("cat", 12, 8, 61, 63, False),)),
        "borders.png": (
            100,
            60,
            (
                ("cat", 0, 20, 30, 40, False),
                ("cat", 40, 0, 60, 20, False),
                ("traffic light", 70, 20, 100, 40, False),
                ("traffic light", 40, 40, 60, 60, False),
            ),
        ),
        "hard.jpg": (64, 96, (("traffic light", 5, 6, 25, 36, True), ("cat", 30, 40, 60, 90, False))),
        "parts.jpg": (100, 50, (("cat", 10.25, 5.5, 60.75, 40.5, False),)),
        "nothing.jpg": (80, 80, ()),
    }
    for name, (width, height, _) in drawn.items():
        write_picture(folder / name, height, width)
    return [Shown(folder / name, *values) for name, values in drawn.items()]


def unmarked(shown):
    """Return the same pictures without difficult marks, for formats or tools that have none."""
    return [one._replace(objects=tuple((*each[:5], False) for each in one.objects)) for one in shown]


def need(*distributions):
    """Skip the test unless these packages are installed."""
    for name in distributions:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            pytest.skip(f"not installed: {name}")


def copy(shown, folder):
    """Copy the pictures into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in shown:
        shutil.copy2(one.path, folder / one.name)
    return folder


def coco(shown, file, ids=IDS):
    """Write a COCO JSON, by default with a gap in its category ids; return its path."""
    objects = [(number, *each) for number, one in enumerate(shown, 1) for each in one.objects]
    written = {
        "images": [
            {"id": number, "file_name": one.name, "width": one.width, "height": one.height}
            for number, one in enumerate(shown, 1)
        ],
        "categories": [{"id": number, "name": name, "supercategory": ""} for name, number in ids.items()],
        "annotations": [
            {
                "id": number,
                "image_id": image,
                "category_id": ids[name],
                "bbox": [left, top, right - left, bottom - top],
                "area": (right - left) * (bottom - top),
                "segmentation": [],
                "iscrowd": int(difficult),
            }
            for number, (image, name, left, top, right, bottom, difficult) in enumerate(objects, 1)
        ],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(written), encoding="utf-8")
    return file


def corners(left, top, right, bottom):
    """Return the four corners of a box, clockwise."""
    return [[left, top], [right, top], [right, bottom], [left, bottom]]
