"""OpenVINO, for Intel and AMD processors and Intel's GPUs: a `.xml` file with a `.bin` beside it."""

import io

from yolo.export import onnx
from yolo.export.bfloat16_rounding import round_kernels
from yolo.export.int8_quantization import CONVOLUTIONS, quantize
from yolo.inference import checksum
from yolo.inference.metadata import KEY
from yolo.optional_packages import import_optional

NEEDED = ("openvino", *onnx.NEEDED)  # packages, as Python and pip call them
ENDING = ".xml"
PRECISIONS = ("float32", "float16", "bfloat16", "int8")
TAKES_ANY_SIZE = True


def write(function, metadata, path, calibration=()):
    """Write a `.xml` and a `.bin` file, the metadata in the first.

    In float16 the weights are stored so; in bfloat16 too, and the runtime is told to compute in it.

    Args:
        function: a `detection_function`.
        calibration: pictures for int8, see `yolo.export.int8_quantization`.
    """
    openvino = import_optional("openvino", " ".join(NEEDED), "writing OpenVINO")
    network = onnx.convert(function)  # what OpenVINO makes of TensorFlow's own graph takes 1.07 of the time
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
