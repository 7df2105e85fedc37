"""The feature pyramid and the two heads of yolov4-tiny, with attention on both levels and on the upsample path.

Feature pyramid networks: Lin et al. 2017, https://arxiv.org/abs/1612.03144.
"""

import math

import numpy as np
from keras import initializers, layers, ops

from yolo.nets.blocks import Upsample

HEADS = ("p5_out", "p4_out")  # the layers that end in raw maps
PRIOR = 0.01  # objectness every candidate starts with, so that training does not begin with thousands of false alarms


def neck(feat1, feat2, convolutions, outputs, attention):
    """Features to raw maps: P5 (B, H/32, W/32, outputs) and P4 (B, H/16, W/16, outputs).

    Args:
        feat1, feat2: (B, H/16, W/16, 256) and (B, H/32, W/32, 512).
        convolutions: a `Convolutions`.
        outputs: channels of each raw map, anchors * (5 + classes).
        attention: `attention(features, place) -> features` of the same shape, see `yolo.nets.attention_blocks`.
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
    """Biases of a head: log(p / (1 - p)) for objectness, zero elsewhere; Lin et al. 2017, arXiv:1708.02002."""

    def __init__(self, prior, anchors=3):
        self.prior = prior
        self.anchors = anchors

    def __call__(self, shape, dtype=None):
        biases = np.zeros((self.anchors, shape[0] // self.anchors), np.float32)
        biases[:, 4] = math.log(self.prior / (1 - self.prior))
        return ops.convert_to_tensor(biases.ravel(), dtype or "float32")

    def get_config(self):
        return {"prior": self.prior, "anchors": self.anchors}
