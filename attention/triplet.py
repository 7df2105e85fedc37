"""Triplet attention, Misra et al. 2021, https://arxiv.org/abs/2010.03045."""

from typing import Any

from keras import layers, ops

from attention.arguments import whole_number, yes_or_no
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor

PLANES = {1: "width_channels", 2: "height_channels", 3: "height_width"}  # by the axis that is not part of it


@register("triplet")
class TripletAttention(Gating):
    """Scale each value by the mean of three gates, one from each plane that it lies in.

    The planes are (width, channels), (height, channels) and (height, width). For each of them, the third axis is
    reduced to its maximum and mean. A convolution over the plane with batch norm computes the logits from these.

    Input and output: `(batch, height, width, channels)`.

    Args:
        kernel_size: side of the three convolutions, in pixels or channels.
        spatial: also compute a gate from the plane (height, width); otherwise two gates are averaged.
        identity_start: see `Gating`; the scales of the batch norms begin at 0.
    """

    def __init__(self, kernel_size: int = 7, spatial: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kernel_size = whole_number("kernel_size", kernel_size)
        self.spatial = yes_or_no("spatial", spatial)
        self.axes = (1, 2, 3) if spatial else (1, 2)

    def build(self, shape: Shape) -> None:
        scale = "zeros" if self.identity_start else "ones"
        settings = {"padding": "same", "data_format": "channels_last", "use_bias": False, "dtype": self.dtype_policy}
        norm_settings = {"epsilon": 1e-5, "gamma_initializer": scale, "dtype": self.dtype_policy}
        names = [PLANES[axis] for axis in self.axes]
        self.convolutions = [layers.Conv2D(1, self.kernel_size, name=f"{name}_conv", **settings) for name in names]
        self.norms = [layers.BatchNormalization(name=f"{name}_norm", **norm_settings) for name in names]
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            convolution.build((None, None, None, 2))
            norm.build((None, None, None, 1))

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        gates = []
        for axis, convolution, norm in zip(self.axes, self.convolutions, self.norms, strict=True):
            plane = ops.stack([ops.max(x, axis=axis), ops.mean(x, axis=axis)], axis=-1)  # (batch, side, side, 2)
            logits = norm(convolution(plane), training=training)[..., 0]
            gates.append(ops.expand_dims(self.gate(logits), axis))
        return {"element": sum(gates) / len(gates)}  # (batch, height, width, channels)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"kernel_size": self.kernel_size, "spatial": self.spatial}
