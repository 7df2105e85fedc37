"""Kernels rounded to bfloat16 so that errors cancel among the taps of a kernel, where each rounded for itself adds up.

Neighbouring pixels are nearly alike, so what counts is the sum over the taps: the error of each goes to the next, as in
error diffusion, https://en.wikipedia.org/wiki/Error_diffusion.
"""

import ml_dtypes
import numpy as np

from yolo.export.onnx import kernels


def round_kernels(model, onnx):
    """Round the kernels of an `onnx.ModelProto` in place; they stay float32 numbers."""
    for kernel, values in kernels(model, onnx):
        kernel.CopyFrom(onnx.numpy_helper.from_array(diffused(values), kernel.name))


def diffused(kernels):
    """Kernels (out, in, h, w) float32 -> the same, of bfloat16's numbers, each sum over (h, w) nearly kept."""
    taps = kernels.reshape(*kernels.shape[:2], -1)
    rounded, error = np.empty_like(taps), np.zeros(taps.shape[:2], np.float32)
    for i in range(taps.shape[-1]):
        wanted = taps[..., i] + error
        rounded[..., i] = wanted.astype(ml_dtypes.bfloat16)
        error = wanted - rounded[..., i]
    return rounded.reshape(kernels.shape)
