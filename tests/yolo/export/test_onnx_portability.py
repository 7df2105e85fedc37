"""Rewritten ONNX graphs give the same numbers, in forms that every reader takes."""

import numpy as np
import pytest

from yolo.export.onnx_portability import make_portable

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")
helper, FLOAT = onnx.helper, onnx.TensorProto.FLOAT


def model_of(nodes, shape, **constants):
    """A model from x, of that shape, to y."""
    held = [onnx.numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()]
    ends = [[helper.make_tensor_value_info(name, FLOAT, size)] for name, size in (("x", shape), ("y", None))]
    graph = helper.make_graph(nodes, "small", *ends, held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def answer(model, x):
    return reference.ReferenceEvaluator(model).run(None, {"x": x})[0]


@pytest.mark.parametrize(("axes", "shape"), [([1, 2], (2, 1, 1, 3)), ([3, 0], (1, 2, 3, 1)), ([1], (2, 1, 3))])
def test_axes_are_inserted_one_at_a_time(axes, shape):
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    model = model_of([helper.make_node("Unsqueeze", ["x", "axes"], ["y"], name="u")], [2, 3], axes=axes)
    make_portable(model, onnx)
    assert [len(node.output) for node in model.graph.node] == [1] * len(axes)
    assert len(model.graph.initializer) == len(axes)
    np.testing.assert_array_equal(answer(model, x), x.reshape(shape))


def test_a_constant_that_two_products_take_becomes_one_of_each():
    x, weights = np.float32([[1, 2]]), np.float32([[0, 1], [1, 3]])
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["z"], name="first"),
        helper.make_node("MatMul", ["z", "w"], ["y"], name="second"),
    ]
    model = model_of(nodes, [1, 2], w=weights)
    make_portable(model, onnx)
    assert sorted(held.name for held in model.graph.initializer) == ["first:constant1", "second:constant1"]
    np.testing.assert_array_equal(answer(model, x), [[7, 23]])  # (2, 7) and then (7, 2 + 21)


def test_the_nearest_pixel_is_named_as_the_opset_has_it():
    settings = {"coordinate_transformation_mode": "tf_half_pixel_for_nn", "mode": "nearest", "nearest_mode": "floor"}
    node = helper.make_node("Resize", ["x", "", "scales"], ["y"], name="r", **settings)
    model = model_of([node], [1, 1, 2, 3], scales=np.float32([1, 1, 2, 2]))
    make_portable(model, onnx)
    modes = {a.name: a.s for a in model.graph.node[0].attribute}
    assert (modes["coordinate_transformation_mode"], modes["nearest_mode"]) == (b"half_pixel", b"round_prefer_ceil")
    x = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)
    np.testing.assert_array_equal(answer(model, x), x.repeat(2, axis=2).repeat(2, axis=3))
