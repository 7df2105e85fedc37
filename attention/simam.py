"""SimAM, a parameter-free attention, Yang et al. 2021, https://proceedings.mlr.press/v139/yang21o.html."""

from typing import Any

from keras import ops

from attention.arguments import positive_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor


@register("simam")
class SimAM(Gating):
    """Scale each value by a gate that grows with its distance from the mean of its channel.

    The logit of a value is one over its minimal energy (equation 5 of the paper, as in the authors' code):
    `(x - mean)^2 / (4 * (variance + e_lambda)) + 0.5`. The variance is a sum of squares divided by the number of places
    less one. No gate is below `sigmoid(0.5)`, 0.62. The block has no weights, except with an identity start: then the
    logits are multiplied by one learned number, which begins at 0.

    Input and output: `(batch, height, width, channels)`.

    Args:
        e_lambda: the paper's regularizer lambda; the larger it is, the more alike are the gates.
        identity_start: see `Gating`.
    """

    def __init__(self, e_lambda: float = 1e-4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.e_lambda = positive_number("e_lambda", e_lambda)

    def build(self, shape: Shape) -> None:
        self.strength = self.add_weight(shape=(), initializer="zeros", name="strength") if self.identity_start else 1

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        height, width = ops.shape(x)[1:3]
        exact = ops.cast(x, "float32")  # squares overflow in float16
        squares = ops.square(exact - ops.mean(exact, axis=(1, 2), keepdims=True))
        others = ops.cast(ops.maximum(height * width - 1, 1), "float32")  # a single place has none
        variance = ops.sum(squares, axis=(1, 2), keepdims=True) / others
        logits = squares / (4 * (variance + self.e_lambda)) + 0.5
        strength = ops.cast(self.strength, "float32")
        return {"element": ops.cast(self.gate(strength * logits), x.dtype)}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"e_lambda": self.e_lambda}
