"""Random changes to a sample that is already at the network's size: zoom, stretch, shift, flips and colours."""

from dataclasses import dataclass, replace

import numpy as np

from yolo.data.warp import warp
from yolo.opencv import cv2
from yolo.samples import Sample


@dataclass(frozen=True)
class Augmentation:
    """How much a picture may change.

    Args:
        scale: smallest and largest zoom.
        aspect: largest ratio by which width and height are stretched against each other.
        shift: largest move, as a share of the picture's size.
        horizontal_flip, vertical_flip: chance of a horizontal and of a vertical flip.
        hue: largest turn of the colour circle, as a share of it.
        saturation, value: largest gain or loss, as a share.
        visible: an object is kept when at least that share of it is still in the picture.
    """

    scale: tuple[float, float] = (0.6, 1.4)
    aspect: float = 1.2
    shift: float = 0.15
    horizontal_flip: float = 0.5
    vertical_flip: float = 0.0
    hue: float = 0.02
    saturation: float = 0.5
    value: float = 0.4
    visible: float = 0.3

    def gentle(self):
        """A third of the zoom, stretch and shift, for the last epochs: near what there will be to detect.

        After Ge et al. 2021, who end without strong augmentation, https://arxiv.org/abs/2107.08430.
        """
        return replace(
            self,
            scale=tuple(1 + (limit - 1) / 3 for limit in self.scale),
            aspect=self.aspect ** (1 / 3),
            shift=self.shift / 3,
        )

    def __call__(self, sample, rng):
        """A changed copy of the sample, of the same size; `rng` decides how."""
        size = np.array(sample.image.shape[1::-1])  # (width, height)
        stretch = self.aspect ** rng.uniform(-0.5, 0.5)
        zoom = rng.uniform(*self.scale) * np.array([stretch, 1 / stretch])
        zoom *= np.where(rng.random(2) < (self.horizontal_flip, self.vertical_flip), -1, 1)
        shift = np.trunc(rng.uniform(-self.shift, self.shift, 2) * size)  # of the picture's centre, in whole pixels
        changed = warp(sample, zoom, (1 - zoom) * size / 2 + shift, sample.image.shape[:2], self.visible)
        gains = rng.uniform(-1, 1, 3) * (self.hue, self.saturation, self.value)
        return Sample(colour(changed.image, *gains), changed.boxes, changed.labels)


def colour(image, hue, saturation, value):
    """Hue turned by that share of the circle, saturation and value multiplied by 1 + theirs; (H, W, 3) uint8 RGB."""
    levels = np.arange(256)
    tables = np.stack([(levels + 180 * hue) % 180, levels * (1 + saturation), levels * (1 + value)], axis=-1)
    tables = tables.clip(0, 255).astype(np.uint8)[None]  # (1, 256, 3)
    return cv2.cvtColor(cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), tables), cv2.COLOR_HSV2RGB)
