"""A classifier with triple attention, Wang et al. 2021, https://doi.org/10.1016/j.media.2020.101846, and its loss."""

import keras
from keras import layers, ops

from attention.se import SE
from attention.triple import ElementWiseAttention, ScaleWiseAttention

EPSILON = 1e-7  # the least share of a label in a batch


def triple_classifier(backbone, classes, levels, activation="softmax", ratio=16, filters=512):
    """Put channel-wise, element-wise and scale-wise attention on a backbone, and a classifier behind them.

    The model has two outputs, `{"classes": probabilities, "scores": logits}`, both `(batch, classes)`, and both are
    trained against the same labels of 0 and 1. The scores are the mean of those of all levels. Compile it with

        model.compile(
            optimizer,
            loss={"classes": "categorical_crossentropy", "scores": WeightedCrossEntropy()},
            loss_weights={"classes": 1, "scores": 0.5},
        )

    Args:
        backbone: a functional or Sequential model; its layers are used, not copied. The paper's is DenseNet-121.
        classes: how many classes the labels have.
        levels: names of the backbone's layers that end its scales, each with `(batch, height, width, channels)`.
        activation: "softmax" where a picture has one class, "sigmoid" where it can have several or none; the first
            loss is then "binary_crossentropy".
        ratio: of `SE` and `ScaleWiseAttention`.
        filters: of `ElementWiseAttention`.

    Returns:
        A functional `keras.Model`.

    Raises:
        ValueError: no level, or no such layer.
    """
    if isinstance(levels, str) or not levels:
        raise ValueError(f"levels must be a list of names of the backbone's layers, got {levels!r}")
    maps, scores = [], []
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
    # losses and probabilities are computed in float32, whatever the layers before them compute in
    outputs = {
        "classes": layers.Dense(classes, activation, name="classes", dtype="float32")(features),
        "scores": layers.Average(name="scores", dtype="float32")(scores),
    }
    return keras.Model(backbone.inputs, outputs, name="triple_classifier")


@keras.saving.register_keras_serializable(package="attention")
class WeightedCrossEntropy(keras.losses.Loss):
    """Cross-entropy of every class by itself, in which few positives weigh as much as many negatives.

    Positives are weighted by the number of all labels of the batch over that of its positives, negatives likewise
    (Wang et al. 2017, https://arxiv.org/abs/1705.02315). The loss of a batch is so the mean over its positives plus
    the mean over its negatives.

    Labels of 0 and 1, and predictions as logits: `(batch, classes)` each.
    """

    def call(self, y_true, y_pred):
        positive = ops.cast(y_true, y_pred.dtype)
        negative = 1 - positive
        # a batch may be without the one or the other
        shares = [ops.maximum(ops.mean(labels), EPSILON) for labels in (positive, negative)]
        losses = positive / shares[0] * ops.softplus(-y_pred) + negative / shares[1] * ops.softplus(y_pred)
        return ops.mean(losses, axis=-1)
