"""Check that a SavedModel consists of arithmetic on arrays and nothing else, before TensorFlow loads it.

A SavedModel is a program. Its operations may read and write files, load libraries and call Python, some of them as soon
as it is loaded: https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from yolo.errors import UserError

Node: TypeAlias = Any
"""A `NodeDef`, which is an operation in a graph. TensorFlow's protocol buffers have no types."""

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
CALLS = {"PartitionedCall", "StatefulPartitionedCall"}  # of functions in the same file, which are checked too
VARIABLES = {"ReadVariableOp", "VarHandleOp"}
EXCHANGE = "api_implements"  # the attribute of a function that TensorFlow may run in place of another
ALLOWED = ARITHMETIC | CALLS | VARIABLES


def check_operations(path: str | Path, content: bytes) -> None:
    """Raise UserError if a SavedModel has operations other than arithmetic, or is in the form of TensorFlow 1.

    That form has no object graph; to restore it, TensorFlow runs an operation that the file chooses.

    Args:
        path: the folder, for messages.
        content: the bytes of its `saved_model.pb`.
    """
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    graphs = SavedModel.FromString(content).meta_graphs
    if len(graphs) != 1 or not graphs[0].HasField("object_graph_def"):
        raise UserError(
            f"{path} is a SavedModel in TensorFlow 1's form, which restores itself by operations of its own choice: "
            "export the model again, or use --allow-imports (allow_imports=True) if you trust whoever made it."
        )
    others = {node.op for node in _run_nodes(graphs[0])} - ALLOWED
    if others:
        names = ", ".join(sorted(others)[:5])
        raise UserError(
            f"{path} holds operations that could do more than compute ({names}): export the model again, or use "
            "--allow-imports (allow_imports=True) if you trust whoever made it."
        )


def _run_nodes(meta_graph: Any) -> list[Node]:
    """Return every node that may run when the model of a `MetaGraphDef` is loaded and used.

    Functions that only the nodes for saving and restoring call do not count: TensorFlow puts them into every file for
    the sessions of TensorFlow 1.
    """
    graph, saver = meta_graph.graph_def, meta_graph.saver_def
    names = {saver.save_tensor_name.partition(":")[0], saver.restore_op_name}
    savers = [node for node in graph.node if node.name in names and node.op in CALLS]
    nodes = [node for node in graph.node if node.name not in names or node.op not in CALLS]
    functions = {function.signature.name: function.node_def for function in graph.library.function}
    exchangeable = {function.signature.name for function in graph.library.function if EXCHANGE in function.attr}
    others = functions.keys() - _reached(_called(savers), functions)
    roots = _called(nodes) | set(meta_graph.object_graph_def.concrete_functions) | exchangeable | others
    return [*nodes, *(node for name in _reached(roots, functions) for node in functions[name])]


def _reached(roots: Iterable[str], functions: Mapping[str, Sequence[Node]]) -> set[str]:
    """Return the names of the functions among the roots, of those that they call, and so on."""
    reached: set[str] = set()
    waiting = [name for name in roots if name in functions]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _called(functions[name]) & functions.keys()
    return reached


def _called(nodes: Iterable[Node]) -> set[str]:
    """Return the names of the functions that nodes call or pass to functions as arguments."""
    called: set[str] = set()
    waiting = [value for node in nodes for value in node.attr.values()]
    while waiting:
        value = waiting.pop()
        for function in (value.func, *value.list.func):
            called.add(function.name)
            waiting += function.attr.values()
    return called - {""}
