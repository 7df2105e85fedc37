"""The project's own transforms, for use in an Albumentations pipeline beside those of Albumentations."""

import numpy as np
from pydantic import ConfigDict, Field

from yolo.data.albumentations import A, BaseTransformInitSchema, Targets, normalize_bboxes
from yolo.data.visible_share import in_pixels
from yolo.data.warp import warp_boxes, warp_image
from yolo.opencv import cv2


class FiniteSchema(BaseTransformInitSchema):
    """What every transform of the project checks of its arguments: no number is nan or inf."""

    model_config = ConfigDict(allow_inf_nan=False)


class Warp(A.DualTransform):
    """Zoom, stretch, shift and flips in one interpolation; what comes into the picture is grey.

    Args:
        scale: smallest and largest zoom.
        aspect: largest ratio by which width and height are stretched against each other.
        shift: largest move, as a share of the picture's size.
        horizontal_flip, vertical_flip: chance of a horizontal and of a vertical flip.
        p: chance of all this.
    """

    _targets = (Targets.IMAGE, Targets.BBOXES)

    class InitSchema(FiniteSchema):
        scale: tuple[float, float]
        aspect: float = Field(ge=1)
        shift: float = Field(ge=0, le=1)
        horizontal_flip: float = Field(ge=0, le=1)
        vertical_flip: float = Field(ge=0, le=1)

    def __init__(self, scale=(0.6, 1.4), aspect=1.2, shift=0.15, horizontal_flip=0.5, vertical_flip=0.0, p=1.0):
        super().__init__(p=p)
        if not 0 < scale[0] <= scale[1]:
            raise ValueError(f"scale must be two numbers over 0, the smaller first; got {list(scale)}")
        self.scale = tuple(scale)
        self.aspect = aspect
        self.shift = shift
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip

    def gentle(self):
        """A third of the zoom, stretch and shift, for the last epochs: near what there will be to detect.

        After Ge et al. 2021, who end without strong augmentation, https://arxiv.org/abs/2107.08430.
        """
        scale = tuple(1 + (limit - 1) / 3 for limit in self.scale)
        return Warp(scale, self.aspect ** (1 / 3), self.shift / 3, self.horizontal_flip, self.vertical_flip, self.p)

    def get_params_dependent_on_data(self, params, data):
        height, width = params["shape"][:2]
        size, rng = np.array([width, height]), self.random_generator
        stretch = self.aspect ** rng.uniform(-0.5, 0.5)
        zoom = rng.uniform(*self.scale) * np.array([stretch, 1 / stretch])
        zoom *= np.where(rng.random(2) < (self.horizontal_flip, self.vertical_flip), -1, 1)
        shift = np.trunc(rng.uniform(-self.shift, self.shift, 2) * size)  # of the picture's centre, in whole pixels
        return {"zoom": zoom, "offset": (1 - zoom) * size / 2 + shift}

    def apply(self, img, zoom, offset, **_):
        return warp_image(img, zoom, offset, img.shape[:2])

    def apply_to_bboxes(self, bboxes, zoom, offset, shape, **_):
        moved = warp_boxes(in_pixels(bboxes, shape[:2]), zoom, offset)
        return normalize_bboxes(np.column_stack([moved, bboxes[:, 4:]]), tuple(shape[:2]))


class ColorGains(A.ImageOnlyTransform):
    """Hue turned, saturation and value multiplied, by one table.

    Args:
        hue: largest turn of the colour circle, as a share of it.
        saturation, value: largest gain or loss, as a share.
        p: chance of all this.
    """

    class InitSchema(FiniteSchema):
        hue: float = Field(ge=0, le=0.5)
        saturation: float = Field(ge=0)
        value: float = Field(ge=0)

    def __init__(self, hue=0.02, saturation=0.5, value=0.4, p=1.0):
        super().__init__(p=p)
        self.hue = hue
        self.saturation = saturation
        self.value = value

    def get_params(self):
        return {"gains": self.random_generator.uniform(-1, 1, 3) * (self.hue, self.saturation, self.value)}

    def apply(self, img, gains, **_):
        return color(img, *gains)


def color(image, hue, saturation, value):
    """Hue turned by that share of the circle, saturation and value multiplied by 1 + theirs; (H, W, 3) uint8 RGB."""
    levels = np.arange(256)
    tables = np.stack([(levels + 180 * hue) % 180, levels * (1 + saturation), levels * (1 + value)], axis=-1)
    tables = tables.clip(0, 255).astype(np.uint8)[None]  # (1, 256, 3)
    return cv2.cvtColor(cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), tables), cv2.COLOR_HSV2RGB)
