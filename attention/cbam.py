"""Convolutional Block Attention Module, Woo et al. 2018, https://arxiv.org/abs/1807.06521."""

from keras import layers, ops

from attention.arguments import whole_number
from attention.registry import register


@register("cbam", phi=2)
class CBAM(layers.Layer):
    """Scale each channel, then each place, by gates computed from means and maxima.

    One small network judges the spatial mean and the spatial maximum of the channels; a convolution over the
    channels' mean and maximum judges the places. The paper's ratio is 16, that of the yolov4-tiny family 8.

    Input and output: `(batch, height, width, channels)`.

    Args:
        ratio: how many times narrower the hidden layer of the channel gate is than the input.
        kernel_size: side of the spatial gate's convolution, in pixels.
    """

    def __init__(self, ratio=8, kernel_size=7, **kwargs):
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)
        self.kernel_size = whole_number("kernel_size", kernel_size)

    def build(self, shape):
        channels = shape[-1]
        hidden = max(channels // self.ratio, 1)
        self.squeeze = layers.Dense(hidden, "relu", use_bias=False, dtype=self.dtype_policy)
        self.excite = layers.Dense(channels, use_bias=False, dtype=self.dtype_policy)
        self.spatial = layers.Conv2D(
            1,
            self.kernel_size,
            padding="same",
            data_format="channels_last",
            activation="sigmoid",
            use_bias=False,
            dtype=self.dtype_policy,
        )
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))
        self.spatial.build((None, None, None, 2))

    def call(self, x):
        mean, peak = ops.mean(x, axis=(1, 2)), ops.max(x, axis=(1, 2))  # (batch, channels) each
        gate = ops.sigmoid(self.excite(self.squeeze(mean)) + self.excite(self.squeeze(peak)))
        x = x * gate[:, None, None, :]
        summary = [ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)]
        return x * self.spatial(ops.concatenate(summary, axis=-1))  # gate (batch, height, width, 1)

    def get_config(self):
        return super().get_config() | {"ratio": self.ratio, "kernel_size": self.kernel_size}
