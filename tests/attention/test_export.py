"""Every block and every preset gives the same as ONNX and as LiteRT; both are skipped where they are not installed."""

import keras
import numpy as np
import pytest

import attention
from tests.attention.cases import CHANNELS, every_block, randomized
from tests.backends import tensorflow_only

SHAPE = (1, 8, 12, CHANNELS)

pytestmark = tensorflow_only  # what Keras exports from


def small_model(spec):
    """A model of one block with random weights, an input and what it answers."""
    rng = np.random.default_rng(0)
    inputs = keras.Input(SHAPE[1:], batch_size=1)
    block = attention.create(spec)
    model = keras.Model(inputs, block(inputs))
    randomized(block, rng)
    x = rng.normal(size=SHAPE).astype(np.float32)
    return model, x, np.asarray(model(x))


@every_block
def test_a_block_gives_the_same_in_onnx(spec, tmp_path):
    pytest.importorskip("tf2onnx", reason="tf2onnx is not installed")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    model, x, expected = small_model(spec)
    model.export(tmp_path / "block.onnx", format="onnx", verbose=False)
    session = runtime.InferenceSession(tmp_path / "block.onnx")
    (answer,) = session.run(None, {session.get_inputs()[0].name: x})
    np.testing.assert_allclose(answer, expected, atol=1e-4, rtol=1e-4)


@every_block
def test_a_block_gives_the_same_in_litert(spec, tmp_path):
    litert = pytest.importorskip("ai_edge_litert.interpreter", reason="ai-edge-litert is not installed")
    model, x, expected = small_model(spec)
    try:
        model.export(tmp_path / "block.tflite", format="litert", verbose=False)
    except ValueError as error:
        if "Unrecognized format" in str(error):
            pytest.skip(f"Keras {keras.version()} does not export LiteRT")
        raise
    interpreter = litert.Interpreter(str(tmp_path / "block.tflite"))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    answer = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(answer, expected, atol=1e-4, rtol=1e-4)
