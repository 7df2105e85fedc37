"""Efficient Channel Attention, Wang et al. 2020, https://arxiv.org/abs/1910.03151."""

import math
from typing import Any

from keras import layers, ops

from attention.arguments import whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor


@register("eca", phi=3)
class ECA(Gating):
    """Scale each channel by a gate computed from the spatial means of itself and its neighbors.

    The number of channels that a gate is computed from is `(log2(channels) + b) / gamma`, rounded down, plus 1 if that
    is even.

    Input and output: `(batch, height, width, channels)`.

    Args:
        gamma: the larger, the fewer neighbors.
        b: the larger, the more neighbors.
        identity_start: see `Gating`.
    """

    def __init__(self, gamma: int = 2, b: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gamma = whole_number("gamma", gamma)
        self.b = whole_number("b", b, at_least=0)

    def build(self, shape: Shape) -> None:
        size = int((math.log2(shape[-1]) + self.b) / self.gamma)
        self.neighbours = layers.Conv1D(  # the spelling of saved files
            1,
            size if size % 2 else size + 1,
            padding="same",
            data_format="channels_last",
            use_bias=False,
            kernel_initializer=self.last_initializer,
            name="neighbours",
            dtype=self.dtype_policy,
        )
        self.neighbours.build((None, shape[-1], 1))

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        logits = self.neighbours(ops.mean(x, axis=(1, 2))[:, :, None])  # (batch, channels, 1)
        return {"channel": self.gate(logits)[:, None, None, :, 0]}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"gamma": self.gamma, "b": self.b}
