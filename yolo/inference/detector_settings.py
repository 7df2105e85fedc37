"""The settings of a detector and of its calls, and the check of their values."""

import numbers
from typing import TypedDict

from yolo.inference.inputs import Channels
from yolo.temperature import EXPECTED, is_temperature
from yolo.wording import short_repr


class Thresholds(TypedDict, total=False):
    """The settings of a `Detector`: which detections are kept, and how their scores are scaled."""

    score_threshold: float | None
    iou_threshold: float
    max_detections: int
    temperature: float


class DetectorOptions(Thresholds, total=False):
    """The settings of a `Detector`, with `tta`, which no call changes."""

    tta: bool


class CallSettings(Thresholds, total=False):
    """The settings of one call of a `Detector`."""

    channels: Channels


def check(score_threshold: float | None, iou_threshold: float, max_detections: int, temperature: float) -> None:
    """Raise ValueError if a setting is out of range; `score_threshold` may be None."""
    lowest = 0.0 if score_threshold is None else score_threshold
    for name, value in (("score_threshold", lowest), ("iou_threshold", iou_threshold)):
        if not _is_number(value) or not 0 <= value <= 1:
            raise ValueError(f"{name} is a number from 0 to 1; got {short_repr(value)}.")
    if not is_temperature(temperature):
        raise ValueError(f"temperature is {EXPECTED}; got {short_repr(temperature)}.")
    is_whole = isinstance(max_detections, numbers.Integral) and not isinstance(max_detections, bool)
    if not is_whole or max_detections < 1:
        raise ValueError(f"max_detections is a whole number from 1; got {short_repr(max_detections)}.")


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
