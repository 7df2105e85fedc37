"""Draw the pictures of the demo set: textured, rotated, overlapping shapes on a cluttered background."""

import colorsys
import math
from collections.abc import Sequence
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Image
from yolo.data.demo.outlines import CLASSES, OTHERS, Outline
from yolo.opencv import cv2

NAMES = tuple(CLASSES)
HUES = {name: number / len(NAMES) for number, name in enumerate(NAMES)}  # most real objects have typical colors
HUE_RANGE = 0.07  # to both sides; shapes of no class have any color
VISIBLE = 0.6  # least visible share of every object: the rest may lie under others or outside of the picture
SMALLEST = 30 / 416  # of the longer side of the picture: no side of a box is shorter
FINE = 4  # outlines are filled at 4 times the resolution, for smooth edges

FloatImage: TypeAlias = Annotated[NDArray[np.float32], "height width 3"]
Plane: TypeAlias = Annotated[NDArray[np.float32], "height width"]
Mask: TypeAlias = Annotated[NDArray[np.bool_], "height width"]
Colors: TypeAlias = Annotated[NDArray[np.float32], "2 3"]
"""Two colors in RGB, from 0 to 255."""


def draw(
    rng: np.random.Generator,
) -> tuple[Image, tuple[str, ...], Annotated[NDArray[np.int32], "n 4"], Annotated[NDArray[np.float64], "n"]]:
    """Draw a picture with up to eight objects.

    Returns:
        image: the longer side has 360 to 640 pixels.
        names: the class of each object.
        boxes: xyxy in pixels, half-open, around the visible part of each object.
        visible: the visible share of each object.
    """
    longest = int(rng.integers(360, 641))
    shortest = round(longest * rng.uniform(0.56, 1.0))
    height, width = (longest, shortest) if rng.random() < 0.3 else (shortest, longest)
    image = _ground(height, width, rng)
    average = image.mean(axis=(0, 1))
    for _ in range(rng.integers(3, 9)):
        outline = _placed(OTHERS[rng.integers(len(OTHERS))](rng), longest * rng.uniform(0.06, 0.3), height, width, rng)
        _paint(image, outline, _colors(average, rng, saturation=(0.05, 0.5), apart=12), rng)
    names: list[str] = []
    masks: list[Mask] = []
    areas: list[float] = []
    for _ in range(0 if rng.random() < 0.06 else rng.integers(2, 9)):
        name = NAMES[rng.integers(len(NAMES))]
        outline = _placed(CLASSES[name](rng), longest * rng.uniform(0.055, 0.25), height, width, rng)
        area, mask = cv2.contourArea(outline.astype(np.float32)), _coverage(outline, height, width) > 0.5
        new_masks, new_areas = [other & ~mask for other in masks] + [mask], [*areas, area]
        if _all_seen(new_masks, new_areas, SMALLEST * longest):
            names, masks, areas = [*names, name], new_masks, new_areas
            colors = _colors(average, rng, saturation=(0.5, 1.0), apart=32, hue=HUES[name])
            _paint(image, outline, colors, rng, shadow=True)
    boxes = np.array([_box(mask) for mask in masks], np.int32).reshape(-1, 4)
    visible = np.array([mask.sum() / area for mask, area in zip(masks, areas, strict=True)])
    return _photographed(image, rng), tuple(names), boxes, visible


def _placed(outline: Outline, radius: float, height: int, width: int, rng: np.random.Generator) -> Outline:
    """Return an outline turned, scaled to a radius and moved into the picture; it may cross the edges."""
    angle = rng.uniform(0, 2 * math.pi)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    margin = 0.6 * radius
    center = rng.uniform((margin, margin), (width - margin, height - margin))
    return outline @ turn.T * radius + center


