"""Concurrent spatial and channel Squeeze-and-Excitation, Roy et al. 2018, https://arxiv.org/abs/1803.02579."""

from keras import layers, ops

from attention.arguments import one_of, whole_number
from attention.gating import Gating
from attention.registry import register


@register("scse")
class SCSE(Gating):
    """Scale each channel by a gate from the spatial means, each place by a gate from its channels, and join the two.

    The layers have biases, as in the authors' code.

    Input and output: `(batch, height, width, channels)`.

    Args:
        ratio: how many times narrower the hidden layer of the channel gate is than the input.
        aggregation: how the two scaled maps become one. "max" takes the larger value, as the authors' code and their
            second paper, https://arxiv.org/abs/1808.08127; "add" takes the sum, as their first paper. "multiply" scales
            by both gates: the product of the two maps, which the second paper compares too, would square the input.
        identity_start: see `Gating`; with "add" each gate begins at 1/2 and ends at 1 at most.
    """

    def __init__(self, ratio=2, aggregation="max", **kwargs):
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)
        self.aggregation = one_of("aggregation", aggregation, ("max", "add", "multiply"))

    def build(self, shape):
        channels = shape[-1]
        hidden = max(channels // self.ratio, 1)
        last = {"kernel_initializer": self.last_initializer, "dtype": self.dtype_policy}
        self.squeeze = layers.Dense(hidden, "relu", name="squeeze", dtype=self.dtype_policy)
        self.excite = layers.Dense(channels, name="excite", **last)
        self.spatial = layers.Conv2D(1, 1, data_format="channels_last", name="spatial", **last)
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))
        self.spatial.build((None, None, None, channels))

    def gate(self, logits):
        return ops.sigmoid(logits) if self.aggregation == "add" else super().gate(logits)

    def bounds(self, kind):
        return (0.0, 1.0) if self.aggregation == "add" else super().bounds(kind)

    def gates(self, x, training=None):
        channel = self.gate(self.excite(self.squeeze(ops.mean(x, axis=(1, 2)))))  # (batch, channels)
        spatial = self.gate(self.spatial(x))  # (batch, height, width, 1)
        return {"channel": channel[:, None, None, :], "spatial": spatial}

    def call(self, x, training=None):
        if self.aggregation == "multiply":
            return super().call(x, training)
        join = ops.maximum if self.aggregation == "max" else ops.add
        return join(*(x * gate for gate in self.gates(x, training).values()))

    def get_config(self):
        return super().get_config() | {"ratio": self.ratio, "aggregation": self.aggregation}
