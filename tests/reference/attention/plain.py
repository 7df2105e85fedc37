"""The operations that the twins are made of, in plain NumPy and without any deep learning library."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


def softmax(x, axis):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def batch_norm(x, w, name, epsilon=1e-5):
    """Batch norm over the last axis with the statistics it has learnt; its four weights are found by its name."""
    gamma, beta, mean, variance = (w[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance"))
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def convolve(x, kernel, dilation=1):
    """2-D cross-correlation of step 1 with zeros around, the result as large as the input.

    Args:
        x: (batch, height, width, in).
        kernel: (rows, columns, in, out). Of an even number of rows, one more is added below than above.
    """
    rows, columns = kernel.shape[:2]
    before = [(side - 1) * dilation // 2 for side in (rows, columns)]
    after = [(side - 1) * dilation - start for side, start in zip((rows, columns), before, strict=True)]
    padded = np.pad(x, ((0, 0), (before[0], after[0]), (before[1], after[1]), (0, 0)))
    height, width = x.shape[1:3]
    result = np.zeros((*x.shape[:3], kernel.shape[3]))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, i * dilation : i * dilation + height, j * dilation : j * dilation + width]
            result += window @ kernel[i, j]
    return result
