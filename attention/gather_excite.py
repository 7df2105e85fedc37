"""Gather-Excite, Hu et al. 2018, https://arxiv.org/abs/1810.12348."""

from typing import Any, Literal, get_args

from keras import layers, ops

from attention.arguments import one_of, whole_number
from attention.gating import Gating
from attention.registry import register
from attention.tensor_types import Shape, Tensor

Kind = Literal["theta_minus", "theta", "theta_plus"]


@register("gather_excite")
class GatherExcite(Gating):
    """Scale each value by a gate computed from the neighborhood of its place in its channel.

    A gate is computed for every `extent`-th row and column, from the `2 * extent - 1` rows and columns around it. It
    applies to `extent` rows and columns: nearest upsampling, cut to the size of the input.

    In the paper, a global gather with weights is a depthwise convolution as large as the map, which fits one size of
    map only. Here the map is first averaged in `grid` x `grid` equal parts, so that it can have any size. On a map of
    `grid` x `grid` the result is the paper's.

    Input and output: `(batch, height, width, channels)`.

    Args:
        kind: how the logits are computed from a neighborhood. "theta_minus": by its mean, without weights. "theta": by
            depthwise convolutions with batch norm, and ReLU between them. "theta_plus": by these and then two 1 x 1
            convolutions, as in squeeze-and-excitation.
        extent: 2, 4 or 8 pixels, by one, two or three 3 x 3 convolutions of stride 2; or 0 for the whole map.
        ratio: how many times narrower the hidden layer of "theta_plus" is than the input.
        grid: side of the kernel of a global gather with weights.
        identity_start: see `Gating`; "theta_minus" then has one weight, `strength`, which multiplies the logits.
    """

    def __init__(
        self, kind: Kind = "theta_plus", extent: int = 0, ratio: int = 16, grid: int = 7, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.kind = one_of("kind", kind, get_args(Kind))
        self.extent = one_of("extent", whole_number("extent", extent, at_least=0), (0, 2, 4, 8))
        self.ratio = whole_number("ratio", ratio)
        self.grid = whole_number("grid", grid)

    def build(self, shape: Shape) -> None:
        channels = shape[-1]
        settings = {"data_format": "channels_last", "dtype": self.dtype_policy}
        if self.kind == "theta_minus":
            self.strength = self.add_weight((), "zeros", name="strength") if self.identity_start else 1.0
            return
        convolution = {"kernel_size": 3, "strides": 2} if self.extent else {"kernel_size": self.grid}
        norm = {"momentum": 0.95, "epsilon": 1e-5, "dtype": self.dtype_policy}
        gammas = ["ones"] * max(self.extent.bit_length() - 1, 1)  # extents 2, 4, 8: one, two, three convolutions
        if self.kind == "theta" and self.identity_start:
            gammas[-1] = "zeros"
        self.convolutions, self.norms = [], []
        for i, gamma in enumerate(gammas):
            self.convolutions.append(
                layers.DepthwiseConv2D(**convolution, use_bias=False, name=f"gather_{i}", **settings)
            )
            self.norms.append(layers.BatchNormalization(gamma_initializer=gamma, name=f"norm_{i}", **norm))
        for layer in self.convolutions + self.norms:
            layer.build((None, None, None, channels))
        if self.kind == "theta_plus":
            hidden = max(channels // self.ratio, 1)
            self.squeeze = layers.Conv2D(hidden, 1, activation="relu", name="squeeze", **settings)
            self.excite = layers.Conv2D(
                channels, 1, kernel_initializer=self.last_initializer, name="excite", **settings
            )
            self.squeeze.build((None, None, None, channels))
            self.excite.build((None, None, None, hidden))

    def gates(self, x: Tensor, training: bool | None = None) -> dict[str, Tensor]:
        if self.kind == "theta_minus":
            logits = neighborhood_means(x, self.extent) * self.strength
        else:
            logits = self.gather(x, training)
        if self.kind == "theta_plus":
            logits = self.excite(self.squeeze(ops.relu(logits)))
        gate = self.gate(logits)  # (batch, ceil(height / extent), ceil(width / extent), channels)
        if self.extent:
            height, width = ops.shape(x)[1:3]
            gate = ops.repeat(ops.repeat(gate, self.extent, axis=1), self.extent, axis=2)[:, :height, :width]
        return {"neighborhood": gate}

    def gather(self, x: Tensor, training: bool | None) -> Tensor:
        """Apply the convolutions and batch norms, with ReLU between them."""
        if not self.extent:
            x = part_means(x, self.grid)
        for i, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            if i:
                x = ops.relu(x)
            if self.extent:
                x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
            x = norm(convolution(x), training=training)
        return x

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "kind": self.kind,
            "extent": self.extent,
            "ratio": self.ratio,
            "grid": self.grid,
        }


def neighborhood_means(x: Tensor, extent: int) -> Tensor:
    """Return the mean of the `2 * extent - 1` rows and columns around every `extent`-th place.

    Pixels beyond the edges are not counted. With an extent of 0 it is the mean of the whole map.

    Args:
        x: (batch, height, width, channels).

    Returns:
        (batch, ceil(height / extent), ceil(width / extent), channels); (batch, 1, 1, channels) for 0.
    """
    if not extent:
        return ops.mean(x, axis=(1, 2), keepdims=True)

    def window_means(values: Tensor) -> Tensor:
        padding = (extent - 1, extent - 1)
        values = ops.pad(values, ((0, 0), padding, padding, (0, 0)))
        return ops.average_pool(values, 2 * extent - 1, extent, data_format="channels_last")

    return window_means(x) / window_means(ops.ones_like(x[:1, :, :, :1]))  # the share of each window inside the map


def part_means(x: Tensor, parts: int) -> Tensor:
    """Return the means of `parts` x `parts` equal parts of a map; a border between parts may cut through pixels.

    Args:
        x: (batch, height, width, channels).

    Returns:
        (batch, parts, parts, channels).
    """
    rows, columns = (ops.cast(_weights(ops.shape(x)[axis], parts), x.dtype) for axis in (1, 2))
    x = ops.transpose(ops.matmul(columns, x), (0, 2, 1, 3))  # (batch, parts, height, channels)
    return ops.transpose(ops.matmul(rows, x), (0, 2, 1, 3))


def _weights(size: int, parts: int) -> Tensor:
    """Return the weight of each of `size` pixels in the mean of each part: (parts, size), float32."""
    pixels = ops.arange(size, dtype="float32")
    edges = ops.arange(parts + 1, dtype="float32") * ops.cast(size, "float32") / parts
    before = ops.clip(edges[:, None] - pixels, 0, 1)  # how much of each pixel lies before each edge
    inside = before[1:] - before[:-1]
    return inside / ops.sum(inside, axis=1, keepdims=True)
