"""What a SavedModel would run, read from its graph before TensorFlow does: arithmetic on arrays, and nothing else.

A SavedModel is a program. Its operations may read and write files, load libraries and call Python,
https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md, some of them as soon as it is loaded.
"""

from yolo.errors import UserError

# fmt: off
ARITHMETIC = {
    "Abs", "Add", "AddN", "AddV2", "All", "Any", "ArgMax", "ArgMin", "AvgPool", "BatchMatMul", "BatchMatMulV2",
    "BatchToSpaceND", "BiasAdd", "BroadcastArgs", "BroadcastTo", "Cast", "Ceil", "ClipByValue", "Concat",
    "ConcatV2", "Const", "Conv2D", "Cos", "Cosh", "Cumprod", "Cumsum", "DepthToSpace", "DepthwiseConv2dNative",
    "DivNoNan", "Einsum", "Elu", "Equal", "Erf", "Exp", "ExpandDims", "Expm1", "Fill", "Floor", "FloorDiv",
    "FloorMod", "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "Gather", "GatherNd", "GatherV2",
    "Greater", "GreaterEqual", "Identity", "IdentityN", "InvertPermutation", "IsFinite", "IsInf", "IsNan", "L2Loss",
    "LeakyRelu", "Less", "LessEqual", "LinSpace", "Log", "Log1p", "LogSoftmax", "LogicalAnd", "LogicalNot",
    "LogicalOr", "MatMul", "Max", "MaxPool", "MaxPoolV2", "Maximum", "Mean", "Min", "Minimum", "MirrorPad", "Mul",
    "MulNoNan", "Neg", "NoOp", "NotEqual", "OneHot", "OnesLike", "Pack", "Pad", "PadV2", "Placeholder",
    "PlaceholderWithDefault", "Pow", "Prod", "Range", "Rank", "RealDiv", "Reciprocal", "Relu", "Relu6", "Reshape",
    "ResizeArea", "ResizeBicubic", "ResizeBilinear", "ResizeNearestNeighbor", "Reverse", "ReverseV2", "Rint",
    "Roll", "Round", "Rsqrt", "ScatterNd", "Select", "SelectV2", "Selu", "Shape", "ShapeN", "Sigmoid", "Sign",
    "Sin", "Sinh", "Size", "Slice", "Softmax", "Softplus", "Softsign", "SpaceToBatchND", "SpaceToDepth", "Split",
    "SplitV", "Sqrt", "Square", "SquaredDifference", "Squeeze", "StopGradient", "StridedSlice", "Sub", "Sum", "Tan",
    "Tanh", "TensorScatterUpdate", "Tile", "TopKV2", "Transpose", "Unpack", "Where", "Xdivy", "Xlogy", "ZerosLike",
}
# fmt: on
CALLS = {"PartitionedCall", "StatefulPartitionedCall"}  # of functions of the same file, which are looked at too
VARIABLES = {"ReadVariableOp", "VarHandleOp"}
ALLOWED = ARITHMETIC | CALLS | VARIABLES


def check_operations(path, content):
    """Raise UserError when a SavedModel holds operations beyond arithmetic.

    Args:
        content: of its `saved_model.pb`.
    """
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    others = {node.op for graph in SavedModel.FromString(content).meta_graphs for node in _run_nodes(graph)} - ALLOWED
    if others:
        names = ", ".join(sorted(others)[:5])
        raise UserError(
            f"{path} holds operations that could do more than compute ({names}): export the model again, or use "
            "--allow-imports (allow_imports=True) if you trust whoever made it."
        )


def _run_nodes(meta_graph):
    """Every node that may run when the model is loaded and used.

    That leaves out those that only save and restore: TensorFlow puts them into every file, for its former sessions.
    """
    graph, saver = meta_graph.graph_def, meta_graph.saver_def
    savers = {saver.save_tensor_name.partition(":")[0], saver.restore_op_name}
    functions = {function.signature.name: function.node_def for function in graph.library.function}
    nodes = [node for node in graph.node if node.name not in savers]
    saving = _called(node for node in graph.node if node.name in savers)
    used = _called(nodes) | set(meta_graph.object_graph_def.concrete_functions)
    used |= _called(node for name in functions.keys() - saving for node in functions[name])
    return [*nodes, *(node for name in functions if name not in saving - used for node in functions[name])]


def _called(nodes):
    """The names of the functions that nodes call."""
    values = (value for node in nodes for value in node.attr.values())
    return {function.name for value in values for function in (value.func, *value.list.func)} - {""}
