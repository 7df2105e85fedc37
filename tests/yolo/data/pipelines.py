"""Pipelines made from the numbers that matter to a test."""

from yolo.data.augmentation import VISIBLE, Augmentation
from yolo.data.project_transforms import ColorGains, Warp

COLORS = ("hue", "saturation", "value")


def changing(visible=VISIBLE, **numbers):
    """The default pipeline with other numbers for `Warp` and `ColorGains`."""
    colors = {name: numbers.pop(name) for name in COLORS if name in numbers}
    return Augmentation([Warp(**numbers), ColorGains(**colors)], visible)
