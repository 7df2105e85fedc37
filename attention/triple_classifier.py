"""A classifier with triple attention, Wang et al. 2021, https://doi.org/10.1016/j.media.2020.101846, and its loss."""

from collections.abc import Sequence
from typing import Literal

import keras
from keras import layers, ops

from attention.se import SE
from attention.tensor_types import Tensor
from attention.triple import ElementWiseAttention, ScaleWiseAttention

EPSILON = 1e-7  # the least share of positives or negatives to divide by


def triple_classifier(
    backbone: keras.Model,
    classes: int,
    levels: Sequence[str],
    activation: Literal["softmax", "sigmoid"] = "softmax",
    ratio: int = 16,
    filters: int = 512,
) -> keras.Model:
    """Return a classifier with channel-wise, element-wise and scale-wise attention on a backbone.

    The model has two outputs, `{"classes": probabilities, "scores": logits}`, both `(batch, classes)`. Both are trained
    against the same labels of 0 and 1. The scores are the mean of the scores of all levels. Compile it with

        model.compile(
            optimizer,
            loss={"classes": "categorical_crossentropy", "scores": WeightedCrossEntropy()},
            loss_weights={"classes": 1, "scores": 0.5},
        )

    Args:
        backbone: a functional or Sequential model; its layers are used, not copied. The paper's is DenseNet-121.
        classes: number of classes of the labels.
        levels: names of the last layer of each scale of the backbone; they give `(batch, height, width, channels)`.
        activation: "softmax" if a picture has exactly one class, "sigmoid" if it can have several or none. With
            "sigmoid" the first loss is "binary_crossentropy".
        ratio: of `SE` and `ScaleWiseAttention`.
        filters: of `ElementWiseAttention`.

    Returns:
        A functional `keras.Model`.

    Raises:
        ValueError: `levels` is empty or one text, or the backbone has no layer of such a name.
    """
    if isinstance(levels, str) or not levels:
        raise ValueError(f"levels must be a list of names of the backbone's layers, got {levels!r}")
    maps: list[Tensor] = []
    scores: list[Tensor] = []
    for level in levels:
        x = SE(ratio, name=f"channel_wise_{level}")(backbone.get_layer(level).output)
        x, score = ElementWiseAttention(classes, filters, name=f"element_wise_{level}")(x)
        maps.append(x)
        scores.append(score)
    maps = ScaleWiseAttention(ratio, name="scale_wise")(maps)
    pooled = [
        layers.GlobalAveragePooling2D("channels_last", name=f"pool_{level}")(x)
        for level, x in zip(levels, maps, strict=True)
    ]
    features = layers.Concatenate(name="features")(pooled)
    # losses and probabilities are computed in float32, whatever the precision of the layers before
    outputs = {
        "classes": layers.Dense(classes, activation, name="classes", dtype="float32")(features),
        "scores": layers.Average(name="scores", dtype="float32")(scores),
    }
    return keras.Model(backbone.inputs, outputs, name="triple_classifier")


@keras.saving.register_keras_serializable(package="attention")
class WeightedCrossEntropy(keras.losses.Loss):
    """Binary cross-entropy of every class, in which few positives weigh as much as many negatives.

    The weight of a positive is the number of labels of the batch divided by the number of its positives; that of a
    negative likewise (Wang et al. 2017, https://arxiv.org/abs/1705.02315). So the loss of a batch is the mean over its
    positives plus the mean over its negatives.

    Takes labels of 0 and 1, and predictions as logits: `(batch, classes)` each.
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        positive = ops.cast(y_true, y_pred.dtype)
        negative = 1 - positive
        # a batch may have no positives, or no negatives
        shares = [ops.maximum(ops.mean(labels), EPSILON) for labels in (positive, negative)]
        losses = positive / shares[0] * ops.softplus(-y_pred) + negative / shares[1] * ops.softplus(y_pred)
        return ops.mean(losses, axis=-1)
