"""Quantize convolutions to 8-bit integers, with ranges measured on pictures, https://arxiv.org/abs/1712.05877.

Weights have a symmetric range for each output channel, and each feature map has one range. Boxes and scores are
computed in floating point. So is attention: it takes little time, and its gates scale whole channels.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from yolo.array_types import Image, Images
from yolo.export.converter_warnings import without_warnings
from yolo.optional_packages import import_optional

if TYPE_CHECKING:
    import onnx

# The operations to quantize. OpenVINO computes a convolution together with its activation, so only the inputs of
# convolutions are rounded. ONNX Runtime is fast only if the outputs are integers too, so all between are rounded.
CONVOLUTIONS = ("Conv",)
EVERYTHING = ("Conv", "LeakyRelu", "Concat", "MaxPool", "Slice", "Resize")
FLOAT = ("/attention_", "decode")  # parts of the names of nodes that stay in floating point
HEADS = ("/p5_out", "/p4_out", "/p3_out")  # these stay too if outputs are rounded, as boxes need more than 256 values


def quantize(model: "onnx.ModelProto", images: Iterable[Image], operations: tuple[str, ...]) -> "onnx.ModelProto":
    """Return a detector in float32 with its convolutions quantized.

    Args:
        images: about 100 to 300 images of the input size, similar to those that the detector will see.
        operations: CONVOLUTIONS or EVERYTHING.

    Raises:
        UserError: a package is missing.
    """
    rounds_outputs = operations != CONVOLUTIONS
    kept = FLOAT + HEADS if rounds_outputs else FLOAT
    onnx = import_optional("onnx", "onnx", "int8")
    quantization = import_optional("onnxruntime.quantization", "onnxruntime", "int8")
    with tempfile.TemporaryDirectory() as folder, without_warnings():
        path = Path(folder) / "int8.onnx"
        quantization.quantize_static(
            model,
            path,
            _reader(quantization, images),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=list(operations),
            nodes_to_exclude=[node.name for node in model.graph.node if any(part in node.name for part in kept)],
            per_channel=True,
            reduce_range=True,  # 7-bit weights: without VNNI, the sum of two products overflows 16 bits
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            extra_options={
                "WeightSymmetric": True,
                "OpTypesToExcludeOutputQuantization": [] if rounds_outputs else list(operations),
                "QDQDisableWeightAdjustForInt32Bias": True,
            },
        )
        return onnx.load(path)


def _reader(quantization: ModuleType, images: Iterable[Image]) -> Any:
    """Return the images as a `CalibrationDataReader`."""
    base: Any = quantization.CalibrationDataReader

    class Reader(base):
        def __init__(self) -> None:
            self._batches = ({"pictures": image[None]} for image in images)

        def get_next(self) -> dict[str, Images] | None:
            return next(self._batches, None)

    return Reader()
