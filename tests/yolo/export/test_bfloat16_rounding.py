"""Rounding kernels to bfloat16, against numbers worked out by hand and against plain rounding."""

import ml_dtypes
import numpy as np

from tests.backends import tensorflow_only
from tests.yolo.export.detectors import skip_without
from yolo.export.bfloat16_rounding import diffused, round_kernels
from yolo.export.onnx import convert
from yolo.inference.detection_function import detection_function


def test_the_error_of_a_tap_goes_to_the_next():
    # between 1 and 2 bfloat16 has steps of 1/128
    kernel = np.float32([1 + 0.4 / 128, 1 + 0.4 / 128, 1 + 0.4 / 128, 1]).reshape(1, 1, 2, 2)
    assert np.array_equal(diffused(kernel).ravel(), [1, 1 + 1 / 128, 1, 1])  # 0.4; 0.8 -> 1; 0.2; 0.2 left


def test_each_kernel_of_a_filter_keeps_its_sum_to_one_rounding_and_each_weight_to_two():
    kernels = np.random.default_rng(0).normal(size=(5, 3, 3, 2)).astype(np.float32)
    rounded = diffused(kernels)
    step = 2.0 ** (np.floor(np.log2(np.abs(kernels).max())) - 7)
    assert np.all(rounded.view(np.uint32) & 0xFFFF == 0)  # bfloat16 is the upper half of float32
    assert np.abs((rounded - kernels).sum(axis=(2, 3))).max() <= step / 2
    assert np.abs(rounded - kernels).max() <= step
    assert not np.array_equal(rounded, kernels)
    plain = kernels.astype(ml_dtypes.bfloat16).astype(np.float32)
    assert np.abs((rounded - kernels).sum(axis=(2, 3))).mean() < np.abs((plain - kernels).sum(axis=(2, 3))).mean()


def test_a_1_x_1_kernel_is_rounded_to_the_nearest():
    kernels = np.float32([1 + 0.4 / 128, -1 - 0.6 / 128]).reshape(1, 2, 1, 1)
    assert np.array_equal(diffused(kernels).ravel(), [1, -1 - 1 / 128])


@tensorflow_only
def test_what_is_no_kernel_of_a_convolution_stays(thin):
    skip_without("onnx")
    import onnx

    def constants(model):
        return {kernel.name: onnx.numpy_helper.to_array(kernel) for kernel in model.graph.initializer}

    model = convert(detection_function(thin()))
    before = constants(model)
    round_kernels(model, onnx)
    kernels = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    changed = {name for name, values in constants(model).items() if not np.array_equal(values, before[name])}
    assert changed == kernels
    assert any(values.ndim == 4 for name, values in before.items() if name not in kernels)  # the grid of the decode
