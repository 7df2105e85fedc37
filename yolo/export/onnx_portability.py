"""ONNX graphs in the forms that every reader takes: what tf2onnx writes is read by ONNX Runtime, not by all others."""


def make_portable(model, onnx):
    """Rewrite the nodes of an `onnx.ModelProto` in place, so that OpenCV's dnn reads them; every result stays."""
    nodes = list(model.graph.node)
    del model.graph.node[:]
    constants = {held.name: onnx.numpy_helper.to_array(held) for held in model.graph.initializer}
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


def _use_modes_of_opset(resize):
    """Name the nearest pixel as opset 13 and later do: tf2onnx 1.17 writes a mode that they no longer have.

    TensorFlow takes floor((i + 1/2) scale) for output i, which is (i + 1/2) scale - 1/2 rounded half up.
    """
    modes = {attribute.name: attribute for attribute in resize.attribute}
    if modes["coordinate_transformation_mode"].s == b"tf_half_pixel_for_nn":
        modes["coordinate_transformation_mode"].s = b"half_pixel"
        modes["nearest_mode"].s = b"round_prefer_ceil"


def _own_constants(product, constants, model, onnx):
    """Give a MatMul constants that no other node takes: OpenCV 4.13 makes a layer of each, by its name."""
    for i, name in enumerate(product.input):
        if name in constants:
            product.input[i] = f"{product.name}:constant{i}"
            model.graph.initializer.append(onnx.numpy_helper.from_array(constants[name], product.input[i]))


def _axis_by_axis(unsqueeze, axes, model, onnx):
    """One Unsqueeze for each axis: OpenCV 4.13 takes no more than one at a time.

    Axes that count from the end stay as they are, where there is one; several such are left to readers that can.
    """
    if len(axes) == 1 or axes[0] < 0:
        return [unsqueeze]
    *between, last = [f"{unsqueeze.output[0]}:axis{axis}" for axis in axes[:-1]] + [unsqueeze.output[0]]
    steps = zip([unsqueeze.input[0], *between], [*between, last], axes, strict=True)
    made = []
    for source, target, axis in steps:
        held = onnx.helper.make_tensor(f"{target}:axes", onnx.TensorProto.INT64, [1], [axis])
        model.graph.initializer.append(held)
        made.append(onnx.helper.make_node("Unsqueeze", [source, held.name], [target], name=f"{unsqueeze.name}_{axis}"))
    return made


def _drop_unused(model):
    """Leave out the constants that no node takes any more."""
    used = {name for node in model.graph.node for name in node.input} | {output.name for output in model.graph.output}
    kept = [held for held in model.graph.initializer if held.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