def _coverage(outline: Outline, height: int, width: int) -> Plane:
    """Return the share of each pixel that an outline covers, from 0 to 1."""
    cover = np.zeros((height, width), np.float32)
    left, top = np.clip(np.floor(outline.min(axis=0)), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(outline.max(axis=0)), 0, (width, height)).astype(int)
    if left < right and top < bottom:
        fine = np.zeros(((bottom - top) * FINE, (right - left) * FINE), np.uint8)
        # OpenCV counts from the center of the first pixel, not from its edge
        corners = np.round((outline - (left, top)) * FINE - 0.5).astype(np.int32)
        cv2.fillPoly(fine, [corners], 255)
        window = cv2.resize(fine, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        cover[top:bottom, left:right] = window.astype(np.float32) / 255
    return cover


def _box(mask: Mask) -> tuple[int, int, int, int]:
    """Return the half-open xyxy box around the pixels that are set."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def _all_seen(masks: Sequence[Mask], areas: Sequence[float], smallest: float) -> bool:
    """Return whether enough of every object is visible, in a box that is large enough."""
    for mask, area in zip(masks, areas, strict=True):
        if mask.sum() < VISIBLE * area:
            return False
        left, top, right, bottom = _box(mask)
        if min(right - left, bottom - top) < smallest:
            return False
    return True


def _colors(
    ground: Annotated[NDArray[np.float32], "3"],
    rng: np.random.Generator,
    saturation: tuple[float, float],
    apart: float,
    hue: float | None = None,
) -> Colors:
    """Return a color that differs from the ground by `apart` gray levels or more on average, and a similar color.

    Args:
        hue: the hue near which both are, from 0 to 1; None for a random one.
    """
    middle = rng.random() if hue is None else hue
    while True:
        strength, value = rng.uniform(*saturation), rng.uniform(0.4, 1.0)
        color = 255 * np.array(colorsys.hsv_to_rgb(_near(middle, rng), strength, value))
        if np.abs(color - ground).mean() >= apart:
            break
    near = colorsys.hsv_to_rgb(_near(middle, rng), strength, value * rng.uniform(0.55, 0.85))
    return np.stack([color, 255 * np.array(near)]).astype(np.float32)


def _near(hue: float, rng: np.random.Generator) -> float:
    return (hue + rng.uniform(-HUE_RANGE, HUE_RANGE)) % 1


def _pattern(x: Plane, y: Plane, radius: float, rng: np.random.Generator) -> Plane:
    """Return the share of the second color in each pixel, from 0 to 1: plain, faded, striped, dotted, or checkered."""
    angle, period = rng.uniform(0, 2 * math.pi), radius * rng.uniform(0.25, 0.55)
    across = (x * math.cos(angle) + y * math.sin(angle)) / period
    along = (y * math.cos(angle) - x * math.sin(angle)) / period
    kind = rng.integers(5)
    if kind == 0:
        return np.zeros_like(x)
    if kind == 1:
        return np.clip(0.5 + across * period / (2 * radius), 0, 1)
    waves = np.sin(2 * math.pi * across)
    if kind == 3:
        waves = np.cos(math.pi * across) * np.cos(math.pi * along) - 0.45
    if kind == 4:
        waves = np.sin(math.pi * across) * np.sin(math.pi * along)
    return np.clip(0.5 + waves * period / 3, 0, 1)  # one or two pixels from color to color


def _paint(image: FloatImage, outline: Outline, colors: Colors, rng: np.random.Generator, shadow: bool = False) -> None:
    """Draw a filled, textured, lit outline over the picture, in place."""
    radius = float(np.abs(outline - outline.mean(axis=0)).max())
    offset, depth = radius * rng.uniform(-0.15, 0.15, 2), rng.uniform(0.2, 0.5)
    left, top = np.maximum(outline.min(axis=0) - radius / 2, 0).astype(int)
    right, bottom = np.ceil(outline.max(axis=0) + radius / 2).astype(int)
    window = image[top:bottom, left:right]  # a view, with room for the shadow
    outline, (height, width) = outline - (left, top), window.shape[:2]
    if shadow:
        dark = cv2.GaussianBlur(_coverage(outline + offset, height, width), (0, 0), max(0.1 * radius, 1))
        window *= 1 - float(depth) * dark[..., None]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x - float(outline[:, 0].mean()), y - float(outline[:, 1].mean())
    share = _pattern(x, y, radius, rng)[..., None]
    light = (rng.uniform(-0.25, 0.25, 2) / radius).tolist()
    body = (colors[0] + share * (colors[1] - colors[0])) * (1 + x * light[0] + y * light[1])[..., None]
    window += _coverage(outline, height, width)[..., None] * (body - window)


def _noise(height: int, width: int, cells: tuple[int, int], rng: np.random.Generator) -> Plane:
    """Return smooth noise, about -1 to 1, with `cells` = (rows, columns) independent values."""
    values, size = rng.uniform(-1, 1, cells).astype(np.float32), (width, height)
    return cv2.resize(values, size, interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]  # still float32


def _ground(height: int, width: int, rng: np.random.Generator) -> FloatImage:
    """Return a background: a pale color that changes slowly, a texture, and some thin lines."""
    hue, value = rng.random(), rng.uniform(0.25, 0.85)
    color = 255 * np.array(colorsys.hsv_to_rgb(hue, rng.uniform(0.0, 0.35), value), np.float32)
    drift = _noise(height, width, (3, 3), rng)[..., None] * rng.uniform(0.6, 1.0, 3).astype(np.float32)
    coarse = [(8, 8), (24, 3), (3, 24), (40, 40)][rng.integers(4)]  # clouds, horizontal or vertical boards, gravel
    texture = _noise(height, width, coarse, rng) + 0.5 * _noise(height, width, (height // 3, width // 3), rng)
    image = np.ascontiguousarray(color + 30 * drift + rng.uniform(4, 18) * texture[..., None], np.float32)
    for _ in range(rng.integers(0, 8)):
        ends = rng.uniform(-0.2, 1.2, (2, 2)) * (width, height)
        tone = np.clip(color + rng.uniform(-70, 70), 0, 255)
        start, end = (tuple(map(int, point)) for point in ends)
        cv2.line(image, start, end, tone.tolist(), int(rng.integers(1, 4)))
    return image


def _photographed(image: FloatImage, rng: np.random.Generator) -> Image:
    """Return the picture as a camera would see it, with uneven light, a little blur, and grain."""
    height, width = image.shape[:2]
    image = image * (1 + 0.15 * _noise(height, width, (2, 2), rng))[..., None]
    blurred = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9))
    grainy = blurred + rng.uniform(1, 6) * rng.standard_normal(image.shape, np.float32)
    return np.clip(grainy, 0, 255).round().astype(np.uint8)
