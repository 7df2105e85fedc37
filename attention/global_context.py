"""Global context block of GCNet, Cao et al. 2019, https://arxiv.org/abs/1904.11492."""

from typing import Any, Literal, get_args

from keras import layers, ops

from attention.arguments import one_of, whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor

Fusion = Literal["add", "scale"]


@register("gc")
class GlobalContext(Gating):
    """Transform the weighted mean of the map, and add it to each place or scale the channels by it.

    The weights are a softmax over all places. As in the authors' code, the layers of the transform have a bias. The
    layer before the softmax has none, because a bias would change nothing there. The hidden layer has at least 4
    channels, because layer norm turns a single channel into a constant.

    Input and output: `(batch, height, width, channels)`.

    Args:
        ratio: how many times narrower the hidden layer is than the input.
        fusion: "add" the transform to the input, or "scale" the input by the transform's sigmoid.
        identity_start: begin with zeros in the last layer, so that the sum is the input; for "scale" see `Gating`.
            The authors' code always does; here it is off by default, as in every block.
    """

    def __init__(self, ratio: int = 16, fusion: Fusion = "add", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)
        self.fusion = one_of("fusion", fusion, get_args(Fusion))

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        hidden = max(channels // self.ratio, 4)
        settings = {"dtype": self.dtype_policy}
        self.mask = layers.Dense(1, use_bias=False, name="mask", **settings)
        self.squeeze = layers.Dense(hidden, name="squeeze", **settings)
        self.norm = layers.LayerNormalization(epsilon=1e-5, name="norm", **settings)
        self.excite = layers.Dense(channels, kernel_initializer=self.last_initializer, name="excite", **settings)
        self.mask.build((None, None, channels))
        self.squeeze.build((None, channels))
        self.norm.build((None, hidden))
        self.excite.build((None, hidden))

    def transform(self, x: Tensor) -> Tensor:
        """Return the term to add, or the logits of the scale: (batch, 1, 1, channels)."""
        places = ops.reshape(x, (ops.shape(x)[0], -1, x.shape[-1]))  # (batch, height * width, channels)
        weights = ops.softmax(ops.cast(self.mask(places), "float32"), axis=1)  # (batch, height * width, 1)
        context = ops.cast(ops.sum(weights * ops.cast(places, "float32"), axis=1), x.dtype)  # (batch, channels)
        return self.excite(ops.relu(self.norm(self.squeeze(context))))[:, None, None, :]

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        return {"channel": self.gate(self.transform(x))} if self.fusion == "scale" else {}

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:
        return x + self.transform(x) if self.fusion == "add" else super().call(x, training)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"ratio": self.ratio, "fusion": self.fusion}
