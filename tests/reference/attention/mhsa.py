"""Vaswani et al. 2017, equation 1 and section 3.2.2, head by head, with the positions of Carion et al. 2020."""

import math

import numpy as np

from tests.reference.attention.plain import softmax


def position(row, column, height, width, channels):
    """The encoding of one place, value by value."""
    values, half = [], channels // 2
    for share in ((row + 1) / height, (column + 1) / width):
        for i in range(half):
            angle = 2 * math.pi * share / 10000 ** (2 * (i // 2) / half)
            values.append(math.cos(angle) if i % 2 else math.sin(angle))
    return values


def twin(x, w, heads=4, identity_start=False):
    batch, height, width, channels = x.shape
    places = [position(i, j, height, width, channels) for i in range(height) for j in range(width)]
    pixels = x.reshape(batch, -1, channels)
    mean, variance = pixels.mean(axis=2, keepdims=True), pixels.var(axis=2, keepdims=True)
    values = (pixels - mean) / np.sqrt(variance + 1e-5) * w["norm/gamma"] + w["norm/beta"]
    gathered = []
    for head in np.split(np.arange(channels), heads):
        query, key = ((values + places) @ w[f"{name}/kernel"][:, head] for name in ("query", "key"))
        weights = softmax(query @ key.transpose(0, 2, 1) / math.sqrt(len(head)), axis=2)
        gathered.append(weights @ (values @ w["value/kernel"][:, head]))
    return x + (np.concatenate(gathered, axis=2) @ w["project/kernel"]).reshape(x.shape)
