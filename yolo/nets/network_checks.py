"""Check the settings of a network, whether they come from a command line, from Python or from somebody's file."""

import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, NoReturn, TypeAlias

from yolo import option_limits, temperature
from yolo.anchors import LEVELS, OF_A_LEVEL
from yolo.errors import UserError
from yolo.letterbox import MODES
from yolo.wording import short_repr

SCALE = 10  # the largest scale_xy; the published networks have 1 to 2
DTYPES = ("float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")


Unchecked: TypeAlias = Any
"""A value of any type, as a user or a file gives it."""


def check(settings: Mapping[str, Unchecked]) -> None:
    """Raise UserError when a network cannot have these settings, some or all of the arguments of `YoloV4Tiny`."""
    for name, (is_right, expected) in RULES.items():
        if name in settings and not _holds(is_right, settings[name]):
            _refuse(name, expected, settings[name])
    if {"masks", "anchors"} <= settings.keys():
        number = len(settings["anchors"])
        if any(index >= number for mask in settings["masks"] for index in mask):
            _refuse("masks", f"numbers from 0 to {number - 1}, as there are {number} anchors", settings["masks"])
    if {"class_names", "score_thresholds"} <= settings.keys():
        number = len(settings["class_names"])
        if len(settings["score_thresholds"]) not in (0, number):
            _refuse("score_thresholds", f"one number for each of {number} classes", settings["score_thresholds"])


def _holds(is_right: Callable[[Unchecked], bool], value: Unchecked) -> bool:
    try:
        return bool(is_right(value))
    except (TypeError, ValueError):  # the value is of another type
        return False


def _refuse(name: str, expected: str, value: Unchecked) -> NoReturn:
    raise UserError(f"{name} must be {expected}; got {short_repr(value)}.")


def _are_names(names: Unchecked) -> bool:
    if isinstance(names, (str, dict)) or not 0 < len(names) <= option_limits.CLASSES or len(set(names)) < len(names):
        return False
    return all(isinstance(name, str) and name.strip() and not _has_surrogates(name) for name in names)


def _has_surrogates(text: str) -> bool:
    """Return whether a text has halves of characters, which JSON can contain but files and terminals cannot."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _are_anchors(anchors: Unchecked) -> bool:
    sides = [side for width, height in anchors for side in (width, height)]
    return len(anchors) > 0 and all(_is_number(side) and 0 < side <= option_limits.ANCHOR for side in sides)


def _are_masks(masks: Unchecked) -> bool:
    indices = [index for mask in masks for index in mask]
    sizes = [len(mask) for mask in masks]
    shaped = len(sizes) in LEVELS and set(sizes) == {OF_A_LEVEL}
    return shaped and all(_is_whole(index) and index >= 0 for index in indices)


def _are_thresholds(thresholds: Unchecked) -> bool:
    return not isinstance(thresholds, (str, dict)) and all(_is_number(one) and 0 <= one <= 1 for one in thresholds)


def _is_size(size: Unchecked) -> bool:
    height, width = size
    sides = all(_is_whole(side) and side % 32 == 0 and 32 <= side <= option_limits.SIDE for side in size)
    return sides and height * width <= option_limits.AREA


def _is_number(value: Unchecked) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def _is_whole(value: Unchecked) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral)


RULES: dict[str, tuple[Callable[[Unchecked], bool], str]] = {  # whether a value is right, and what is expected
    "class_names": (_are_names, f"a list of 1 to {option_limits.CLASSES} different texts"),
    "anchors": (_are_anchors, f"pairs of a width and a height in pixels, above 0 and up to {option_limits.ANCHOR}"),
    "masks": (_are_masks, f"{' or '.join(map(str, LEVELS))} lists of {OF_A_LEVEL} numbers of anchors, counted from 0"),
    "input_size": (
        _is_size,
        f"height and width, multiples of 32 from 32 to {option_limits.SIDE}, {option_limits.AREA} pixels at most",
    ),
    "resize_mode": (lambda mode: mode in MODES, f"one of {', '.join(MODES)}"),
    "scale_xy": (lambda scale: _is_number(scale) and 0 < scale <= SCALE, f"a number above 0 and up to {SCALE}"),
    "epsilon": (lambda epsilon: _is_number(epsilon) and 0 < epsilon < 1, "a number between 0 and 1"),
    "score_thresholds": (_are_thresholds, "a list of numbers from 0 to 1"),
    "temperature": (temperature.is_temperature, temperature.EXPECTED),
    "dtype": (lambda dtype: not isinstance(dtype, str) or dtype in DTYPES, f"one of {', '.join(DTYPES)}"),
}
