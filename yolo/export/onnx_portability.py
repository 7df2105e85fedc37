"""Rewrite the ONNX graphs of tf2onnx, which ONNX Runtime can read, so that other programs can read them too."""

from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx


def make_portable(model: "onnx.ModelProto", onnx: ModuleType) -> None:
    """Rewrite the nodes of a model in place, so that OpenCV's dnn module can read them; its results stay the same.

    Args:
        onnx: the package, which only some exports need.
    """
    nodes = list(model.graph.node)
    del model.graph.node[:]
    constants = {stored.name: onnx.numpy_helper.to_array(stored) for stored in model.graph.initializer}
    for node in nodes:
        if node.op_type == "Resize":
            _use_modes_of_opset(node)
        if node.op_type == "MatMul":
            _own_constants(node, constants, model, onnx)
        if node.op_type == "Unsqueeze" and node.input[1] in constants:
            model.graph.node.extend(_axis_by_axis(node, sorted(constants[node.input[1]].tolist()), model, onnx))
        else:
            model.graph.node.append(node)
    _drop_unused(model)


def _use_modes_of_opset(resize: "onnx.NodeProto") -> None:
    """Replace the mode for the nearest pixel that tf2onnx 1.17 writes, which opset 13 and later do not have.

    For output i, TensorFlow takes pixel floor((i + 1/2) scale), which is (i + 1/2) scale - 1/2 rounded half up.
    """
    modes = {attribute.name: attribute for attribute in resize.attribute}
    if modes["coordinate_transformation_mode"].s == b"tf_half_pixel_for_nn":
        modes["coordinate_transformation_mode"].s = b"half_pixel"
        modes["nearest_mode"].s = b"round_prefer_ceil"


def _own_constants(
    product: "onnx.NodeProto", constants: dict[str, NDArray[np.generic]], model: "onnx.ModelProto", onnx: ModuleType
) -> None:
    """Give a MatMul its own copies of constants, because OpenCV 4.13 makes a layer of each, by its name."""
    for i, name in enumerate(product.input):
        if name in constants:
            product.input[i] = f"{product.name}:constant{i}"
            model.graph.initializer.append(onnx.numpy_helper.from_array(constants[name], product.input[i]))


def _axis_by_axis(
    unsqueeze: "onnx.NodeProto", axes: list[int], model: "onnx.ModelProto", onnx: ModuleType
) -> "list[onnx.NodeProto]":
    """Return an Unsqueeze for each axis, because OpenCV 4.13 takes only one axis at a time.

    A node with a single axis or with negative axes, which count from the end, is returned as it is.
    """
    if len(axes) == 1 or axes[0] < 0:
        return [unsqueeze]
    *between, last = [f"{unsqueeze.output[0]}:axis{axis}" for axis in axes[:-1]] + [unsqueeze.output[0]]
    steps = zip([unsqueeze.input[0], *between], [*between, last], axes, strict=True)
    nodes = []
    for before, after, axis in steps:
        stored = onnx.helper.make_tensor(f"{after}:axes", onnx.TensorProto.INT64, [1], [axis])
        model.graph.initializer.append(stored)
        name = f"{unsqueeze.name}_{axis}"
        nodes.append(onnx.helper.make_node("Unsqueeze", [before, stored.name], [after], name=name))
    return nodes


def _drop_unused(model: "onnx.ModelProto") -> None:
    """Remove the constants that no node takes any more."""
    used = {name for node in model.graph.node for name in node.input} | {output.name for output in model.graph.output}
    kept = [stored for stored in model.graph.initializer if stored.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
