"""Cao et al. 2019, equation 5, and the fusion by scaling of section 4."""

import numpy as np

from tests.reference.attention.plain import relu, sigmoid, softmax


def twin(x, w, ratio=16, fusion="add", identity_start=False):
    channels = x.shape[3]
    logits = np.einsum("bhwc,c->bhw", x, w["mask/kernel"][:, 0])
    weights = softmax(logits.reshape(len(x), -1), axis=1).reshape(logits.shape)
    context = np.einsum("bhwc,bhw->bc", x, weights)
    hidden = context @ w["squeeze/kernel"].reshape(channels, max(channels // ratio, 4)) + w["squeeze/bias"]
    mean, variance = hidden.mean(axis=1, keepdims=True), hidden.var(axis=1, keepdims=True)
    hidden = (hidden - mean) / np.sqrt(variance + 1e-5) * w["norm/gamma"] + w["norm/beta"]
    transformed = (relu(hidden) @ w["excite/kernel"] + w["excite/bias"])[:, None, None]
    return x + transformed if fusion == "add" else x * sigmoid(transformed) * (1 + identity_start)
