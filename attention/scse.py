"""Concurrent spatial and channel Squeeze-and-Excitation, Roy et al. 2018, https://arxiv.org/abs/1803.02579."""

from typing import Any, Literal, get_args

from keras import layers, ops

from attention.arguments import one_of, whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor

Aggregation = Literal["max", "add", "multiply"]


@register("scse")
class SCSE(Gating):
    """Scale each channel by a gate from the spatial means, and each place by a gate from its channels; join the two.

    The layers have biases, as in the authors' code.

    Input and output: `(batch, height, width, channels)`.

    Args:
        ratio: how many times narrower the hidden layer of the channel gate is than the input.
        aggregation: how the two scaled maps become one. "max" takes the larger value, as in the authors' code and
            their second paper, https://arxiv.org/abs/1808.08127. "add" takes the sum, as in their first paper.
            "multiply" scales by both gates. The second paper also compares the product of the two maps, which would
            square the input.
        identity_start: see `Gating`; with "add" each gate begins at 1/2 and can grow to 1.
    """

    def __init__(self, ratio: int = 2, aggregation: Aggregation = "max", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)
        self.aggregation = one_of("aggregation", aggregation, get_args(Aggregation))

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        hidden = max(channels // self.ratio, 1)
        last = {"kernel_initializer": self.last_initializer, "dtype": self.dtype_policy}
        self.squeeze = layers.Dense(hidden, "relu", name="squeeze", dtype=self.dtype_policy)
        self.excite = layers.Dense(channels, name="excite", **last)
        self.spatial = layers.Conv2D(1, 1, data_format="channels_last", name="spatial", **last)
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))
        self.spatial.build((None, None, None, channels))

    def gate(self, logits: Tensor) -> Tensor:
        return ops.sigmoid(logits) if self.aggregation == "add" else super().gate(logits)

    def bounds(self, kind: str) -> tuple[float, float]:
        return (0.0, 1.0) if self.aggregation == "add" else super().bounds(kind)

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        channel = self.gate(self.excite(self.squeeze(ops.mean(x, axis=(1, 2)))))  # (batch, channels)
        spatial = self.gate(self.spatial(x))  # (batch, height, width, 1)
        return {"channel": channel[:, None, None, :], "spatial": spatial}

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:
        if self.aggregation == "multiply":
            return super().call(x, training)
        join = ops.maximum if self.aggregation == "max" else ops.add
        return join(*(x * gate for gate in self.gates(x, training).values()))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"ratio": self.ratio, "aggregation": self.aggregation}
