"""Boxes and labels painted on a picture."""

import functools
import importlib.util
import logging
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from yolo.inference.inputs import as_image
from yolo.structures import Detections

# Any two are at least 30 apart in CIELAB; to the red- or green-blind the first ten are 25 apart, and all twenty 7.
COLORS = (
    *("ffb400", "0087ff", "a5002d", "78f0e1", "c35a00", "003ce1", "4bc3ff", "b47887", "d2b478", "5a69a5"),
    *("4b3ca5", "96005a", "005a2d", "a5f087", "f000d2", "f087e1", "5a4b00", "007887", "f0d2ff", "a5a50f"),
)
SMALLEST = 10  # pixels of letters that can be read
HIDDEN = 0.25  # share of another object that a label may cover
SYSTEM_FONTS = (  # found by name in the system's font folders; for scripts that the first font lacks
    "DejaVuSans.ttf",
    "NotoSansCJK-Regular.ttc",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "msyh.ttc",
    "malgun.ttf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "AppleSDGothicNeo.ttc",
    "Arial Unicode.ttf",
)

log = logging.getLogger("yolo")


def draw(image, detections, scores=True):
    """Return the picture, (H, W, 3) uint8 RGB, with every detection's box, name and, unless `scores` is False, score.

    The picture may be all that a detector takes, see `yolo.inference.inputs.as_image`; it is not changed.

    Lines and letters grow with the picture and are finer on small objects. Labels stay inside the picture, off one
    another and off other objects; one that finds no such place is left out. The best detection lies on top.
    """
    image = as_image(image)
    picture = image.copy()
    side = math.sqrt(image.shape[0] * image.shape[1])
    corners = np.stack([np.floor(detections.boxes[:, :2]), np.ceil(detections.boxes[:, 2:])], axis=1).astype(int)
    sizes = np.sqrt(np.maximum(detections.boxes[:, 2:] - detections.boxes[:, :2], 1).prod(axis=1))  # of each object
    lines = np.clip(sizes / 40, 1, max(1, side / 350)).round().astype(int)
    letters = np.clip(sizes / 5, SMALLEST, max(SMALLEST, 0.54 * math.sqrt(side))).round().astype(int)
    colors = [color(label) for label in detections.labels]
    names = [" ".join(name.split()) for name in detections.names]  # in one line
    texts = [f"{name} {score:.2f}" for name, score in zip(names, detections.scores, strict=True)] if scores else names
    inks = [
        _ink(text, height)[: image.shape[0], : image.shape[1], None]
        for text, height in zip(texts, letters.tolist(), strict=True)
    ]
    places = _places(corners, [ink.shape[:2] for ink in inks], image.shape[:2])
    for box, rgb, thickness in list(zip(corners, colors, lines, strict=True))[::-1]:
        _outline(picture, box, rgb, thickness)
    for place, ink, rgb in zip(places, inks, colors, strict=True):
        if place:
            _label(picture, place, ink, rgb)
    return picture


def draw_sample(sample, class_names):
    """A copy of the image of a `Sample` with the boxes and names of its objects, those marked difficult left out."""
    known = sample.labels >= 0
    boxes, labels = sample.boxes[known], sample.labels[known]
    return draw(sample.image, Detections(boxes, np.ones(len(boxes), np.float32), labels, class_names), scores=False)


def color(label):
    """A class's RGB colour, the same in every picture; of further classes they are darker."""
    turn, number = divmod(label, len(COLORS))
    return tuple(round(part * 0.75 ** (turn % 4)) for part in bytes.fromhex(COLORS[number]))


