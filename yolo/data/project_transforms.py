"""The project's own transforms, for an Albumentations pipeline together with those of Albumentations."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from yolo.array_types import Image
from yolo.data.import_albumentations import A, BaseTransformInitSchema, Targets, normalize_bboxes
from yolo.data.visible_share import ObjectRows, in_pixels
from yolo.data.warp import XY, warp_boxes, warp_image
from yolo.letterbox import Canvas
from yolo.opencv import cv2


class FiniteSchema(BaseTransformInitSchema):
    """The base of the argument checks of this project's transforms: no number is nan or inf."""

    model_config = ConfigDict(allow_inf_nan=False)


class Warp(A.DualTransform):
    """Zoom, stretch, shift and flips in one interpolation; the area outside of the image is gray.

    Args:
        scale: smallest and largest zoom.
        aspect: largest ratio between the zoom of the width and that of the height.
        shift: largest move, as a share of the image's size.
        horizontal_flip, vertical_flip: probability of each flip.
        p: probability that the transform is applied.
    """

    _targets = (Targets.IMAGE, Targets.BBOXES)

    class InitSchema(FiniteSchema):
        scale: tuple[float, float]
        aspect: float = Field(ge=1)
        shift: float = Field(ge=0, le=1)
        horizontal_flip: float = Field(ge=0, le=1)
        vertical_flip: float = Field(ge=0, le=1)

    def __init__(
        self,
        scale: tuple[float, float] = (0.6, 1.4),
        aspect: float = 1.2,
        shift: float = 0.15,
        horizontal_flip: float = 0.5,
        vertical_flip: float = 0.0,
        p: float = 1.0,
    ) -> None:
        super().__init__(p=p)
        if not 0 < scale[0] <= scale[1]:
            raise ValueError(f"scale must be two numbers over 0, the smaller first; got {list(scale)}")
        self.scale = scale
        self.aspect = aspect
        self.shift = shift
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip

    def gentle(self) -> "Warp":
        """Return a Warp with a third of the zoom, stretch and shift.

        In the last epochs the pictures should be close to those that the detector will see, after Ge et al. 2021, who
        end without strong augmentation, https://arxiv.org/abs/2107.08430.
        """
        low, high = (1 + (limit - 1) / 3 for limit in self.scale)
        stretch = self.aspect ** (1 / 3)
        return Warp((low, high), stretch, self.shift / 3, self.horizontal_flip, self.vertical_flip, self.p)

    def get_params_dependent_on_data(self, params: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        height, width = params["shape"][:2]
        size, rng = np.array([width, height]), self.random_generator
        stretch = self.aspect ** rng.uniform(-0.5, 0.5)
        zoom = rng.uniform(*self.scale) * np.array([stretch, 1 / stretch])
        zoom *= np.where(rng.random(2) < (self.horizontal_flip, self.vertical_flip), -1, 1)
        shift = np.trunc(rng.uniform(-self.shift, self.shift, 2) * size)  # of the image's center, in whole pixels
        return {"zoom": zoom, "offset": (1 - zoom) * size / 2 + shift}

    def apply(self, img: Image, zoom: XY, offset: XY, **_: Any) -> Canvas:
        height, width = img.shape[:2]
        return warp_image(img, zoom, offset, (height, width))

    def apply_to_bboxes(self, bboxes: ObjectRows, zoom: XY, offset: XY, shape: tuple[int, ...], **_: Any) -> ObjectRows:
        height, width = shape[:2]
        moved = warp_boxes(in_pixels(bboxes, (height, width)), zoom, offset)
        return normalize_bboxes(np.column_stack([moved, bboxes[:, 4:]]), (height, width))


class ColorGains(A.ImageOnlyTransform):
    """Turn the hue and multiply saturation and value, by one table.

    Args:
        hue: largest turn of the color circle, as a share of it.
        saturation, value: largest gain or loss, as a share.
        p: probability that the transform is applied.
    """

    class InitSchema(FiniteSchema):
        hue: float = Field(ge=0, le=0.5)
        saturation: float = Field(ge=0)
        value: float = Field(ge=0)

    def __init__(self, hue: float = 0.02, saturation: float = 0.5, value: float = 0.4, p: float = 1.0) -> None:
        super().__init__(p=p)
        self.hue = hue
        self.saturation = saturation
        self.value = value

    def get_params(self) -> dict[str, Any]:
        return {"gains": self.random_generator.uniform(-1, 1, 3) * (self.hue, self.saturation, self.value)}

    def apply(self, img: Image, gains: Annotated[NDArray[np.float64], "3"], **_: Any) -> Image:
        return color(img, *gains)


def color(image: Image, hue: float, saturation: float, value: float) -> Image:
    """Return an image with its hue turned, and its saturation and value multiplied.

    Args:
        hue: the turn, as a share of the color circle.
        saturation, value: the gain, as a share: 0.1 multiplies by 1.1.
    """
    levels = np.arange(256)
    tables = np.stack([(levels + 180 * hue) % 180, levels * (1 + saturation), levels * (1 + value)], axis=-1)
    tables = tables.clip(0, 255).astype(np.uint8)[None]  # (1, 256, 3)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), tables)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)  # type: ignore[return-value]  # still uint8
