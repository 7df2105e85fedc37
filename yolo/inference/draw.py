"""Draw boxes and labels on images."""

import functools
import importlib.util
import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageDraw, ImageFont

from yolo.array_types import Image
from yolo.inference.inputs import PictureLike, as_image
from yolo.structures import Detections, Sample

Color: TypeAlias = tuple[int, int, int]
"""Red, green and blue, from 0 to 255."""

Position: TypeAlias = tuple[int, int]
"""The row and the column of the pixel at the top left of a label."""

# Any two are at least 30 apart in CIELAB; for red- or green-blind people, the first ten are 25 and all twenty 7 apart.
COLORS = (
    *("ffb400", "0087ff", "a5002d", "78f0e1", "c35a00", "003ce1", "4bc3ff", "b47887", "d2b478", "5a69a5"),
    *("4b3ca5", "96005a", "005a2d", "a5f087", "f000d2", "f087e1", "5a4b00", "007887", "f0d2ff", "a5a50f"),
)
SMALLEST = 10  # height in pixels of letters that are still readable
HIDDEN = 0.25  # the largest share of another object that a label may cover
SYSTEM_FONTS = (  # found by name in the system's font folders; for letters that are missing in the first font
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


def draw(image: PictureLike, detections: Detections, scores: bool = True) -> Image:
    """Return a copy of the image with the box, the class name and the score of every detection drawn on it.

    Lines and letters grow with the image, and are finer on small objects. Labels stay inside the image, do not overlap,
    and cover little of other objects; a label without such a place is left out. The best detection is on top.

    Args:
        image: any picture that a detector accepts, see `yolo.inference.inputs.as_image`.
        scores: whether the labels show the scores.

    Raises:
        UserError: the file of the picture cannot be read.
        ValueError: it is not a picture.
    """
    image = as_image(image)
    drawn = image.copy()
    side = math.sqrt(image.shape[0] * image.shape[1])
    corners = np.stack([np.floor(detections.boxes[:, :2]), np.ceil(detections.boxes[:, 2:])], axis=1).astype(int)
    sizes = np.sqrt(np.maximum(detections.boxes[:, 2:] - detections.boxes[:, :2], 1).prod(axis=1))  # of the objects
    lines = np.clip(sizes / 40, 1, max(1, side / 350)).round().astype(int)
    letters = np.clip(sizes / 5, SMALLEST, max(SMALLEST, 0.54 * math.sqrt(side))).round().astype(int)
    colors = [color(label) for label in detections.labels]
    names = [" ".join(name.split()) for name in detections.names]  # on one line
    texts = [f"{name} {score:.2f}" for name, score in zip(names, detections.scores, strict=True)] if scores else names
    inks = [
        _ink(text, height)[: image.shape[0], : image.shape[1], None]
        for text, height in zip(texts, letters.tolist(), strict=True)
    ]
    places = _places(corners, [ink.shape[:2] for ink in inks], image.shape[:2])
    for box, rgb, thickness in list(zip(corners, colors, lines, strict=True))[::-1]:
        _outline(drawn, box, rgb, thickness)
    for place, ink, rgb in zip(places, inks, colors, strict=True):
        if place:
            _label(drawn, place, ink, rgb)
    return drawn


def draw_sample(sample: Sample, class_names: Sequence[str]) -> Image:
    """Return a copy of the image of a sample with the boxes and class names of its objects, without difficult ones."""
    drawn = sample.labels >= 0
    boxes, labels = sample.boxes[drawn], sample.labels[drawn]
    return draw(
        sample.image, Detections(boxes, np.ones(len(boxes), np.float32), labels, tuple(class_names)), scores=False
    )


def color(label: int) -> Color:
    """Return the RGB color of a class, the same in every image; from class 20 on, the colors repeat in darker shades.

    Example:
        >>> color(0), color(20)
        ((255, 180, 0), (191, 135, 0))
    """
    turn, number = divmod(label, len(COLORS))
    red, green, blue = (round(part * 0.75 ** (turn % 4)) for part in bytes.fromhex(COLORS[number]))
    return red, green, blue


def _places(
    boxes: Annotated[NDArray[np.int_], "n 2 2"], sizes: Sequence[tuple[int, int]], within: tuple[int, int]
) -> list[Position | None]:
    """Return the position of each label, around its box or inside it at the top or bottom; None if there is no place.

    Among the places in the image that are free of the labels of better detections, choose the one that hides least of
    other objects.

    Args:
        boxes: (left, top) and (right, bottom) of each box, best score first.
        sizes: (height, width) of each label.
        within: (height, width) of the image.
    """
    boxes = np.maximum(boxes, 0).reshape(-1, 4)
    taken = np.empty((0, 4), int)  # left, top, right, bottom
    places: list[Position | None] = []
    for i, ((left, top, right, bottom), (height, width)) in enumerate(zip(boxes.tolist(), sizes, strict=True)):
        last_row, last_column = within[0] - height, within[1] - width
        column, row = min(left, last_column), min(top, last_row)
        options = [
            *((top - height, column), (top - height, min(max(right - width, 0), last_column)), (bottom, column)),
            *((row, right), (row, left - width), (row, column), (bottom - height, column)),
            *((top - 2 * height, column), (bottom + height, column)),  # outside of the label of a box at the same place
        ]
        spots = [(y, x) for y, x in options if 0 <= y <= last_row and 0 <= x <= last_column]
        labels = np.array([(x, y, x + width, y + height) for y, x in spots])
        hidden = _shares(labels, boxes)
        costs = hidden.max(axis=1) + 0.02 * np.arange(len(spots))
        hidden[:, i] = 0  # where there is no other place, a label may hide its own object
        costs[(hidden.max(axis=1) > HIDDEN) | _shares(labels, taken).any(axis=1)] = math.inf
        best = int(np.argmin(costs))
        places.append(None if math.isinf(costs[best]) else spots[best])
        taken = np.vstack([taken, labels[best : best + 1]]) if places[-1] else taken
    return places


def _shares(
    labels: Annotated[NDArray[np.int_], "labels 4"], boxes: Annotated[NDArray[np.int_], "boxes 4"]
) -> Annotated[NDArray[np.float64], "labels boxes"]:
    """Return the share of each box, from 0 to 1, that each label covers."""
    low = np.maximum(labels[:, None, :2], boxes[:, :2])
    high = np.minimum(labels[:, None, 2:], boxes[:, 2:])
    return np.maximum(high - low, 0).prod(axis=2) / np.maximum(boxes[:, 2:] - boxes[:, :2], 1).prod(axis=1)


def _outline(image: Image, box: Annotated[NDArray[np.int_], "2 2"], rgb: Color, thickness: int) -> None:
    """Draw the outline of a box in place; its outermost pixels are those of the box."""
    (left, top), (right, bottom) = np.maximum(box, 0)
    edge = min(thickness, max(1, (right - left) // 2), max(1, (bottom - top) // 2))
    image[top : top + edge, left:right] = rgb
    image[max(bottom - edge, top) : bottom, left:right] = rgb
    image[top:bottom, left : left + edge] = rgb
    image[top:bottom, max(right - edge, left) : right] = rgb


def _label(image: Image, place: Position, ink: Annotated[NDArray[np.float32], "rows columns 1"], rgb: Color) -> None:
    """Draw a label on the background color `rgb`, in place."""
    top, left = place
    mixed = np.asarray(rgb) * (1 - ink) + _letter_color(rgb) * ink
    image[top : top + ink.shape[0], left : left + ink.shape[1]] = mixed.round().astype(np.uint8)


def _letter_color(rgb: Color) -> Annotated[NDArray[np.float64], "3"]:
    """Return black or white, whichever has the higher contrast to a color: at least 4.58:1, where WCAG 2 demands 4.5:1.

    See https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance.
    """
    parts = np.asarray(rgb) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    return np.zeros(3) if (luminance + 0.05) ** 2 > 1.05 * 0.05 else np.full(3, 255.0)


@functools.lru_cache(4096)
def _ink(text: str, letters: int) -> Annotated[NDArray[np.float32], "rows columns"]:
    """Return the share of each pixel of a label, from 0 to 1, that letters `letters` pixels high cover."""
    font = _font(_face(frozenset(character for character in text if not character.isascii())), letters)
    padding = max(1, letters // 5)
    ascent, descent = font.getmetrics()
    size = (math.ceil(font.getlength(text)) + 2 * padding, ascent + descent + padding // 2)
    label = PIL.Image.new("L", size)
    ImageDraw.Draw(label).text((padding, padding // 2), text, fill=255, font=font)
    return np.asarray(label, np.float32) / np.float32(255)


@functools.cache
def _face(characters: frozenset[str]) -> str | None:
    """Return the first available font that has all characters; if none has, warn and return the first of all."""
    faces = _faces()
    for face in faces:
        font = _font(face, 20)
        unknown = bytes(font.getmask("\U0010ffff"))  # the box that a font shows for a missing character
        if all(bytes(font.getmask(character)) != unknown for character in characters):
            return face
    log.warning(
        "no font on this machine can write '%s': install one, such as fonts-noto-cjk", "".join(sorted(characters))
    )
    return faces[0]


@functools.cache
def _faces() -> list[str | None]:
    """Return the available fonts: the one that Matplotlib brings, those of the system, and Pillow's own (None)."""
    matplotlib = importlib.util.find_spec("matplotlib")
    origin = matplotlib and matplotlib.origin
    bundled = [str(Path(origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf")] if origin else []
    return [*(face for face in (*bundled, *SYSTEM_FONTS) if _is_installed(face)), None]


def _is_installed(face: str) -> bool:
    try:
        _font(face, 20)
    except OSError:
        return False
    return True


@functools.cache
def _font(face: str | None, letters: int) -> ImageFont.FreeTypeFont:
    """Return the font of a file, or for None Pillow's own, with letters `letters` pixels high."""
    if face is None:
        return ImageFont.load_default(letters)  # type: ignore[return-value]  # with a size, it is a FreeTypeFont
    return ImageFont.truetype(face, letters)
