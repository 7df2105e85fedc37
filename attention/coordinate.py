"""Coordinate attention, Hou et al. 2021, https://arxiv.org/abs/2103.02907."""

from typing import Any

from keras import layers, ops

from attention.arguments import whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor


@register("ca", phi=4)
class CoordinateAttention(Gating):
    """Scale each channel by one gate per row and one per column, computed from the means of rows and columns.

    As in the authors' code, the hidden layer has at least 8 channels. Unlike that code, the convolutions have no bias,
    and `ratio` is 16 instead of 32, because small networks have few channels.

    Input and output: `(batch, height, width, channels)`.

    Args:
        ratio: how many times narrower the hidden layer is than the input.
        identity_start: see `Gating`.
    """

    def __init__(self, ratio: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        hidden = max(channels // self.ratio, 8)
        settings = {"data_format": "channels_last", "use_bias": False, "dtype": self.dtype_policy}
        last = settings | {"kernel_initializer": self.last_initializer}
        self.squeeze = layers.Conv2D(hidden, 1, name="squeeze", **settings)
        self.norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm", dtype=self.dtype_policy)
        self.excite_rows = layers.Conv2D(channels, 1, name="excite_rows", **last)
        self.excite_columns = layers.Conv2D(channels, 1, name="excite_columns", **last)
        self.squeeze.build((None, None, 1, channels))
        self.norm.build((None, None, 1, hidden))
        self.excite_rows.build((None, None, 1, hidden))
        self.excite_columns.build((None, 1, None, hidden))

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        rows = ops.mean(x, axis=2, keepdims=True)  # (batch, height, 1, channels)
        columns = ops.transpose(ops.mean(x, axis=1, keepdims=True), (0, 2, 1, 3))  # (batch, width, 1, channels)
        strip = self.squeeze(ops.concatenate([rows, columns], axis=1))  # (batch, height + width, 1, hidden)
        strip = ops.hard_swish(self.norm(strip, training=training))
        height = ops.shape(x)[1]
        rows = self.excite_rows(strip[:, :height])  # (batch, height, 1, channels)
        columns = self.excite_columns(ops.transpose(strip[:, height:], (0, 2, 1, 3)))  # (batch, 1, width, channels)
        return {"rows": self.gate(rows), "columns": self.gate(columns)}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"ratio": self.ratio}
