"""ONNX, for ONNX Runtime, TensorRT and many more: a `.onnx` file, the metadata among its properties."""

from yolo.export.converter_warnings import without_warnings
from yolo.export.int8_quantization import EVERYTHING, quantize
from yolo.export.onnx_portability import make_portable
from yolo.inference import checksum
from yolo.inference.metadata import KEY
from yolo.optional_packages import import_optional

NEEDED = ("onnx", "tf2onnx", "onnxruntime")  # packages, as Python and pip call them
ENDING = ".onnx"
PRECISIONS = ("float32", "float16", "int8")
TAKES_ANY_SIZE = True
OPSET = 18


def write(function, metadata, path, calibration=()):
    """Write a `.onnx` file; in float16 it stores the weights so and computes in float32.

    Args:
        function: a `detection_function`.
        calibration: pictures for int8, see `yolo.export.int8_quantization`.
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


def convert(function):
    """A `detection_function` -> an `onnx.ModelProto`."""
    tf2onnx = import_optional("tf2onnx.convert", " ".join(NEEDED), "writing ONNX")
    with without_warnings():
        model, _ = tf2onnx.from_function(function, function.input_signature, opset=OPSET)
    make_portable(model, import_optional("onnx", " ".join(NEEDED), "writing ONNX"))
    return model


def kernels(model, onnx):
    """The kernels of the convolutions of an `onnx.ModelProto`: (what holds it, its (out, in, h, w) float32) of each."""
    names = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    return [(held, onnx.numpy_helper.to_array(held)) for held in model.graph.initializer if held.name in names]


def _store_half(model, onnx):
    """Store the kernels in float16, in place: a Cast after each gives float32, once, when a runtime loads the model."""
    casts = []
    for kernel, values in kernels(model, onnx):
        name = kernel.name
        kernel.CopyFrom(onnx.numpy_helper.from_array(values.astype("float16"), f"{name}:half"))
        casts.append(onnx.helper.make_node("Cast", [kernel.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
