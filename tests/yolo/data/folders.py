"""VOC data sets written by hand for the tests."""

import sys

import numpy as np
import pytest

from yolo import picture_files


def xml(*objects):
    """A VOC annotation; each object is (name, xmin, ymin, xmax, ymax) as it would be written, from 1, inclusive."""
    body = "".join(
        f"<object><name>{name}</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax>"
        f"<ymax>{bottom}</ymax></bndbox></object>"
        for name, left, top, right, bottom in objects
    )
    return f"<annotation>{body}</annotation>"


DOG = ("dog", 1, 1, 10, 20)


def write_text(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_picture(path, height=24, width=32):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture_files.write(path, np.full((height, width, 3), 90, np.uint8))


def link(path, target=None):
    """Make a link, to itself where no target is given; the test is skipped on Windows, where that needs a privilege."""
    if sys.platform == "win32":
        pytest.skip("links need a privilege on Windows")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target or path.name)


def voc_root(root, annotations, lists=None, suffix=".jpg"):
    """A VOC root: `annotations` maps stems to XML text, `lists` names to the text of a list."""
    for stem, text in annotations.items():
        write_picture(root / "JPEGImages" / f"{stem}{suffix}")
        write_text(root / "Annotations" / f"{stem}.xml", text)
    for name, text in (lists or {}).items():
        write_text(root / "ImageSets" / "Main" / f"{name}.txt", text)
    return root
