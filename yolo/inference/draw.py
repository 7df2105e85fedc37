"""Boxes and labels painted on a picture."""

import colorsys
import functools
import importlib.util
import logging
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

GOLDEN_RATIO = (math.sqrt(5) - 1) / 2
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

    Lines and letters grow with the picture, labels stay inside it, and the best detection lies on top.
    """
    picture = image.copy()
    side = math.sqrt(image.shape[0] * image.shape[1])
    thickness = max(1, round(side / 250))
    letters = max(9, round(side / 45))
    corners = np.stack([np.floor(detections.boxes[:, :2]), np.ceil(detections.boxes[:, 2:])], axis=1).astype(int)
    rows = list(zip(corners, detections.names, detections.scores, detections.labels, strict=True))[::-1]
    for box, _, _, label in rows:
        _outline(picture, box, color(label), thickness)
    for box, name, score, label in rows:
        text = " ".join(name.split())  # in one line
        _label(picture, box, f"{text} {score:.2f}" if scores else text, color(label), letters)
    return picture


@functools.cache
def color(label):
    """A class's RGB colour, the same in every picture; hues a golden ratio apart are never close."""
    hue = (0.02 + label * GOLDEN_RATIO) % 1
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.85 if label % 2 else 0.7, 0.85 if label % 3 == 2 else 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def _outline(picture, box, rgb, thickness):
    """Paint a frame inside the box, in place: the outermost pixels are the box's."""
    (left, top), (right, bottom) = np.maximum(box, 0)
    edge = min(thickness, max(1, (right - left) // 2), max(1, (bottom - top) // 2))
    picture[top : top + edge, left:right] = rgb
    picture[max(bottom - edge, top) : bottom, left:right] = rgb
    picture[top:bottom, left : left + edge] = rgb
    picture[top:bottom, max(right - edge, left) : right] = rgb


def _label(picture, box, text, rgb, letters):
    """Paint the text on its colour, in place: above the box if there is room, else inside it, at its top."""
    height, width = picture.shape[:2]
    ink = _ink(text, letters)[:height, :width, None]
    (left, top), _ = np.maximum(box, 0)
    left = min(left, width - ink.shape[1])
    top = min(top - ink.shape[0] if top >= ink.shape[0] else top, height - ink.shape[0])
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
