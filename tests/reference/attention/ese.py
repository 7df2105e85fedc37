"""Lee and Park 2020, with the bias and the hard sigmoid of their code."""

import numpy as np


def twin(x, w, identity_start=False):
    logits = x.mean(axis=1).mean(axis=1) @ w["excite/kernel"] + w["excite/bias"]
    gates = np.select([logits <= -3, logits >= 3], [0, 1], logits / 6 + 0.5) * (1 + identity_start)
    return np.einsum("bhwc,bc->bhwc", x, gates)
