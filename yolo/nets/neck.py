"""The feature pyramid and the heads of yolov4-tiny, with attention on each level and on the upsample paths.

A third level is that of https://github.com/AlexeyAB/darknet/blob/master/cfg/yolov4-tiny-3l.cfg.

Feature pyramid networks: Lin et al. 2017, https://arxiv.org/abs/1612.03144.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from keras import initializers, layers, ops

from attention.tensor_types import Shape, Tensor
from yolo.nets.blocks import Convolutions, Upsample

HEADS = ("p5_out", "p4_out", "p3_out")  # the layers that return the raw maps; two levels have the first two
FINER = (("up", "p4", 128), ("up3", "p3", 64))  # the upsample path to each finer level, and its width
PRIOR = 0.01  # initial objectness of every candidate, so that training does not begin with thousands of false positives


def neck(
    features: Sequence[Tensor],
    convolutions: Convolutions,
    outputs: int,
    attention: Callable[[Tensor, str], Tensor],
) -> list[Tensor]:
    """Return the raw map of each level: (B, H/32, W/32, outputs), (B, H/16, W/16, outputs) and so on.

    Args:
        features: of the backbone, one for each level, the finest first; see `yolo.nets.backbone`.
        outputs: channels of each raw map, anchors * (5 + classes).
        attention: returns features of the same shape from features and the name of their place, see
            `yolo.nets.attention_blocks`.
    """
    bias = ObjectnessPrior(PRIOR)
    first = 6 - len(features)  # the number of the finest level
    *finer, coarsest = [attention(x, f"p{level}") for level, x in enumerate(features, first)]
    x = convolutions.unit(coarsest, 256, 1, "p5")
    maps = [convolutions.linear(convolutions.unit(x, 512, 3, "p5_head"), outputs, "p5_out", bias)]
    for (path, level, width), lateral in zip(FINER, reversed(finer), strict=False):
        x = convolutions.unit(x, width, 1, path)
        x = Upsample(name=f"{path}_sample", dtype=convolutions.dtype)(x)
        x = attention(x, path)
        x = layers.Concatenate(name=f"{level}_join", dtype=convolutions.dtype)([x, lateral])
        x = convolutions.unit(x, 2 * width, 3, f"{level}_head")
        maps.append(convolutions.linear(x, outputs, f"{level}_out", bias))
    return maps


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
