"""Darknet's files written by hand, and the real ones where they are at hand."""

import struct

import numpy as np
import pytest

# The convolutions of yolov4-tiny.cfg in its order: filters, kernel, inputs; None for the two without batch norm.
CONVOLUTIONS = [(32, 3, 3), (64, 3, 32)]
for width in (64, 128, 256):
    CONVOLUTIONS += [(width, 3, width), (width // 2, 3, width // 2), (width // 2, 3, width // 2), (width, 1, width)]
CONVOLUTIONS += [(512, 3, 512), (256, 1, 512), (512, 3, 256), (None, 1, 512), (128, 1, 256), (256, 3, 384)]
CONVOLUTIONS += [(None, 1, 256)]
OF_A_THIRD_LEVEL = [(64, 1, 256), (128, 3, 64 + 128), (None, 1, 128)]  # those that yolov4-tiny-3l.cfg has behind them
BACKBONE = {15: 14_534_548, 16: 15_062_932, 17: 19_789_716}  # bytes of a file of so many convolutions


def weights_file(path, classes, version=(0, 2, 5), seed=0, levels=2):
    """Write a file of random weights; returns what each convolution was given, one tuple of arrays each."""
    rng = np.random.default_rng(seed)
    given = []
    for filters, kernel, inputs in CONVOLUTIONS + OF_A_THIRD_LEVEL * (levels - 2):
        outputs = filters or 3 * (5 + classes)
        vectors = [rng.random(outputs, np.float32) for _ in range(4 if filters else 1)]
        given.append((*vectors, rng.random((outputs, inputs, kernel, kernel), np.float32)))
    seen = struct.pack("<Q" if version >= (0, 2) else "<I", 32_013_312)
    numbers = b"".join(array.astype("<f4").tobytes() for arrays in given for array in arrays)
    path.write_bytes(struct.pack("<3i", *version) + seen + numbers)
    return given


def voc_file(real_data):
    """The path of real weights of VOC's 20 classes, with their cfg beside them; skips the test without them."""
    path = real_data.parent / "weights" / "yolov4-tiny-voc" / "yolov4-tiny-voc.weights"
    if not path.is_file():
        pytest.skip(f"no Darknet weights: {path} is missing")
    return path
