"""Boxes that are anchor * (2 sigmoid(t))^2 wide and high, so at most four times the anchor, instead of anchor exp(t).

Jocher et al. 2020, https://github.com/ultralytics/yolov5.
"""

import math
from collections.abc import Callable

from keras import ops

from attention.tensor_types import Tensor
from yolo.array_types import Sizes

DecodeMap = Callable[[Tensor, Sizes, int, float], tuple[Tensor, Tensor, Tensor]]


def with_two_sigma_sizes(usual: DecodeMap) -> DecodeMap:
    """Return a function that decodes a raw map as `usual` does, with these sizes."""

    def decode_map(raw: Tensor, anchors: Sizes, stride: int, scale_xy: float) -> tuple[Tensor, Tensor, Tensor]:
        shape = ops.shape(raw)
        raw = ops.reshape(raw, (*shape[:3], len(anchors), shape[3] // len(anchors)))
        shift, growth, others = ops.split(raw, (2, 4), axis=-1)
        growth = 2 * (math.log(2) + ops.log_sigmoid(growth))  # of which `usual` takes exp
        return usual(ops.reshape(ops.concatenate([shift, growth, others], axis=-1), shape), anchors, stride, scale_xy)

    return decode_map
