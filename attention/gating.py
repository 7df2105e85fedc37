"""The base class of most blocks: a layer that multiplies its input by gates."""

from typing import Any

from keras import layers, ops

from attention.arguments import yes_or_no
from attention.tensor_types import Shape, Tensor


class Gating(layers.Layer):
    """A layer that computes gates from its input and multiplies the input by them.

    A subclass writes `gates`. Gates between 0 and 1 come from `gate`, which takes logits; the last layer before these
    logits is to begin with `last_initializer`.

    Input and output: `(batch, height, width, channels)`.

    Args:
        identity_start: begin with gates of exactly 1, so that a pretrained network computes the same as before until
            the block has learned. A gate is then twice the sigmoid of a logit that begins at 0.
    """

    def __init__(self, identity_start: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = layers.InputSpec(ndim=4)
        self.identity_start = yes_or_no("identity_start", identity_start)

    @property
    def last_initializer(self) -> str:
        """Return the initializer of the weights that produce the logits."""
        return "zeros" if self.identity_start else "glorot_uniform"

    def gate(self, logits: Tensor) -> Tensor:
        """Return factors between 0 and 1, or between 0 and 2 with an identity start."""
        return ops.sigmoid(logits) * (2 if self.identity_start else 1)

    def bounds(self, kind: str) -> tuple[float, float]:
        """Return the least and the greatest value that a gate of that kind can have."""
        return 0.0, 2.0 if self.identity_start else 1.0

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        """Return the gates by their kind ("channel", "spatial", ...), each of four axes that broadcast with `x`."""
        raise NotImplementedError

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:
        for gate in self.gates(x, training).values():
            x = x * gate
        return x

    def compute_output_shape(self, shape: Shape) -> Shape:
        return shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"identity_start": self.identity_start}
