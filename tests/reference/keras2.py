"""The earlier projects' YOLOv4-tiny in NumPy and float64, from the layers of its file in the order they were made.

What sets it apart from Darknet's: epsilon 1e-3 in batch norm.
"""

import numpy as np

from tests.reference.attention import cbam, eca, se
from tests.reference.attention.plain import batch_norm, convolve

WIDTHS = 64, 128, 256
# Kernel, inputs and filters of the convolutions as they are made; None: the outputs of a head, with a bias.
CONVOLUTIONS = [(3, 3, 32), (3, 32, 64)]
for width in WIDTHS:
    CONVOLUTIONS += [(3, width, width), (3, width // 2, width // 2), (3, width // 2, width // 2), (1, width, width)]
CONVOLUTIONS += [(3, 512, 512), (1, 512, 256), (3, 256, 512), (1, 512, None), (1, 256, 128), (3, 384, 256)]
CONVOLUTIONS += [(1, 256, None)]
CHANNELS = {"feat1": 256, "feat2": 512, "P5_upsample": 128}  # where attention is
TWINS = {
    "none": lambda x, w: x,
    "se": lambda x, w: se.twin(x, {"squeeze/kernel": w["se_block_one"], "excite/kernel": w["se_block_two"]}),
    "cbam": lambda x, w: cbam.twin(
        x,
        {
            "squeeze/kernel": w["channel_attention_shared_one"],
            "excite/kernel": w["channel_attention_shared_two"],
            "spatial/kernel": w["spatial_attention"],
        },
    ),
    "eca": lambda x, w: eca.twin(x, {"neighbours/kernel": w["eca_layer"]}),
}


def parts(attention, channels):
    """Shapes of the kernels of an attention by the first part of the layers' names."""
    return {
        "none": {},
        "se": {"se_block_one": (channels, channels // 16), "se_block_two": (channels // 16, channels)},
        "cbam": {
            "channel_attention_shared_one": (channels, channels // 8),
            "channel_attention_shared_two": (channels // 8, channels),
            "spatial_attention": (7, 7, 2, 1),
        },
        "eca": {"eca_layer": (5, 1, 1)},
    }[attention]


def maps(pictures, convolutions, norms, attention, gates):
    """Raw maps of stride 32 and 16.

    Args:
        pictures: (B, h, w, 3).
        convolutions, norms: the weights of each, {"kernel": ...} and {"gamma": ...}, as they were made.
        attention: "none", "se", "cbam" or "eca".
        gates: the kernels of the attention by layer.
    """
    convolutions, norms = iter(convolutions), iter(norms)

    def unit(x, stride=1):
        x = convolve(x, next(convolutions)["kernel"])[:, ::stride, ::stride]
        x = batch_norm(x, {f"norm/{part}": values for part, values in next(norms).items()}, "norm", epsilon=1e-3)
        return np.where(x > 0, x, 0.1 * x)

    def head(x):
        last = next(convolutions)
        return x @ last["kernel"][0, 0] + last["bias"]

    def attend(x, place):
        return TWINS[attention](x, {part: gates[f"{part}_{place}"] for part in parts(attention, x.shape[3])})

    x = unit(unit(pictures, 2), 2)
    for width in WIDTHS:
        a = unit(x)
        c = unit(a[..., width // 2 :])
        d = unit(c)
        e = unit(np.concatenate([d, c], axis=3))
        x = np.concatenate([a, e], axis=3)
        batch, rows, columns, channels = x.shape
        x = x.reshape(batch, rows // 2, 2, columns // 2, 2, channels).max(axis=(2, 4))
    feat1, feat2 = attend(e, "feat1"), attend(unit(x), "feat2")
    p5 = unit(feat2)
    map32 = head(unit(p5))
    up = attend(unit(p5).repeat(2, axis=1).repeat(2, axis=2), "P5_upsample")
    map16 = head(unit(np.concatenate([up, feat1], axis=3)))
    return map32, map16
