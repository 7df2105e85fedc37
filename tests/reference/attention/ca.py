"""Hou et al. 2021, equations 4 to 9, with the statistics that batch norm has learnt.

Between pooling and gates each row and each column is on its own, so here they are never joined.
"""

import numpy as np

from tests.reference.attention.plain import batch_norm, sigmoid


def twin(x, w, ratio=16, identity_start=False):
    hidden = max(x.shape[3] // ratio, 8)

    def gate(pooled, excite):  # (batch, places, channels)
        strip = batch_norm(pooled @ w["squeeze/kernel"].reshape(-1, hidden), w, "norm")
        strip = strip * np.clip(strip + 3, 0, 6) / 6
        return sigmoid(strip @ w[f"{excite}/kernel"][0, 0]) * (1 + identity_start)

    rows, columns = gate(x.mean(axis=2), "excite_rows"), gate(x.mean(axis=1), "excite_columns")
    return np.einsum("bhwc,bhc,bwc->bhwc", x, rows, columns)
