"""Squeeze-and-Excitation, Hu et al. 2018, https://arxiv.org/abs/1709.01507."""

from typing import Any

from keras import layers, ops

from attention.arguments import whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor


@register("se", phi=1)
class SE(Gating):
    """Scale each channel by a gate computed from its spatial mean.

    Input and output: `(batch, height, width, channels)`.

    Example:
        >>> import keras
        >>> from attention import SE
        >>> features = keras.ops.ones((1, 13, 26, 64))
        >>> tuple(SE(ratio=8)(features).shape)
        (1, 13, 26, 64)

    Args:
        ratio: how many times narrower the hidden layer is than the input.
        identity_start: see `Gating`.
    """

    def __init__(self, ratio: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        hidden = max(channels // self.ratio, 1)
        settings = {"use_bias": False, "dtype": self.dtype_policy}
        self.squeeze = layers.Dense(hidden, "relu", name="squeeze", **settings)
        self.excite = layers.Dense(channels, kernel_initializer=self.last_initializer, name="excite", **settings)
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        logits = self.excite(self.squeeze(ops.mean(x, axis=(1, 2))))  # (batch, channels)
        return {"channel": self.gate(logits)[:, None, None, :]}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"ratio": self.ratio}
