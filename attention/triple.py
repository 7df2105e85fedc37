"""Triple attention learning, Wang et al. 2021, https://doi.org/10.1016/j.media.2020.101846: the layers.

Its channel-wise attention is `SE`. Its element-wise attention, made of the maps of Zhu et al. 2017,
https://arxiv.org/abs/1702.05891, and its scale-wise attention are here; `triple_classifier` joins the three.

None of them is registered as a plug. Element-wise attention is taught by the labels of a classifier: it must be told
their number and has a second output, and without that lesson it is another block. Scale-wise attention weighs several
maps against each other.
"""

import keras
from keras import layers, ops

from attention.arguments import whole_number


@keras.saving.register_keras_serializable(package="attention")
class ElementWiseAttention(layers.Layer):
    """Scale each place by how much the classes look at it, and score the classes by what they see there.

    Each class has a map of attention, which sums to 1 over the places, and a map of scores. Their product summed over
    the places is the score of the class, a logit that is to be trained with a loss of its own against the labels. A
    place is scaled by its attention times the sigmoid of its scores, in the mean of the classes, and times the
    number of places, so that equal attention everywhere dims no map for being large. The paper says that
    re-weighted features go on; this way of it is ours.

    Input: `(batch, height, width, channels)`, in the paper the output of `SE`.
    Output: features of the same shape, and scores `(batch, classes)`.

    Args:
        classes: how many classes the labels have.
        filters: channels of the two hidden convolutions.
    """

    def __init__(self, classes, filters=512, **kwargs):
        super().__init__(**kwargs)
        self.classes = whole_number("classes", classes)
        self.filters = whole_number("filters", filters)

    def build(self, shape):
        settings = {"padding": "same", "data_format": "channels_last", "dtype": self.dtype_policy}
        self.reduce = layers.Conv2D(self.filters, 1, activation="relu", name="reduce", **settings)
        self.look = layers.Conv2D(self.filters, 3, activation="relu", name="look", **settings)
        self.attend = layers.Conv2D(self.classes, 1, use_bias=False, name="attend", **settings)  # softmax drops a bias
        self.score = layers.Conv2D(self.classes, 1, name="score", **settings)
        self.reduce.build(shape)
        self.look.build((*shape[:3], self.filters))
        self.attend.build((*shape[:3], self.filters))
        self.score.build(shape)

    def call(self, x):
        # (batch, height, width, classes); float16 could not hold the small shares of a large map
        logits = ops.cast(self.attend(self.look(self.reduce(x))), "float32")
        attention = ops.exp(logits - ops.logsumexp(logits, axis=(1, 2), keepdims=True))
        class_maps = ops.cast(self.score(x), "float32")
        scores = ops.sum(attention * class_maps, axis=(1, 2))
        _, height, width, _ = ops.shape(x)
        share = ops.mean(attention * ops.sigmoid(class_maps), axis=-1, keepdims=True)
        gate = share * ops.cast(height * width, "float32")
        return x * ops.cast(gate, x.dtype), ops.cast(scores, x.dtype)

    def compute_output_shape(self, shape):
        return shape, (shape[0], self.classes)

    def get_config(self):
        return super().get_config() | {"classes": self.classes, "filters": self.filters}


@keras.saving.register_keras_serializable(package="attention")
class ScaleWiseAttention(layers.Layer):
    """Scale each of several feature maps by one gate, computed from the spatial means of all.

    The paper's abstract says that features are recalibrated at different scales; the form is that of `SE`, with one
    gate for a whole map where `SE` has one for a channel.

    Input and output: a list of `(batch, height, width, channels)`; the three sizes may differ from map to map.

    Args:
        ratio: how many times narrower the hidden layer is than the channels of all maps.
    """

    def __init__(self, ratio=16, **kwargs):
        super().__init__(**kwargs)
        self.ratio = whole_number("ratio", ratio)

    def build(self, shapes):
        channels = sum(shape[-1] for shape in shapes)
        hidden = max(channels // self.ratio, 1)
        settings = {"use_bias": False, "dtype": self.dtype_policy}
        self.squeeze = layers.Dense(hidden, "relu", name="squeeze", **settings)
        self.excite = layers.Dense(len(shapes), "sigmoid", name="excite", **settings)
        self.squeeze.build((None, channels))
        self.excite.build((None, hidden))

    def call(self, maps):
        means = ops.concatenate([ops.mean(x, axis=(1, 2)) for x in maps], axis=-1)  # (batch, channels of all)
        gates = self.excite(self.squeeze(means))  # (batch, maps)
        return [x * gates[:, i, None, None, None] for i, x in enumerate(maps)]

    def compute_output_shape(self, shapes):
        return shapes

    def get_config(self):
        return super().get_config() | {"ratio": self.ratio}
