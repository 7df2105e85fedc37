"""The feature pyramid and the two heads of yolov4-tiny, with attention on both levels and on the upsample path.

Feature pyramid networks: Lin et al. 2017, https://arxiv.org/abs/1612.03144.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from keras import initializers, layers, ops

from attention.tensor_types import Shape, Tensor
from yolo.nets.blocks import Convolutions, Upsample

HEADS = ("p5_out", "p4_out")  # the layers that return the raw maps
PRIOR = 0.01  # initial objectness of every candidate, so that training does not begin with thousands of false positives


def neck(
    feat1: Tensor,
    feat2: Tensor,
    convolutions: Convolutions,
    outputs: int,
    attention: Callable[[Tensor, str], Tensor],
) -> tuple[Tensor, Tensor]:
    """Return the raw maps of features: P5 (B, H/32, W/32, outputs) and P4 (B, H/16, W/16, outputs).

    Args:
        feat1, feat2: (B, H/16, W/16, 256) and (B, H/32, W/32, 512).
        outputs: channels of each raw map, anchors * (5 + classes).
        attention: returns features of the same shape from features and the name of their place, see
            `yolo.nets.attention_blocks`.
    """
    bias = ObjectnessPrior(PRIOR)
    feat1 = attention(feat1, "p4")
    feat2 = attention(feat2, "p5")
    p5 = convolutions.unit(feat2, 256, 1, "p5")
    map32 = convolutions.linear(convolutions.unit(p5, 512, 3, "p5_head"), outputs, "p5_out", bias)
    up = convolutions.unit(p5, 128, 1, "up")
    up = Upsample(name="up_sample", dtype=convolutions.dtype)(up)
    up = attention(up, "up")
    p4 = layers.Concatenate(name="p4_join", dtype=convolutions.dtype)([up, feat1])
    map16 = convolutions.linear(convolutions.unit(p4, 256, 3, "p4_head"), outputs, "p4_out", bias)
    return map32, map16


class ObjectnessPrior(initializers.Initializer):
    """An initializer of the biases of a head: log(p / (1 - p)) for objectness, zero elsewhere.

    Lin et al. 2017, https://arxiv.org/abs/1708.02002.
    """

    def __init__(self, prior: float, anchors: int = 3) -> None:
        self.prior = prior
        self.anchors = anchors

    def __call__(self, shape: Shape, dtype: str | None = None) -> Tensor:
        biases = np.zeros((self.anchors, shape[0] // self.anchors), np.float32)
        biases[:, 4] = math.log(self.prior / (1 - self.prior))
        return ops.convert_to_tensor(biases.ravel(), dtype or "float32")

    def get_config(self) -> dict[str, Any]:
        return {"prior": self.prior, "anchors": self.anchors}
