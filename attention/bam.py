"""Bottleneck Attention Module, Park et al. 2018, https://arxiv.org/abs/1807.06514."""

from typing import Any

from keras import layers, ops

from attention.arguments import whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor


@register("bam")
class BAM(Gating):
    """Scale each value by 1 plus a gate, computed from the sum of a logit of its channel and a logit of its place.

    The two logits are added, as in the paper; the authors' code multiplies them. There is a batch norm before each
    ReLU, as in that code; the paper's formulas have one at the end of each branch instead. Unlike that code, layers
    before a batch norm have no bias.

    Input and output: `(batch, height, width, channels)`.

    Args:
        ratio: how many times narrower the hidden layers of both branches are than the input.
        dilation: distance between the pixels that a 3 x 3 convolution of the spatial branch reads.
        convolutions: number of these convolutions.
        identity_start: see `Gating`; without it the factors are between 1 and 2, with it between 0 and 2.
    """

    def __init__(self, ratio: int = 16, dilation: int = 4, convolutions: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)
        self.dilation = whole_number("dilation", dilation)
        self.convolutions = whole_number("convolutions", convolutions)

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        hidden = max(channels // self.ratio, 1)
        settings = {"data_format": "channels_last", "dtype": self.dtype_policy}
        last = settings | {"kernel_initializer": self.last_initializer}
        settings["use_bias"] = False
        dilated = settings | {"padding": "same", "dilation_rate": self.dilation}
        self.squeeze = layers.Conv2D(hidden, 1, name="squeeze", **settings)
        self.spatial = [layers.Conv2D(hidden, 1, name="reduce", **settings)]
        self.spatial += [layers.Conv2D(hidden, 3, name=f"dilated_{i}", **dilated) for i in range(self.convolutions)]
        self.squeeze_norm, *self.spatial_norms = (
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{layer.name}_norm", dtype=self.dtype_policy)
            for layer in (self.squeeze, *self.spatial)
        )
        self.excite = layers.Conv2D(channels, 1, name="excite", **last)
        self.place = layers.Conv2D(1, 1, name="place", **last)
        for layer in (self.squeeze, self.spatial[0]):
            layer.build((None, None, None, channels))
        for layer in (*self.spatial[1:], self.squeeze_norm, *self.spatial_norms, self.excite, self.place):
            layer.build((None, None, None, hidden))

    def gate(self, logits: Tensor) -> Tensor:
        return super().gate(logits) if self.identity_start else 1 + ops.sigmoid(logits)

    def bounds(self, kind: str) -> tuple[float, float]:
        return super().bounds(kind) if self.identity_start else (1.0, 2.0)

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        channel = self.squeeze(ops.mean(x, axis=(1, 2), keepdims=True))
        channel = ops.relu(self.squeeze_norm(channel, training=training))  # (batch, 1, 1, hidden)
        spatial = x
        for layer, norm in zip(self.spatial, self.spatial_norms, strict=True):
            spatial = ops.relu(norm(layer(spatial), training=training))  # (batch, height, width, hidden)
        return {"value": self.gate(self.excite(channel) + self.place(spatial))}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "ratio": self.ratio,
            "dilation": self.dilation,
            "convolutions": self.convolutions,
        }
