"""Convolutional Block Attention Module, Woo et al. 2018, https://arxiv.org/abs/1807.06521."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

from keras import layers, ops

from attention.arguments import one_of, positive_number, whole_number, yes_or_no
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor

Order = Literal["channel-spatial", "spatial-channel", "parallel", "channel", "spatial"]
Pooling = Literal["both", "average", "max"]
Half = Literal["channel", "spatial"]
Initializer = Literal["glorot_uniform", "he_normal"]

HALVES: dict[Order, tuple[Half, ...]] = {
    "channel-spatial": ("channel", "spatial"),
    "spatial-channel": ("spatial", "channel"),
    "parallel": ("channel", "spatial"),
    "channel": ("channel",),
    "spatial": ("spatial",),
}
POOLS: dict[Pooling, tuple[Callable[..., Tensor], ...]] = {
    "both": (ops.mean, ops.max),
    "average": (ops.mean,),
    "max": (ops.max,),
}
ARGUMENTS = (
    "ratio",
    "kernel_size",
    "order",
    "hidden",
    "use_bias",
    "sigmoid_per_branch",
    "widths",
    "batch_norm",
    "kernel_initializer",
    "channel_pooling",
    "spatial_pooling",
)
PRESETS: dict[str, dict[str, Any]] = {
    "paper": {"ratio": 16},
    "keras-stacked": {
        "ratio": 8,
        "use_bias": "channel",
        "kernel_size": 3,
        "widths": (64, 32, 16),
        "kernel_initializer": "he_normal",
    },
    "tf1-half": {"ratio": 2, "use_bias": True},
    "gate-bn": {"ratio": 16, "use_bias": True, "batch_norm": True, "sigmoid_per_branch": True},
}


@register("cbam", phi=2, presets=PRESETS)
class CBAM(Gating):
    """Scale each channel, then each place, by gates computed from means and maxima.

    Two dense layers, the same for both, turn the spatial means and the spatial maxima of the channels into the channel
    gate. A convolution turns the mean and the maximum over the channels at each place into the spatial gate. The ratio
    is 16 in the paper and 8 in the yolov4-tiny family.

    Input and output: `(batch, height, width, channels)`.

    Example:
        >>> import keras
        >>> from attention import CBAM
        >>> features = keras.ops.ones((1, 13, 26, 64))
        >>> block = CBAM(ratio=16, identity_start=True)
        >>> tuple(block(features).shape)
        (1, 13, 26, 64)
        >>> sorted(block.gates(features))
        ['channel', 'spatial']

    Args:
        ratio: how many times narrower the hidden layer of the channel gate is than the input.
        kernel_size: side of the spatial gate's convolutions, in pixels.
        order: "channel-spatial" or "spatial-channel" compute the second gate from the features that the first gate has
            scaled; "parallel" computes both from the input; "channel" or "spatial" is one gate alone.
        hidden: width of the hidden layer as a fraction of the channels, instead of `ratio`.
        use_bias: True, or "channel" or "spatial" for biases in that gate alone.
        sigmoid_per_branch: make the channel gate the sum of two sigmoids, up to 2, instead of the sigmoid of a sum. It
            is then 1 where both logits are 0, so an identity start does not double it.
        widths: filters of further convolutions in the spatial gate, each with ReLU, before its last one.
        batch_norm: normalize the logits of the spatial gate.
        kernel_initializer: "glorot_uniform" or "he_normal", of all weights except those that an identity start sets
            to 0.
        channel_pooling: compute the channel gate from the "average" or the "max" of each channel, or from "both". The
            paper compares these in its table 1.
        spatial_pooling: the same for the spatial gate, over the channels at each place.
        identity_start: see `Gating`.
    """

    def __init__(
        self,
        ratio: int = 8,
        kernel_size: int = 7,
        order: Order = "channel-spatial",
        hidden: float | None = None,
        use_bias: bool | Half = False,
        sigmoid_per_branch: bool = False,
        widths: Sequence[int] | None = None,
        batch_norm: bool = False,
        kernel_initializer: Initializer = "glorot_uniform",
        channel_pooling: Pooling = "both",
        spatial_pooling: Pooling = "both",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)
        self.kernel_size = whole_number("kernel_size", kernel_size)
        self.order = one_of("order", order, tuple(HALVES))
        self.hidden = hidden if hidden is None else positive_number("hidden", hidden)
        self.use_bias = one_of("use_bias", use_bias, (False, True, *get_args(Half)))
        self.sigmoid_per_branch = yes_or_no("sigmoid_per_branch", sigmoid_per_branch)
        self.widths = widths if widths is None else _whole_numbers("widths", widths)
        self.batch_norm = yes_or_no("batch_norm", batch_norm)
        self.kernel_initializer = one_of("kernel_initializer", kernel_initializer, get_args(Initializer))
        self.channel_pooling = one_of("channel_pooling", channel_pooling, tuple(POOLS))
        self.spatial_pooling = one_of("spatial_pooling", spatial_pooling, tuple(POOLS))

    @property
    def last_initializer(self) -> str:
        return "zeros" if self.identity_start else self.kernel_initializer

    def build(self, shape: Shape) -> None:
        build = {"channel": self._build_channel, "spatial": self._build_spatial}
        for half in HALVES[self.order]:
            build[half](shape[-1])

    def _build_channel(self, channels: int) -> None:
        hidden = max(int(channels * self.hidden) if self.hidden else channels // self.ratio, 1)
        settings = {"use_bias": self.use_bias in (True, "channel"), "dtype": self.dtype_policy}
        first = settings | {"kernel_initializer": self.kernel_initializer}
        self.squeeze = layers.Dense(hidden, "relu", name="squeeze", **first)
        self.excite = layers.Dense(channels, kernel_initializer=self.last_initializer, name="excite", **settings)
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))

    def _build_spatial(self, _: int) -> None:
        settings = {
            "kernel_size": self.kernel_size,
            "padding": "same",
            "data_format": "channels_last",
            "use_bias": self.use_bias in (True, "spatial"),
            "dtype": self.dtype_policy,
        }
        self.stack = [
            layers.Conv2D(width, activation="relu", kernel_initializer="he_normal", name=f"spatial_{i}", **settings)
            for i, width in enumerate(self.widths or (), start=1)
        ]
        # With zeros both here and in gamma, neither would ever learn.
        initializer = self.kernel_initializer if self.batch_norm else self.last_initializer
        self.spatial = layers.Conv2D(1, kernel_initializer=initializer, name="spatial", **settings)
        self.norm = [
            layers.BatchNormalization(
                momentum=0.9,
                epsilon=1e-5,
                gamma_initializer="zeros" if self.identity_start else "ones",
                name="norm",
                dtype=self.dtype_policy,
            )
        ] * self.batch_norm
        shape = (None, None, None, len(POOLS[self.spatial_pooling]))
        for layer in (*self.stack, self.spatial, *self.norm):
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        compute = {"channel": self._channel_gate, "spatial": self._spatial_gate}
        first, *rest = HALVES[self.order]
        gates: dict[str, Tensor] = {first: compute[first](x, training)}
        for half in rest:
            gates[half] = compute[half](x if self.order == "parallel" else x * gates[first], training)
        return gates

    def bounds(self, kind: str) -> tuple[float, float]:
        is_sum = kind == "channel" and self.sigmoid_per_branch and self.channel_pooling == "both"
        return (0.0, 2.0) if is_sum else super().bounds(kind)

    def _channel_gate(self, x: Tensor, training: bool | None) -> Tensor:
        logits = [self.excite(self.squeeze(pool(x, axis=(1, 2)))) for pool in POOLS[self.channel_pooling]]
        if len(logits) == 1:
            gate = self.gate(*logits)
        else:
            mean, peak = logits
            gate = ops.sigmoid(mean) + ops.sigmoid(peak) if self.sigmoid_per_branch else self.gate(mean + peak)
        return gate[:, None, None, :]

    def _spatial_gate(self, x: Tensor, training: bool | None) -> Tensor:
        x = ops.concatenate([pool(x, axis=-1, keepdims=True) for pool in POOLS[self.spatial_pooling]], axis=-1)
        for layer in (*self.stack, self.spatial, *self.norm):
            x = layer(x, training=training)
        return self.gate(x)  # (batch, height, width, 1)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {name: getattr(self, name) for name in ARGUMENTS}


def _whole_numbers(name: str, values: Sequence[int]) -> tuple[int, ...]:
    if not isinstance(values, (list, tuple)) or not values:
        raise ValueError(f"{name} must be whole numbers such as (64, 32, 16), got {values!r}")
    return tuple(whole_number(name, value) for value in values)
