"""Hu et al. 2018, equations 2 to 4."""

import numpy as np

from tests.reference.attention.plain import relu, sigmoid


def twin(x, w, ratio=16, identity_start=False):
    batch, _, _, channels = x.shape
    hidden = max(channels // ratio, 1)
    squeezed = x.reshape(batch, -1, channels).mean(axis=1)
    logits = relu(squeezed @ w["squeeze/kernel"].reshape(channels, hidden)) @ w["excite/kernel"]
    return np.einsum("bhwc,bc->bhwc", x, sigmoid(logits) * (1 + identity_start))
