"""Boxes and labels painted on a picture."""

import functools
import importlib.util
import logging
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from yolo.samples import Detections

# any two of them are at least 33 apart in CIELAB
COLORS = (
    *("ff3c3c", "00ff00", "0f5aff", "1ef0ff", "ffd200", "ff00c3", "3c872d", "e1a5f0", "b4783c", "00ffb4"),
    *("0096e1", "c300ff", "b4f04b", "d24b78", "ff8700", "f0e187", "a54bc3", "00c33c", "969600", "6987ff"),
)
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
    """A copy of (H, W, 3) uint8 RGB with every detection's box, name and, unless `scores` is False, score.

    Lines and letters grow with the picture, labels stay inside it and off one another where there is room, and the best
    detection lies on top.
    """
    picture = image.copy()
    side = math.sqrt(image.shape[0] * image.shape[1])
    thickness = max(1, round(side / 250))
    letters = max(9, round(side / 45))
    corners = np.stack([np.floor(detections.boxes[:, :2]), np.ceil(detections.boxes[:, 2:])], axis=1).astype(int)
    colors = [color(label) for label in detections.labels]
    names = [" ".join(name.split()) for name in detections.names]  # in one line
    texts = [f"{name} {score:.2f}" for name, score in zip(names, detections.scores, strict=True)] if scores else names
    inks = [_ink(text, letters)[: image.shape[0], : image.shape[1], None] for text in texts]
    places = _places(corners, [ink.shape[:2] for ink in inks], image.shape[:2])
    for box, rgb in zip(corners[::-1], colors[::-1], strict=True):
        _outline(picture, box, rgb, thickness)
    for place, ink, rgb in zip(places[::-1], inks[::-1], colors[::-1], strict=True):
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
    """Where labels go, (top, left) each: above the box, inside at its top, below, or inside at its bottom.

    The first of these that is in the picture and off the labels of better detections, else inside at the top.

    Args:
        boxes: (n, 2, 2) left and top, right and bottom, the best first.
        sizes: (height, width) of each label.
        within: height and width of the picture.
    """
    taken = np.empty((0, 4), int)  # top, left, bottom, right
    for ((left, top), (_, bottom)), (height, width) in zip(np.maximum(boxes, 0).tolist(), sizes, strict=True):
        left = min(left, within[1] - width)
        inside = min(top, within[0] - height)
        rows = [row for row in (top - height, inside, bottom, bottom - height) if 0 <= row <= within[0] - height]
        free = (row for row in rows if not _overlaps(taken, (row, left, row + height, left + width)))
        row = next(free, inside)
        taken = np.vstack([taken, (row, left, row + height, left + width)])
    return [(row, left) for row, left, _, _ in taken.tolist()]


def _overlaps(taken, new):
    """Whether a rectangle has a pixel in common with any of those taken, all top, left, bottom, right."""
    top, left, bottom, right = taken.T
    return bool(np.any((top < new[2]) & (left < new[3]) & (bottom > new[0]) & (right > new[1])))


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
    bright = np.dot(rgb, (0.299, 0.587, 0.114)) > 140
    letter_color = np.zeros(3) if bright else np.full(3, 255.0)
    mixed = np.asarray(rgb) * (1 - ink) + letter_color * ink
    picture[top : top + ink.shape[0], left : left + ink.shape[1]] = mixed.round().astype(np.uint8)


@functools.lru_cache(4096)
def _ink(text, letters):
    """How much of each pixel of a label the letters cover: (h, w) float32 from 0 to 1."""
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
