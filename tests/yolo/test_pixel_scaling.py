"""Pictures are scaled to 0..1 in one place, by one division."""

import ast
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from yolo.pixel_scaling import normalize_pixels

ROOT = Path(__file__).resolve().parents[2]
NO_PICTURES = {"yolo/data/demo/drawing.py", "yolo/inference/draw.py"}  # how far a drawn shape or letter covers a pixel


def test_black_is_0_white_is_1_and_a_fifth_is_51():
    pictures = np.array([0, 51, 255], np.uint8).reshape(1, 1, 1, 3)
    normalized = normalize_pixels(pictures)
    assert normalized.dtype == tf.float32
    np.testing.assert_array_equal(normalized, np.array([[[[0, 0.2, 1]]]], np.float32))


def test_every_byte_becomes_the_float32_nearest_to_its_share_of_255():
    every = np.arange(256, dtype=np.uint8)
    nearest = (every / 255).astype(np.float32)
    by_product = every.astype(np.float32) * np.float32(1 / 255)
    assert (by_product != nearest).any()  # a product in the place of the division would be seen here
    np.testing.assert_array_equal(normalize_pixels(every), nearest)


def test_a_graph_holds_the_same_division():
    graph = tf.function(normalize_pixels).get_concrete_function(tf.TensorSpec((None, 2, 3, 3), tf.uint8)).graph
    kinds = [operation.type for operation in graph.get_operations()]
    assert kinds.count("RealDiv") == 1
    assert "Mul" not in kinds


def divisions_by_255(source):
    """The lines of a program on which something is divided by 255."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            divisor = node.right if isinstance(node, ast.BinOp) else node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("divide", "truediv"):
            divisor = node.args[1]
        else:
            continue
        if isinstance(divisor, ast.Constant) and divisor.value == 255:
            yield node.lineno


def test_no_other_code_divides_pictures_by_255():
    paths = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "yolo").rglob("*.py")}
    assert paths.keys() >= {"yolo/pixel_scaling.py", *NO_PICTURES}
    found = {name for name, path in paths.items() if any(divisions_by_255(path.read_text(encoding="utf-8")))}
    assert found - NO_PICTURES == {"yolo/pixel_scaling.py"}, "call yolo.pixel_scaling.normalize_pixels instead"


@pytest.mark.parametrize(
    "source", ["x / 255", "x = tf.cast(x, y) / 255.0", "x /= 255", "x * (1 / 255)", "np.divide(x, 255)"]
)
def test_a_division_by_255_is_found_however_it_is_written(source):
    assert list(divisions_by_255(source)) == [1]


@pytest.mark.parametrize("source", ["x * 255", "x / 256", "255 / x", "x // 255", "tf.math.divide(255, x)"])
def test_other_arithmetic_is_left_alone(source):
    assert list(divisions_by_255(source)) == []
