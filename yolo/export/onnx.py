"""Write ONNX, for ONNX Runtime, TensorRT and many others: a `.onnx` file with the metadata in its properties."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Image
from yolo.export.converter_warnings import without_warnings
from yolo.export.int8_quantization import EVERYTHING, quantize
from yolo.export.onnx_portability import make_portable
from yolo.inference import checksum
from yolo.inference.metadata import KEY, ModelMetadata
from yolo.optional_packages import import_optional

if TYPE_CHECKING:
    import onnx
    import tensorflow as tf

NEEDED: tuple[str, ...] = ("onnx", "tf2onnx", "onnxruntime")
ENDING = ".onnx"
PRECISIONS: tuple[str, ...] = ("float32", "float16", "int8")
TAKES_ANY_SIZE = True
OPSET = 18


def write(
    function: "tf.types.experimental.PolymorphicFunction",
    metadata: ModelMetadata,
    path: Path,
    calibration: Iterable[Image] = (),
) -> None:
    """Write a `.onnx` file. For float16, only the weights are stored so; it computes in float32.

    Args:
        function: a `detection_function`.
        calibration: images for int8, see `yolo.export.int8_quantization`.

    Raises:
        UserError: a package is missing.
    """
    onnx = import_optional("onnx", " ".join(NEEDED), "writing ONNX")
    model = convert(function)
    if metadata.precision == "float16":
        _store_half(model, onnx)
    elif metadata.precision == "int8":
        model = quantize(model, calibration, EVERYTHING)
    onnx.helper.set_model_props(model, {KEY: metadata.to_json(), "checksum": checksum.PLACEHOLDER})
    onnx.save(model, path)
    checksum.seal(path)


def convert(function: "tf.types.experimental.PolymorphicFunction") -> "onnx.ModelProto":
    """Return a `detection_function` as an ONNX model.

    Raises:
        UserError: a package is missing.
    """
    tf2onnx = import_optional("tf2onnx.convert", " ".join(NEEDED), "writing ONNX")
    with without_warnings():
        model, _ = tf2onnx.from_function(function, function.input_signature, opset=OPSET)
    make_portable(model, import_optional("onnx", " ".join(NEEDED), "writing ONNX"))
    return model


def kernels(model: "onnx.ModelProto", onnx: ModuleType) -> "list[tuple[onnx.TensorProto, NDArray[np.float32]]]":
    """Return the kernels of all convolutions: the part of the model that stores each, and its values (out, in, h, w).

    Args:
        onnx: the package, which only some exports need.
    """
    names = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    return [(stored, onnx.numpy_helper.to_array(stored)) for stored in model.graph.initializer if stored.name in names]


def _store_half(model: "onnx.ModelProto", onnx: ModuleType) -> None:
    """Store the kernels in float16, in place. A runtime casts them to float32 once, when it loads the model."""
    casts = []
    for kernel, values in kernels(model, onnx):
        name = kernel.name
        kernel.CopyFrom(onnx.numpy_helper.from_array(values.astype("float16"), f"{name}:half"))
        casts.append(onnx.helper.make_node("Cast", [kernel.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
