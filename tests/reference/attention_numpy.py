"""The attention blocks in plain NumPy, written from the papers.

Each takes features (batch, height, width, channels) and the weights in the order the block lists them, and gives the
same shape. Dense kernels are (in, out); convolution kernels are (side, side, in, out).
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def none(x):
    return x


def se(x, squeeze, excite):
    """Hu et al. 2018, equations 2 to 4."""
    batch, _, _, channels = x.shape
    squeezed = x.reshape(batch, -1, channels).mean(axis=1)
    gate = sigmoid(np.maximum(squeezed @ squeeze, 0) @ excite)
    return np.einsum("bhwc,bc->bhwc", x, gate)


def cbam(x, squeeze, excite, spatial):
    """Woo et al. 2018, equations 1 to 3; the map of means comes before the map of maxima."""
    batch, height, width, channels = x.shape
    pixels = x.reshape(batch, -1, channels)
    logits = sum(np.maximum(pooled @ squeeze, 0) @ excite for pooled in (pixels.mean(axis=1), pixels.max(axis=1)))
    x = np.einsum("bhwc,bc->bhwc", x, sigmoid(logits))

    side = spatial.shape[0]
    before = (side - 1) // 2
    padded = np.zeros((batch, height + side - 1, width + side - 1, 2))
    padded[:, before : before + height, before : before + width, 0] = x.mean(axis=3)
    padded[:, before : before + height, before : before + width, 1] = x.max(axis=3)
    gate = np.zeros((batch, height, width))
    for i in range(height):
        for j in range(width):
            window = padded[:, i : i + side, j : j + side]
            gate[:, i, j] = sigmoid((window * spatial[..., 0]).sum(axis=(1, 2, 3)))
    return np.einsum("bhwc,bhw->bhwc", x, gate)


def eca(x, neighbours):
    """Wang et al. 2020, equation 9: each channel looks at those beside it; beyond the ends there are zeros."""
    means = x.mean(axis=1).mean(axis=1)
    reach = len(neighbours) // 2
    gate = np.zeros_like(means)
    for channel in range(means.shape[1]):
        for offset in range(-reach, reach + 1):
            if 0 <= channel + offset < means.shape[1]:
                gate[:, channel] += neighbours[offset + reach, 0, 0] * means[:, channel + offset]
    return np.einsum("bhwc,bc->bhwc", x, sigmoid(gate))


def ca(x, squeeze, gamma, beta, mean, variance, excite_rows, excite_columns):
    """Hou et al. 2021, equations 4 to 9, with the statistics that batch norm has learnt.

    Between pooling and gates each row and each column is on its own, so here they are never joined.
    """

    def gate(pooled, excite):  # (batch, places, channels)
        hidden = (pooled @ squeeze[0, 0] - mean) / np.sqrt(variance + 1e-5) * gamma + beta
        hidden = hidden * np.clip(hidden + 3, 0, 6) / 6
        return sigmoid(hidden @ excite[0, 0])

    return np.einsum("bhwc,bhc,bwc->bhwc", x, gate(x.mean(axis=2), excite_rows), gate(x.mean(axis=1), excite_columns))
