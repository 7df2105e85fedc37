"""Multi-head self-attention, Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, over the places of a map.

The position encodings are those of DETR, Carion et al. 2020, https://arxiv.org/abs/2005.12872.
"""

import math
from typing import Any

from keras import layers, ops

from attention.arguments import whole_number, yes_or_no
from attention.registry import register
from attention.tensor_types import Shape, Tensor

TEMPERATURE = 10_000  # how many times slower the last wave is than the first


@register("mhsa")
class MultiHeadSelfAttention(layers.Layer):
    """Add to each place a weighted mean over all places: `x + project(attention(norm(x)))`.

    Queries and keys contain the position encodings, values do not. Time and memory grow with the square of the number
    of places: a map of 13 x 13 is cheap, one of 26 x 26 costs sixteen times as much.

    Input and output: `(batch, height, width, channels)`; the channels are a multiple of 4 and of `heads`.

    Args:
        heads: number of attentions side by side, each on its share of the channels.
        identity_start: begin with a projection of zeros, so that a pretrained network computes the same as before
            until the block has learned.
    """

    def __init__(self, heads: int = 4, identity_start: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = layers.InputSpec(ndim=4)
        self.heads = whole_number("heads", heads)
        self.identity_start = yes_or_no("identity_start", identity_start)

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        if channels % 4 or channels % self.heads:
            raise ValueError(f"channels must be a multiple of 4 and of heads={self.heads}, got {channels}")
        last = "zeros" if self.identity_start else "glorot_uniform"
        settings = {"use_bias": False, "dtype": self.dtype_policy}
        self.norm = layers.LayerNormalization(epsilon=1e-5, name="norm", dtype=self.dtype_policy)
        self.query = layers.Dense(channels, name="query", **settings)
        self.key = layers.Dense(channels, name="key", **settings)
        self.value = layers.Dense(channels, name="value", **settings)
        self.project = layers.Dense(channels, kernel_initializer=last, name="project", **settings)
        for layer in (self.norm, self.query, self.key, self.value, self.project):
            layer.build((None, None, None, channels))

    def call(self, x: Tensor) -> Tensor:
        batch, height, width, channels = ops.shape(x)
        values = self.norm(x)
        places = values + ops.cast(positions(height, width, channels), x.dtype)
        split = (batch, -1, self.heads, channels // self.heads)  # (batch, places, heads, channels of a head)
        gathered = ops.dot_product_attention(
            ops.reshape(self.query(places), split),
            ops.reshape(self.key(places), split),
            ops.reshape(self.value(values), split),
        )  # its softmax is in float32
        return x + self.project(ops.reshape(gathered, ops.shape(x)))

    def compute_output_shape(self, shape: Shape) -> Shape:
        return shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"heads": self.heads, "identity_start": self.identity_start}


def positions(height: int, width: int, channels: int) -> Tensor:
    """Return alternating sines and cosines, of the row in the first half of the channels, of the column in the second.

    The first wave has one period over the whole map, whatever its size. Each further wave is slower.

    Returns:
        (height, width, channels) float32.
    """
    half = channels // 2
    waves = ops.convert_to_tensor([math.tau * TEMPERATURE ** (-i / half) for i in range(0, half, 2)], "float32")

    def along(length: int) -> Tensor:
        turns = ops.arange(1, length + 1, dtype="float32") / ops.cast(length, "float32")
        angles = turns[:, None] * waves
        return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (-1, half))  # (length, half)

    rows, columns = ops.pad(along(height), ((0, 0), (0, half))), ops.pad(along(width), ((0, 0), (half, 0)))
    return rows[:, None] + columns
