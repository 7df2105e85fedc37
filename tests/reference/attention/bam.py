"""Park et al. 2018, equations 1 to 4, with batch norm before each ReLU and none at the ends."""

from tests.reference.attention.plain import batch_norm, convolve, relu, sigmoid


def twin(x, w, ratio=16, dilation=4, convolutions=2, identity_start=False):
    channels = x.shape[3]
    hidden = max(channels // ratio, 1)

    squeezed = x.mean(axis=1).mean(axis=1) @ w["squeeze/kernel"].reshape(channels, hidden)
    channel = relu(batch_norm(squeezed, w, "squeeze_norm")) @ w["excite/kernel"][0, 0] + w["excite/bias"]

    maps = relu(batch_norm(x @ w["reduce/kernel"].reshape(channels, hidden), w, "reduce_norm"))
    for i in range(convolutions):
        maps = relu(batch_norm(convolve(maps, w[f"dilated_{i}/kernel"], dilation), w, f"dilated_{i}_norm"))
    place = maps @ w["place/kernel"].reshape(hidden, 1) + w["place/bias"]

    gate = sigmoid(channel[:, None, None, :] + place)
    return x * 2 * gate if identity_start else x + x * gate
