"""Woo et al. 2018, equations 1 to 3 and table 3; the map of means comes before the map of maxima."""

import numpy as np

from tests.reference.attention.plain import batch_norm as normalise
from tests.reference.attention.plain import convolve, relu, sigmoid


def twin(
    x,
    w,
    ratio=8,
    kernel_size=7,
    order="channel-spatial",
    hidden=None,
    use_bias=False,
    sigmoid_per_branch=False,
    widths=None,
    batch_norm=False,
    kernel_initializer="glorot_uniform",
    channel_pooling="both",
    spatial_pooling="both",
    identity_start=False,
):
    channels = x.shape[3]

    def bias(layer, gate):
        return w[f"{layer}/bias"] if use_bias in (True, gate) else 0

    def channel_gate(x):  # (batch, channels)
        width = max(channels // ratio if hidden is None else int(hidden * channels), 1)
        logits = []
        pools = {"average": x.mean(axis=1).mean(axis=1), "max": x.max(axis=1).max(axis=1)}
        for pooled in pools.values() if channel_pooling == "both" else [pools[channel_pooling]]:
            squeezed = relu(pooled @ w["squeeze/kernel"].reshape(channels, width) + bias("squeeze", "channel"))
            logits.append(squeezed @ w["excite/kernel"] + bias("excite", "channel"))
        if sigmoid_per_branch and len(logits) == 2:
            return sigmoid(logits[0]) + sigmoid(logits[1])
        return sigmoid(np.sum(logits, axis=0)) * (1 + identity_start)

    def spatial_gate(x):  # (batch, height, width)
        pools = {"average": x.mean(axis=3), "max": x.max(axis=3)}
        chosen = list(pools.values()) if spatial_pooling == "both" else [pools[spatial_pooling]]
        maps, depth = np.stack(chosen, axis=-1), len(chosen)
        for number, width in enumerate(widths or [], start=1):
            kernel = w[f"spatial_{number}/kernel"].reshape(kernel_size, kernel_size, depth, width)
            maps, depth = relu(convolve(maps, kernel) + bias(f"spatial_{number}", "spatial")), width
        kernel = w["spatial/kernel"].reshape(kernel_size, kernel_size, depth, 1)
        logits = convolve(maps, kernel) + bias("spatial", "spatial")
        logits = normalise(logits, w, "norm") if batch_norm else logits
        return sigmoid(logits[..., 0]) * (1 + identity_start)

    def scale_channels(x, judged):
        return np.einsum("bhwc,bc->bhwc", x, channel_gate(judged))

    def scale_places(x, judged):
        return np.einsum("bhwc,bhw->bhwc", x, spatial_gate(judged))

    if order == "parallel":
        return scale_places(scale_channels(x, x), x)
    for half in order.split("-"):
        x = {"channel": scale_channels, "spatial": scale_places}[half](x, x)
    return x
