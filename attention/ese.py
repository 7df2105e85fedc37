"""Effective Squeeze-and-Excitation of VoVNetV2, Lee and Park 2020, https://arxiv.org/abs/1911.06667."""

from keras import layers, ops

from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor


@register("ese")
class EffectiveSE(Gating):
    """Scale each channel by a gate computed from the spatial means of all channels, without a narrow hidden layer.

    As in the authors' code, the one fully connected layer has a bias, and the gate is the hard sigmoid of slope 1/6:
    `min(max(logit + 3, 0), 6) / 6`.

    Input and output: `(batch, height, width, channels)`.

    Args:
        identity_start: see `Gating`.
    """

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        self.excite = layers.Dense(
            channels, kernel_initializer=self.last_initializer, name="excite", dtype=self.dtype_policy
        )
        self.excite.build((None, channels))

    def gate(self, logits: Tensor) -> Tensor:
        return ops.hard_sigmoid(logits) * (2 if self.identity_start else 1)

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        logits = self.excite(ops.mean(x, axis=(1, 2)))  # (batch, channels)
        return {"channel": self.gate(logits)[:, None, None, :]}
