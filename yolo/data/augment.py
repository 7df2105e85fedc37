"""Random changes to a sample that is already at the network's size; the only file that knows Albumentations."""

import os
from dataclasses import dataclass, replace

import numpy as np

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # its import would ask the network for a newer version
import albumentations as A  # noqa: N812 - as its documentation writes it

from yolo.letterbox import FILL
from yolo.opencv import cv2
from yolo.samples import Sample


class ColorGain(A.ImageOnlyTransform):
    """Hue turned, saturation and value multiplied, by tables: ten times as fast as `A.HueSaturationValue`."""

    def __init__(self, hue, saturation, value):
        super().__init__(p=1.0)
        self.limits = np.array([hue, saturation, value])

    def get_params(self):
        return {"gains": self.random_generator.uniform(-1, 1, 3) * self.limits}

    def apply(self, image, gains, **params):
        """(H, W, 3) uint8 RGB -> the same; `gains` are of hue, saturation and value."""
        levels = np.arange(256)
        tables = np.stack([(levels + 180 * gains[0]) % 180, levels * (1 + gains[1]), levels * (1 + gains[2])], axis=-1)
        tables = tables.clip(0, 255).astype(np.uint8)[None]  # (1, 256, 3)
        return cv2.cvtColor(cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), tables), cv2.COLOR_HSV2RGB)


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
        zoom = rng.uniform(*self.scale)
        stretch = self.aspect ** rng.uniform(-0.5, 0.5)
        transform = A.Compose(
            [
                A.Affine(
                    scale={"x": (zoom * stretch,) * 2, "y": (zoom / stretch,) * 2},
                    translate_percent=(-self.shift, self.shift),
                    fill=FILL,
                    p=1.0,
                ),
                A.HorizontalFlip(p=self.horizontal_flip),
                A.VerticalFlip(p=self.vertical_flip),
                ColorGain(self.hue, self.saturation, self.value),
            ],
            bbox_params=A.BboxParams("pascal_voc", min_visibility=self.visible, label_fields=["labels"]),
            seed=int(rng.integers(2**31)),
        )
        changed = transform(image=sample.image, bboxes=sample.boxes, labels=sample.labels)
        return Sample(
            changed["image"],
            np.asarray(changed["bboxes"], np.float32).reshape(-1, 4),
            np.asarray(changed["labels"], np.int32),
        )
