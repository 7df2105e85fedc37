"""Count what a network costs: its parameters and the arithmetic of one picture, layer by layer and part by part.

The arithmetic is read from the graph that TensorFlow traces at the given input size, so any block is counted right,
a user's own as well. As in papers, one multiply-accumulate of a convolution or matrix product is two floating-point
operations (FLOPs), those with padded zeros included; batch norm, activations, pooling and sums are not counted.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import prod

import tensorflow as tf

from attention import Identity
from yolo.errors import UserError
from yolo.nets.backbone import BACKBONE_PREFIXES
from yolo.nets.neck import HEADS


@dataclass(frozen=True)
class Entry:
    """A layer or a part of a network.

    kind: class of the layer, or how many layers the part has. shape: of its output, or of its last layer's, without
    the batch. parameters: batch norm statistics included. flops: of one picture.
    """

    name: str
    kind: str
    shape: tuple
    parameters: int
    flops: int

    @property
    def gflops(self):
        return self.flops / 1e9


@dataclass(frozen=True)
class Cost:
    """The cost of a network at one input size; `layers` and `parts` are in the order of the forward pass."""

    input_size: tuple
    layers: tuple
    parts: tuple

    @property
    def parameters(self):
        return sum(layer.parameters for layer in self.layers)

    @property
    def gflops(self):
        return sum(layer.flops for layer in self.layers) / 1e9


def cost(network, input_size=None):
    """The `Cost` of a `YoloV4Tiny`.

    Args:
        input_size: height and width, multiples of 32; the network's own when left out.

    Raises:
        UserError: a layer's arithmetic cannot be known before it runs: it depends on the pictures, or is hidden in a
            loop or branch of the graph.
    """
    height, width = input_size or network.input_size
    layers = []
    trace = tf.function(lambda pictures: layers.extend(_walk(network, pictures)), autograph=False)
    with _functions_inlined():
        trace.get_concrete_function(tf.TensorSpec((1, height, width, 3)))
    return Cost((height, width), tuple(layers), tuple(_parts(network, layers)))


def _walk(network, pictures):
    """Call every layer while its graph is traced, and yield its `Entry`."""
    first, *layers = network.layers
    values = {id(first.output): pictures}
    graph = tf.compat.v1.get_default_graph()
    for layer in layers:
        start = len(graph.get_operations())
        inputs = layer.input
        y = layer([values[id(x)] for x in inputs] if isinstance(inputs, list) else values[id(inputs)])
        values[id(layer.output)] = y
        flops = sum(2 * _multiplications(operation, layer.name) for operation in graph.get_operations()[start:])
        yield Entry(layer.name, type(layer).__name__, tuple(y.shape[1:]), layer.count_params(), flops)


@contextmanager
def _functions_inlined():
    """Let a `tf.function` within a layer put its operations into the layer's own graph."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def _multiplications(operation, layer):
    """Multiply-accumulates of one TensorFlow operation."""
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


def _convolution(operation, channels=1):
    """Each output is a sum over the kernel, whose last axes are not summed: the output `channels`."""
    # A dilated one runs on interleaved slices, padded to equal size, which BatchToSpaceND puts together and crops.
    crops = [after for after in operation.outputs[0].consumers() if after.type == "BatchToSpaceND"]
    y = (crops or [operation])[0].outputs[0]
    return y.shape.num_elements() * operation.inputs[1].shape[:-channels].num_elements()


def _transposed_convolution(operation):
    """Each input is multiplied with the whole kernel of its channel: (sides, output channels, input channels)."""
    _, kernel, x = operation.inputs
    return x.shape.num_elements() * kernel.shape[:-1].num_elements()


def _product(operation):
    """A product of matrices, or of many: each output is a sum over the inner axis."""
    attributes = operation.node_def.attr
    inner = -2 if attributes["transpose_a"].b or attributes["adj_x"].b else -1
    return operation.outputs[0].shape.num_elements() * operation.inputs[0].shape[inner]


def _einsum(operation):
    """Each output of an Einsum of two tensors, "bqd,bkd->bqk", is a sum over the labels that are not in the output."""
    if len(operation.inputs) < 2:
        return 0
    terms, _, result = operation.get_attr("equation").decode().partition("->")
    sizes = {}
    for term, tensor in zip(terms.split(","), operation.inputs, strict=True):
        head, _, tail = term.partition("...")
        sizes |= dict(zip(head, tensor.shape, strict=False))
        sizes |= dict(zip(tail[::-1], tensor.shape[::-1], strict=False))
    summed = prod(size for label, size in sizes.items() if label not in result)
    return operation.outputs[0].shape.num_elements() * summed


COUNTED = {
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


def _parts(network, layers):
    """Layers grouped by `part_of`; attention only where there is a block."""
    groups = {}
    for entry in layers:
        if not isinstance(network.get_layer(entry.name), Identity):
            groups.setdefault(part_of(entry.name), []).append(entry)
    for name, group in groups.items():
        kind = f"{len(group)} layers" if len(group) > 1 else group[0].kind
        parameters, flops = (sum(getattr(entry, of) for entry in group) for of in ("parameters", "flops"))
        yield Entry(name, kind, group[-1].shape, parameters, flops)


def part_of(layer):
    """The part that a layer belongs to, by its name: `c3_a_conv` -> "c3", `p4_head_bn` -> "p4 head"."""
    first = layer.partition("_")[0]
    if first == "attention":
        return layer.replace("_", " ")
    if layer.startswith(BACKBONE_PREFIXES):
        return first
    return f"{first} head" if layer in HEADS or "_head_" in layer else "neck"
