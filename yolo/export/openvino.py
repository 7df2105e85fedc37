"""Write OpenVINO, for Intel and AMD processors and Intel's GPUs: a `.xml` file with a `.bin` beside it."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.array_types import Image
from yolo.export import onnx
from yolo.export.bfloat16_rounding import round_kernels
from yolo.export.int8_quantization import CONVOLUTIONS, quantize
from yolo.inference import checksum
from yolo.inference.metadata import KEY, ModelMetadata
from yolo.optional_packages import import_optional

if TYPE_CHECKING:
    import tensorflow as tf

NEEDED: tuple[str, ...] = ("openvino", *onnx.NEEDED)
ENDING = ".xml"
PRECISIONS: tuple[str, ...] = ("float32", "float16", "bfloat16", "int8")
TAKES_ANY_SIZE = True


def write(
    function: "tf.types.experimental.PolymorphicFunction",
    metadata: ModelMetadata,
    path: Path,
    calibration: Iterable[Image] = (),
) -> None:
    """Write a `.xml` file with the metadata, and a `.bin` file with the weights.

    For float16 and bfloat16, the weights are stored in float16. For bfloat16, the runtime also computes in bfloat16.

    Args:
        function: a `detection_function`.
        calibration: images for int8, see `yolo.export.int8_quantization`.

    Raises:
        UserError: a package is missing.
    """
    openvino = import_optional("openvino", " ".join(NEEDED), "writing OpenVINO")
    network = onnx.convert(function)  # OpenVINO's own conversion from TensorFlow takes 1.07 of the time to run
    if metadata.precision == "int8":
        network = quantize(network, calibration, CONVOLUTIONS)
    elif metadata.precision == "bfloat16":
        round_kernels(network, import_optional("onnx", " ".join(NEEDED), "writing OpenVINO"))
    model = openvino.convert_model(io.BytesIO(network.SerializeToString()))
    model.set_rt_info(metadata.to_json(), [KEY])
    openvino.save_model(model, path, compress_to_fp16=metadata.precision in ("float16", "bfloat16"))
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"<!-- {checksum.PLACEHOLDER} -->\n")
    checksum.seal(path, [path.with_suffix(".bin")])
