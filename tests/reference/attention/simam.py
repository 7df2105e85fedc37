"""Yang et al. 2021, equation 5: the logit of a value is one over its minimal energy."""

import numpy as np

from tests.reference.attention.plain import sigmoid


def twin(x, w, e_lambda=1e-4, identity_start=False):
    gates = np.empty_like(x)
    for picture in range(x.shape[0]):
        for channel in range(x.shape[3]):
            values = x[picture, :, :, channel]
            variance = values.var(ddof=1) if values.size > 1 else 0
            distance = values - values.mean()
            energy = 4 * (variance + e_lambda) / (distance**2 + 2 * variance + 2 * e_lambda)
            gates[picture, :, :, channel] = sigmoid(1 / energy * (w["strength"] if identity_start else 1))
    return x * gates * (1 + identity_start)
