"""Convolutions in 8-bit integers, their ranges measured on pictures: https://arxiv.org/abs/1712.05877.

Weights get a symmetric range for each output channel, what flows between them one range each. Boxes and scores are
computed in floating point, and so is attention: it takes little time, and its gates decide about whole channels.
"""

import tempfile
from pathlib import Path

from yolo.export.converter_warnings import without_warnings
from yolo.optional_packages import import_optional

# What is rounded: for OpenVINO, which computes a convolution along with its activation, what convolutions take; for
# ONNX Runtime, which is fast only where integers come out as well, everything between them too.
CONVOLUTIONS = ("Conv",)
EVERYTHING = ("Conv", "LeakyRelu", "Concat", "MaxPool", "Slice", "Resize")
FLOAT = ("/attention_", "decode")  # in the names of nodes that stay as they are
HEADS = ("/p5_out", "/p4_out")  # stay too where results are rounded, for boxes need more than 256 places


def quantize(model, pictures, operations):
    """An ONNX detector in float32 -> the same with quantized convolutions, an `onnx.ModelProto`.

    Args:
        operations: CONVOLUTIONS or EVERYTHING.
        pictures: iterable of (h, w, 3) uint8, as the network is given them; about 100 to 300 like those to come.
    """
    rounds_results = operations != CONVOLUTIONS
    left = FLOAT + HEADS if rounds_results else FLOAT
    onnx = import_optional("onnx", "onnx", "int8")
    quantization = import_optional("onnxruntime.quantization", "onnxruntime", "int8")
    with tempfile.TemporaryDirectory() as folder, without_warnings():
        path = Path(folder) / "int8.onnx"
        quantization.quantize_static(
            model,
            path,
            _reader(quantization, pictures),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=list(operations),
            nodes_to_exclude=[node.name for node in model.graph.node if any(part in node.name for part in left)],
            per_channel=True,
            reduce_range=True,  # weights in 7 bits: without VNNI, sums of two products overflow 16
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            extra_options={
                "WeightSymmetric": True,
                "OpTypesToExcludeOutputQuantization": [] if rounds_results else list(operations),
                "QDQDisableWeightAdjustForInt32Bias": True,
            },
        )
        return onnx.load(path)


def _reader(quantization, pictures):
    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self._batches = ({"pictures": picture[None]} for picture in pictures)

        def get_next(self):
            return next(self._batches, None)

    return Reader()
