"""Round kernels to bfloat16 so that the errors of the taps of a kernel cancel instead of adding up.

Neighboring pixels are nearly equal, so the sum over the taps is what counts. The rounding error of each tap is added to
the next tap, as in error diffusion, https://en.wikipedia.org/wiki/Error_diffusion.
"""

from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from yolo.export.onnx import kernels

if TYPE_CHECKING:
    import onnx


def round_kernels(model: "onnx.ModelProto", onnx: ModuleType) -> None:
    """Round the kernels of a model in place; their type stays float32.

    Args:
        onnx: the package, which only some exports need.
    """
    for kernel, values in kernels(model, onnx):
        kernel.CopyFrom(onnx.numpy_helper.from_array(diffused(values), kernel.name))


def diffused(
    kernels: Annotated[NDArray[np.float32], "out in height width"],
) -> Annotated[NDArray[np.float32], "out in height width"]:
    """Return the kernels with values that bfloat16 can store. The sum of each over its taps changes little."""
    taps = kernels.reshape(*kernels.shape[:2], -1)
    rounded, error = np.empty_like(taps), np.zeros(taps.shape[:2], np.float32)
    for i in range(taps.shape[-1]):
        exact = taps[..., i] + error
        rounded[..., i] = exact.astype(ml_dtypes.bfloat16)
        error = exact - rounded[..., i]
    return rounded.reshape(kernels.shape)