def _places(boxes, sizes, within):
    """Return where labels go, (top, left) each, or None: around the box, or in it at its top or bottom.

    Of the places in the picture and off the labels of better detections the one that hides least of other objects.

    Args:
        boxes: (n, 2, 2) left and top, right and bottom, the best first.
        sizes: (height, width) of each label.
        within: height and width of the picture.
    """
    boxes = np.maximum(boxes, 0).reshape(-1, 4)
    taken = np.empty((0, 4), int)  # left, top, right, bottom
    places = []
    for i, ((left, top, right, bottom), (height, width)) in enumerate(zip(boxes.tolist(), sizes, strict=True)):
        last_row, last_column = within[0] - height, within[1] - width
        column, row = min(left, last_column), min(top, last_row)
        options = [
            *((top - height, column), (top - height, min(max(right - width, 0), last_column)), (bottom, column)),
            *((row, right), (row, left - width), (row, column), (bottom - height, column)),
            *((top - 2 * height, column), (bottom + height, column)),  # beyond the label of a box in the same place
        ]
        spots = [(y, x) for y, x in options if 0 <= y <= last_row and 0 <= x <= last_column]
        labels = np.array([(x, y, x + width, y + height) for y, x in spots])
        hidden = _shares(labels, boxes)
        costs = hidden.max(axis=1) + 0.02 * np.arange(len(spots))
        hidden[:, i] = 0  # a label may hide its own object, if there is no other place
        costs[(hidden.max(axis=1) > HIDDEN) | _shares(labels, taken).any(axis=1)] = math.inf
        best = int(np.argmin(costs))
        places.append(None if math.isinf(costs[best]) else spots[best])
        taken = np.vstack([taken, labels[best : best + 1]]) if places[-1] else taken
    return places


def _shares(labels, boxes):
    """Return how much of each box each label covers: (m, 4), (n, 4) -> (m, n) from 0 to 1."""
    low = np.maximum(labels[:, None, :2], boxes[:, :2])
    high = np.minimum(labels[:, None, 2:], boxes[:, 2:])
    return np.maximum(high - low, 0).prod(axis=2) / np.maximum(boxes[:, 2:] - boxes[:, :2], 1).prod(axis=1)


def _outline(picture, box, rgb, thickness):
    """Paint a frame inside the box, in place: the outermost pixels are the box's."""
    (left, top), (right, bottom) = np.maximum(box, 0)
    edge = min(thickness, max(1, (right - left) // 2), max(1, (bottom - top) // 2))
    picture[top : top + edge, left:right] = rgb
    picture[max(bottom - edge, top) : bottom, left:right] = rgb
    picture[top:bottom, left : left + edge] = rgb
    picture[top:bottom, max(right - edge, left) : right] = rgb


def _label(picture, place, ink, rgb):
    """Paint letters on their colour, in place; `ink` is (h, w, 1)."""
    top, left = place
    mixed = np.asarray(rgb) * (1 - ink) + _letter_color(rgb) * ink
    picture[top : top + ink.shape[0], left : left + ink.shape[1]] = mixed.round().astype(np.uint8)


def _letter_color(rgb):
    """Return black or white, the one of the higher contrast to a colour: 4.58:1 or more by WCAG 2, which asks for 4.5.

    See https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance.
    """
    parts = np.asarray(rgb) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    return np.zeros(3) if (luminance + 0.05) ** 2 > 1.05 * 0.05 else np.full(3, 255.0)


@functools.lru_cache(4096)
def _ink(text, letters):
    """Return how much of each pixel of a label the letters cover: (h, w) float32 from 0 to 1."""
    font = _font(_face(frozenset(character for character in text if not character.isascii())), letters)
    padding = max(1, letters // 5)
    ascent, descent = font.getmetrics()
    size = (math.ceil(font.getlength(text)) + 2 * padding, ascent + descent + padding // 2)
    label = Image.new("L", size)
    ImageDraw.Draw(label).text((padding, padding // 2), text, fill=255, font=font)
    return np.asarray(label, np.float32) / 255


@functools.cache
def _face(characters):
    """The first font at hand that can write those characters; with a warning, the first of all."""
    faces = _faces()
    for face in faces:
        font = _font(face, 20)
        unknown = bytes(font.getmask("\U0010ffff"))  # the box shown for what a font lacks
        if all(bytes(font.getmask(character)) != unknown for character in characters):
            return face
    log.warning(
        "no font on this machine can write '%s': install one, such as fonts-noto-cjk", "".join(sorted(characters))
    )
    return faces[0]


@functools.cache
def _faces():
    """Every font at hand: the one that comes with Matplotlib, the system's, Pillow's own (None)."""
    matplotlib = importlib.util.find_spec("matplotlib")
    bundled = [Path(matplotlib.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf"] if matplotlib else []
    return [face for face in (*map(str, bundled), *SYSTEM_FONTS) if _is_installed(face)] + [None]


def _is_installed(face):
    try:
        _font(face, 20)
    except OSError:
        return False
    return True


@functools.cache
def _font(face, letters):
    """A font by its file name, its letters `letters` pixels high."""
    return ImageFont.load_default(letters) if face is None else ImageFont.truetype(face, letters)
