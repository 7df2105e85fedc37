"""Multi-head self-attention, Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, over the places of a map.

With the position encodings of DETR, Carion et al. 2020, https://arxiv.org/abs/2005.12872.
"""

import math

from keras import layers, ops

from attention.arguments import whole_number, yes_or_no
from attention.registry import register

TEMPERATURE = 10_000  # how many times slower than the first the last wave is


@register("mhsa")
class MultiHeadSelfAttention(layers.Layer):
    """Add to each place what it gathers from all places: `x + project(attention(norm(x)))`.

    Queries and keys know their place, values do not. Time and memory grow with the square of the number of places:
    cheap on a map of 13 x 13, sixteen times as costly on 26 x 26.

    Input and output: `(batch, height, width, channels)`; the channels are a multiple of 4 and of `heads`.

    Args:
        heads: how many attentions run beside each other, each in its share of the channels.
        identity_start: begin with a projection of zeros, so that a pretrained network answers as before until the
            block has learned.
    """

    def __init__(self, heads=4, identity_start=False, **kwargs):
        super().__init__(**kwargs)
        self.input_spec = layers.InputSpec(ndim=4)
        self.heads = whole_number("heads", heads)
        self.identity_start = yes_or_no("identity_start", identity_start)

    def build(self, shape):
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

    def call(self, x):
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

    def compute_output_shape(self, shape):
        return shape

    def get_config(self):
        return super().get_config() | {"heads": self.heads, "identity_start": self.identity_start}


def positions(height, width, channels):
    """Sines and cosines by turns, the first half of the channels for the row, the second for the column.

    The first wave runs once over the map, however large that is; each further one is slower.

    Returns:
        (height, width, channels) float32.
    """
    half = channels // 2
    waves = ops.convert_to_tensor([math.tau * TEMPERATURE ** (-i / half) for i in range(0, half, 2)], "float32")

    def along(length):
        turns = ops.arange(1, length + 1, dtype="float32") / ops.cast(length, "float32")
        angles = turns[:, None] * waves
        return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (-1, half))  # (length, half)

    rows, columns = ops.pad(along(height), ((0, 0), (0, half))), ops.pad(along(width), ((0, 0), (half, 0)))
    return rows[:, None] + columns
