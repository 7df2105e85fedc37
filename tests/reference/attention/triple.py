"""Wang et al. 2021: attention by a spatial softmax, scores under it, and gates of places and of whole maps.

One picture, one class and one map after the other; the layers take them all at once.
"""

import numpy as np

from tests.reference.attention.plain import convolve, relu, sigmoid, softmax


def element_wise(x, w):
    """Features (batch, height, width, channels) -> re-weighted features, scores (batch, classes)."""
    hidden = relu(convolve(x, w["reduce/kernel"]) + w["reduce/bias"])
    hidden = relu(convolve(hidden, w["look/kernel"]) + w["look/bias"])
    logits = convolve(hidden, w["attend/kernel"])
    class_maps = convolve(x, w["score/kernel"]) + w["score/bias"]
    batch, height, width, classes = logits.shape
    features, scores = np.zeros_like(x), np.zeros((batch, classes))
    for picture in range(batch):
        gate = np.zeros((height, width))
        for number in range(classes):
            attention = softmax(logits[picture, :, :, number].ravel(), axis=0).reshape(height, width)
            seen = class_maps[picture, :, :, number]
            scores[picture, number] = (attention * seen).sum()
            gate += height * width * attention * sigmoid(seen) / classes
        features[picture] = x[picture] * gate[:, :, None]
    return features, scores


def scale_wise(maps, w):
    """A list of feature maps -> the list of them, each times its gate."""
    means = np.concatenate([x.reshape(len(x), -1, x.shape[3]).mean(axis=1) for x in maps], axis=1)
    gates = sigmoid(relu(means @ w["squeeze/kernel"]) @ w["excite/kernel"])
    return [np.einsum("bhwc,b->bhwc", x, gate) for x, gate in zip(maps, gates.T, strict=True)]
