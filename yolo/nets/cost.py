"""Count the parameters of a network and its arithmetic for one picture, for each layer and each part.

The arithmetic is read from the graph that TensorFlow traces at the given input size, so any block is counted correctly,
also a user's own. As in papers, one multiply-accumulate of a convolution or matrix product is two floating-point
operations (FLOPs), including those with padded zeros. Batch norm, activations, pooling and sums are not counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import prod

import tensorflow as tf

from attention import Identity
from attention.tensor_types import Tensor
from yolo.errors import UserError
from yolo.nets.backbone import BACKBONE_PREFIXES
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS


@dataclass(frozen=True)
class LayerCost:
    """The cost of a layer or a part of a network.

    Attributes:
        kind: the class of the layer, or the number of layers of the part.
        shape: of its output, or of the output of its last layer, without the batch.
        parameters: their number, including batch norm statistics.
        flops: for one picture.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    flops: int

    @property
    def gflops(self) -> float:
        """Return the arithmetic in 10^9 operations."""
        return self.flops / 1e9


@dataclass(frozen=True)
class Cost:
    """The cost of a network at one input size; `layers` and `parts` are in the order of the forward pass."""

    input_size: tuple[int, int]
    layers: tuple[LayerCost, ...]
    parts: tuple[LayerCost, ...]

    @property
    def parameters(self) -> int:
        """Return the number of parameters of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def gflops(self) -> float:
        """Return the arithmetic of all layers in 10^9 operations."""
        return sum(layer.flops for layer in self.layers) / 1e9


def cost(network: YoloV4Tiny, input_size: Sequence[int] | None = None) -> Cost:
    """Return the cost of a network.

    Args:
        input_size: height and width, multiples of 32; by default those of the network.

    Raises:
        UserError: the arithmetic of a layer is not known before it runs, because it depends on the pictures or is
            inside a loop or branch of the graph.
    """
    height, width = input_size or network.input_size
    layers: list[LayerCost] = []
    trace = tf.function(lambda pictures: layers.extend(_walk(network, pictures)), autograph=False)
    with _functions_inlined():
        trace.get_concrete_function(tf.TensorSpec((1, height, width, 3)))
    return Cost((height, width), tuple(layers), tuple(_parts(network, layers)))


def _walk(network: YoloV4Tiny, pictures: Tensor) -> Iterator[LayerCost]:
    """Call every layer while TensorFlow traces the graph, and yield the cost of each."""
    first, *layers = network.layers
    values = {id(first.output): pictures}
    graph = pictures.graph
    for layer in layers:
        start = len(graph.get_operations())
        inputs = layer.input
        y = layer([values[id(x)] for x in inputs] if isinstance(inputs, list) else values[id(inputs)])
        values[id(layer.output)] = y
        flops = sum(2 * _multiplications(operation, layer.name) for operation in graph.get_operations()[start:])
        yield LayerCost(layer.name, type(layer).__name__, tuple(y.shape[1:]), layer.count_params(), flops)


@contextmanager
def _functions_inlined() -> Iterator[None]:
    """Have a `tf.function` inside a layer put its operations into the graph of the layer."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def _multiplications(operation: tf.Operation, layer: str) -> int:
    """Return the number of multiply-accumulates of one operation. Raises UserError when it cannot be known."""
    if any(value.func.name or value.list.func for value in operation.node_def.attr.values()):
        raise UserError(
            f"the cost of layer {layer} cannot be counted: its {operation.type} hides a part of the graph that may run "
            "any number of times; write it without loop or branch over tensors."
        )
    if operation.type not in COUNTED:
        return 0
    if not all(tensor.shape.is_fully_defined() for tensor in (*operation.inputs, *operation.outputs)):
        raise UserError(
            f"the cost of layer {layer} cannot be counted: a shape in its {operation.type} depends on the pictures."
        )
    return COUNTED[operation.type](operation)


def _convolution(operation: tf.Operation, channels: int = 1) -> int:
    """Count a convolution: each output is a sum over the kernel except its last axes, as many as `channels`."""
    # A dilated one runs on interleaved slices, padded to equal size, which BatchToSpaceND puts together and crops.
    crops = [after for after in operation.outputs[0].consumers() if after.type == "BatchToSpaceND"]
    y = (crops or [operation])[0].outputs[0]
    return y.shape.num_elements() * operation.inputs[1].shape[:-channels].num_elements()


def _transposed_convolution(operation: tf.Operation) -> int:
    """Count a transposed convolution: each input is multiplied by the whole kernel of its channel.

    The axes of the kernel are (sides, output channels, input channels).
    """
    _, kernel, x = operation.inputs
    return x.shape.num_elements() * kernel.shape[:-1].num_elements()


def _product(operation: tf.Operation) -> int:
    """Count a product of two matrices, or of batches of them: each output is a sum over the inner axis."""
    attributes = operation.node_def.attr
    inner = -2 if attributes["transpose_a"].b or attributes["adj_x"].b else -1
    return operation.outputs[0].shape.num_elements() * operation.inputs[0].shape[inner]


def _einsum(operation: tf.Operation) -> int:
    """Count an Einsum of two tensors: in "bqd,bkd->bqk" each output is a sum over d, the label not in the output."""
    if len(operation.inputs) < 2:
        return 0
    terms, _, result = operation.get_attr("equation").decode().partition("->")
    sizes: dict[str, int] = {}
    for term, tensor in zip(terms.split(","), operation.inputs, strict=True):
        head, _, tail = term.partition("...")
        sizes |= dict(zip(head, tensor.shape, strict=False))
        sizes |= dict(zip(tail[::-1], tensor.shape[::-1], strict=False))
    summed = prod(size for label, size in sizes.items() if label not in result)
    return operation.outputs[0].shape.num_elements() * summed


COUNTED: dict[str, Callable[[tf.Operation], int]] = {
    "Conv2D": _convolution,
    "Conv3D": _convolution,
    "DepthwiseConv2dNative": partial(_convolution, channels=2),
    "Conv2DBackpropInput": _transposed_convolution,
    "Conv3DBackpropInputV2": _transposed_convolution,
    "MatMul": _product,
    "BatchMatMul": _product,
    "BatchMatMulV2": _product,
    "BatchMatMulV3": _product,
    "Einsum": _einsum,
}


def _parts(network: YoloV4Tiny, layers: Iterable[LayerCost]) -> Iterator[LayerCost]:
    """Yield the cost of each part by `part_of`. Places without an attention block are left out."""
    groups: dict[str, list[LayerCost]] = {}
    for entry in layers:
        if not isinstance(network.get_layer(entry.name), Identity):
            groups.setdefault(part_of(entry.name), []).append(entry)
    for name, group in groups.items():
        kind = f"{len(group)} layers" if len(group) > 1 else group[0].kind
        parameters, flops = sum(entry.parameters for entry in group), sum(entry.flops for entry in group)
        yield LayerCost(name, kind, group[-1].shape, parameters, flops)


def part_of(layer: str) -> str:
    """Return the part that a layer of that name belongs to: `c3_a_conv` -> "c3", `p4_head_bn` -> "p4 head"."""
    first = layer.partition("_")[0]
    if first == "attention":
        return layer.replace("_", " ")
    if layer.startswith(BACKBONE_PREFIXES):
        return first
    return f"{first} head" if layer in HEADS or "_head_" in layer else "neck"
