"""Roy et al. 2018, with the biases of their code."""

import numpy as np

from tests.reference.attention.plain import relu, sigmoid


def twin(x, w, ratio=2, aggregation="max", identity_start=False):
    batch, _, _, channels = x.shape
    hidden = max(channels // ratio, 1)
    means = x.reshape(batch, -1, channels).mean(axis=1)
    squeezed = relu(means @ w["squeeze/kernel"].reshape(channels, hidden) + w["squeeze/bias"])
    channel = sigmoid(squeezed @ w["excite/kernel"] + w["excite/bias"]).reshape(batch, 1, 1, channels)
    place = sigmoid(x @ w["spatial/kernel"].reshape(channels, 1) + w["spatial/bias"])
    if aggregation == "multiply":
        return x * channel * place * (1 + identity_start) ** 2
    if aggregation == "add":
        return x * (channel + place)
    larger, smaller = np.maximum(channel, place), np.minimum(channel, place)
    return np.where(x > 0, x * larger, x * smaller) * (1 + identity_start)
