"""Misra et al. 2021, equations 1 and 2, with the statistics that batch norm has learnt.

As in the authors' code the axes are turned until the pooled one is last, and the gated copies are averaged.
"""

import numpy as np

from tests.reference.attention.plain import batch_norm, convolve, sigmoid


def twin(x, w, kernel_size=7, spatial=True, identity_start=False):
    turns = {"width_channels": (0, 2, 3, 1), "height_channels": (0, 1, 3, 2), "height_width": (0, 1, 2, 3)}
    if not spatial:
        del turns["height_width"]
    outputs = []
    for plane, turn in turns.items():
        turned = x.transpose(turn)
        pooled = np.stack([turned.max(axis=3), turned.mean(axis=3)], axis=-1)
        logits = convolve(pooled, w[f"{plane}_conv/kernel"].reshape(kernel_size, kernel_size, 2, 1))
        gated = turned * sigmoid(batch_norm(logits, w, f"{plane}_norm")) * (1 + identity_start)
        outputs.append(gated.transpose(np.argsort(turn)))
    return np.mean(outputs, axis=0)
