"""CSPDarknet-tiny, the backbone of yolov4-tiny: https://github.com/AlexeyAB/darknet/blob/master/cfg/yolov4-tiny.cfg."""

from collections.abc import Callable

from attention.tensor_types import Tensor
from yolo.nets.blocks import Convolutions

BACKBONE_PREFIXES = ("stem_", "c2_", "c3_", "c4_", "c5_")  # the names of its layers begin with these


def backbone(
    x: Tensor, convolutions: Convolutions, attention: Callable[[Tensor, str], Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the features of images, (B, H, W, 3), at the strides 8, 16 and 32.

    Their shapes are (B, H/8, W/8, 128), (B, H/16, W/16, 256) and (B, H/32, W/32, 512).

    Args:
        attention: returns features of the same shape from features and the name of their place, see
            `yolo.nets.attention_blocks`. It is applied to the outputs of the stages c3, c4 and c5 before their use.
    """
    x = convolutions.unit(x, 32, 3, "stem_1", strides=2)  # (B, H/2, W/2, 32)
    x = convolutions.unit(x, 64, 3, "stem_2", strides=2)  # (B, H/4, W/4, 64)
    a, e = convolutions.csp(x, 64, "c2")
    x = convolutions.merge(a, e, "c2")  # (B, H/8, W/8, 128)
    a, e = convolutions.csp(x, 128, "c3")
    feat0 = attention(e, "c3")
    x = convolutions.merge(a, feat0, "c3")  # (B, H/16, W/16, 256)
    a, e = convolutions.csp(x, 256, "c4")
    feat1 = attention(e, "c4")
    x = convolutions.merge(a, feat1, "c4")  # (B, H/32, W/32, 512)
    feat2 = attention(convolutions.unit(x, 512, 3, "c5"), "c5")
    return feat0, feat1, feat2
