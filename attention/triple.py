"""The layers of triple attention learning, Wang et al. 2021, https://doi.org/10.1016/j.media.2020.101846.

Its channel-wise attention is `SE`. This file has its element-wise attention, with the maps of Zhu et al. 2017,
https://arxiv.org/abs/1702.05891, and its scale-wise attention. `triple_classifier` joins the three.

The layers here are not registered as blocks. Element-wise attention learns from the labels of a classifier: it needs
the number of classes and has a second output, and without a loss on that output it is another block. Scale-wise
attention takes several maps and weighs them against each other.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from attention.arguments import whole_number
from attention.tensor_types import Shape, Tensor


@keras.saving.register_keras_serializable(package="attention")
class ElementWiseAttention(layers.Layer):
    """Scale each place by the attention that the classes pay to it, and compute a score of each class.

    Each class has an attention map, which sums to 1 over the places, and a score map. The score of a class is the sum
    over the places of the product of both: a logit, to be trained against the labels with a loss of its own. The gate
    of a place is its attention times the sigmoid of its score, averaged over the classes, times the number of places.
    With this last factor, uniform attention does not make large maps darker than small ones. The paper says only that
    re-weighted features are passed on; this formula is our own.

    Input: `(batch, height, width, channels)`, in the paper the output of `SE`.
    Output: features of the same shape, and scores `(batch, classes)`.

    Args:
        classes: number of classes of the labels.
        filters: channels of the two hidden convolutions.
    """

    def __init__(self, classes: int, filters: int = 512, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes = whole_number("classes", classes)
        self.filters = whole_number("filters", filters)

    def build(self, shape: Shape) -> None:
        settings = {"padding": "same", "data_format": "channels_last", "dtype": self.dtype_policy}
        self.reduce = layers.Conv2D(self.filters, 1, activation="relu", name="reduce", **settings)
        self.look = layers.Conv2D(self.filters, 3, activation="relu", name="look", **settings)
        self.attend = layers.Conv2D(self.classes, 1, use_bias=False, name="attend", **settings)  # softmax drops a bias
        self.score = layers.Conv2D(self.classes, 1, name="score", **settings)
        self.reduce.build(shape)
        self.look.build((*shape[:3], self.filters))
        self.attend.build((*shape[:3], self.filters))
        self.score.build(shape)

    def call(self, x: Tensor) -> tuple[Tensor, Tensor]:
        # (batch, height, width, classes); in float16 the small shares of a large map would become 0
        logits = ops.cast(self.attend(self.look(self.reduce(x))), "float32")
        attention = ops.exp(logits - ops.logsumexp(logits, axis=(1, 2), keepdims=True))
        class_maps = ops.cast(self.score(x), "float32")
        scores = ops.sum(attention * class_maps, axis=(1, 2))
        _, height, width, _ = ops.shape(x)
        share = ops.mean(attention * ops.sigmoid(class_maps), axis=-1, keepdims=True)
        gate = share * ops.cast(height * width, "float32")
        return x * ops.cast(gate, x.dtype), ops.cast(scores, x.dtype)

    def compute_output_shape(self, shape: Shape) -> tuple[Shape, Shape]:
        return shape, (shape[0], self.classes)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"classes": self.classes, "filters": self.filters}


@keras.saving.register_keras_serializable(package="attention")
class ScaleWiseAttention(layers.Layer):
    """Scale each of several feature maps by one gate, computed from the spatial means of all.

    The paper's abstract says that features are recalibrated at different scales. Here this is done as in `SE`, but with
    one gate for a whole map instead of one for each channel.

    Input and output: a list of `(batch, height, width, channels)`; the last three may differ from map to map.

    Args:
        ratio: how many times narrower the hidden layer is than the channels of all maps.
    """

    def __init__(self, ratio: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)

    def build(self, shapes: Sequence[Shape]) -> None:
        channels = sum(shape[-1] for shape in shapes)
        hidden = max(channels // self.ratio, 1)
        settings = {"use_bias": False, "dtype": self.dtype_policy}
        self.squeeze = layers.Dense(hidden, "relu", name="squeeze", **settings)
        self.excite = layers.Dense(len(shapes), "sigmoid", name="excite", **settings)
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))

    def call(self, maps: Sequence[Tensor]) -> list[Tensor]:
        means = ops.concatenate([ops.mean(x, axis=(1, 2)) for x in maps], axis=-1)  # (batch, channels of all)
        gates = self.excite(self.squeeze(means))  # (batch, maps)
        return [x * gates[:, i, None, None, None] for i, x in enumerate(maps)]

    def compute_output_shape(self, shapes: list[Shape]) -> list[Shape]:
        return shapes

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"ratio": self.ratio}
