"""A data set without any fault, and ways to put one into it."""

import io

import cv2
import numpy as np
from PIL import Image

from tests.yolo.data.folders import write_text, xml
from yolo import picture_files

WIDTH, HEIGHT = 64, 48
SPLITS = {"train": range(30), "val": range(30, 50), "test": range(50, 70)}


def stem(i):
    return f"p{i:02}"


def mosaic(seed, height=HEIGHT, width=WIDTH, blocks=8):
    """A picture of large blocks of random colors: it looks like no other one, also after it is compressed."""
    colors = np.random.default_rng(seed).integers(0, 256, (blocks, blocks, 3), np.uint8)
    return cv2.resize(colors, (width, height), interpolation=cv2.INTER_NEAREST)


def boxes(i):
    """A dog and a cat, corners as VOC writes them: of about 18 pixels, in other places and sizes in each picture."""
    x, y, w, h = i % 7 + 2, i % 5 + 2, 17 + i % 3, 16 + i % 4
    return [("dog", x, y, x + w, y + h), ("cat", x + 28, y + 15, x + 28 + h, y + 15 + w)]


def draw(root, name, image):
    """Write a picture; a JPEG if the name has no ending."""
    path = root / "JPEGImages" / (name if "." in name else f"{name}.jpg")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture_files.write(path, image)


def annotate(root, name, *objects):
    write_text(root / "Annotations" / f"{name}.xml", xml(*objects))


def enlist(root, **splits):
    """Write lists; by default those of the clean set. Values are stems."""
    lists = {name: [stem(i) for i in numbers] for name, numbers in SPLITS.items()} | splits
    for name, stems in lists.items():
        write_text(root / "ImageSets" / "Main" / f"{name}.txt", "\n".join(stems))


def listed(split, *more):
    """The stems of a split of the clean set, and more."""
    return [*(stem(i) for i in SPLITS[split]), *more]


def add(root, name, seed=1000, split="train", objects=(), image=None):
    """Add a picture, with a dog and a cat unless other objects are given, to a split."""
    draw(root, name, mosaic(seed) if image is None else image)
    annotate(root, name, *(objects or boxes(seed)))
    enlist(root, **{split: listed(split, name)})


def clean_set(root):
    """A set of 70 pictures in three lists that no check finds anything in."""
    for i in range(70):
        draw(root, stem(i), mosaic(i))
        annotate(root, stem(i), *boxes(i))
    enlist(root)
    return root


def bytes_of(image, kind, **options):
    """The bytes of a file that Pillow writes."""
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, kind, **options)
    return file.getvalue()
