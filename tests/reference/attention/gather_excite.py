"""Hu et al. 2018, gate by gate; parts of a map that end within pixels are counted in copies of the pixels."""

import numpy as np

from tests.reference.attention.plain import batch_norm, relu, sigmoid


def means(x, extent):
    if extent == 0:
        return x.mean(axis=1).mean(axis=1)[:, None, None]
    reach = extent - 1

    def around(y, column):
        return x[:, max(y - reach, 0) : y + reach + 1, max(column - reach, 0) : column + reach + 1].mean(axis=(1, 2))

    height, width = x.shape[1:3]
    rows = [
        np.stack([around(y, column) for column in range(0, width, extent)], axis=1) for y in range(0, height, extent)
    ]
    return np.stack(rows, axis=1)


def parts(x, grid):
    """Each pixel is repeated `grid` times, so that `grid` equal parts are whole numbers of the copies."""
    batch, height, width, channels = x.shape
    copies = x.repeat(grid, axis=1).repeat(grid, axis=2)
    return copies.reshape(batch, grid, height, grid, width, channels).mean(axis=(2, 4))


def halve(x, kernel):
    """Depthwise 3 x 3 cross-correlation around every second place, zeros beyond the edges."""
    batch, height, width, channels = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    result = np.zeros((batch, -(-height // 2), -(-width // 2), channels))
    for i in range(result.shape[1]):
        for j in range(result.shape[2]):
            window = padded[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            result[:, i, j] = np.einsum("bijc,ijc->bc", window, kernel[:, :, :, 0])
    return result


def convolutions(x, w, extent, grid):
    if extent == 0:
        sums = np.einsum("bijc,ijc->bc", parts(x, grid), w["gather_0/kernel"].reshape(grid, grid, -1))
        return batch_norm(sums, w, "norm_0")[:, None, None]
    x = batch_norm(halve(x, w["gather_0/kernel"]), w, "norm_0")
    for i in range(1, {2: 1, 4: 2, 8: 3}[extent]):
        x = batch_norm(halve(relu(x), w[f"gather_{i}/kernel"]), w, f"norm_{i}")
    return x


def twin(x, w, kind="theta_plus", extent=0, ratio=16, grid=7, identity_start=False):
    height, width, channels = x.shape[1:]
    if kind == "theta_minus":
        logits = means(x, extent) * (w["strength"] if identity_start else 1)
    else:
        logits = convolutions(x, w, extent, grid)
    if kind == "theta_plus":
        hidden = max(channels // ratio, 1)
        squeezed = relu(relu(logits) @ w["squeeze/kernel"].reshape(channels, hidden) + w["squeeze/bias"])
        logits = squeezed @ w["excite/kernel"].reshape(hidden, channels) + w["excite/bias"]
    gates = sigmoid(logits) * (1 + identity_start)
    result = np.zeros_like(x)
    for y in range(height):
        for column in range(width):
            cell = (y // extent, column // extent) if extent else (0, 0)
            result[:, y, column] = x[:, y, column] * gates[:, cell[0], cell[1]]
    return result
