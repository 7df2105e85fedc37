"""Measure how much time detection adds to the bare network on each runtime, in float32, one picture at a time.

    python benchmarks/bare_runtimes.py --weights runs/x/best.keras [--rounds 100]

Bare is the folded network alone, from float32 pictures to raw maps. It is called through the library itself, with a
thread for each processor core. Ours is the runtime that `Detector` calls, from bytes to boxes and scores, with decode.
The script prints a Markdown table of medians in milliseconds; all are measured in turns.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import onnxruntime
import openvino
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from attention.tensor_types import Tensor
from yolo.export.formats import export
from yolo.export.onnx import convert
from yolo.inference.detection_function import frozen
from yolo.inference.runtimes import FrozenRuntime, load_runtime
from yolo.machine import threads
from yolo.nets.batch_norm_folding import folded
from yolo.nets.model import YoloV4Tiny
from yolo.tables import markdown
from yolo.timing import interleave, milliseconds, warm_then_measure
from yolo.weights.load_network import load_network

Call = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True, metavar="FILE")
    parser.add_argument("--classes", metavar="FILE", help="class names for weights that carry none")
    parser.add_argument("--rounds", type=int, default=100)
    arguments = parser.parse_args()
    network = load_network(arguments.weights, arguments.classes)
    pictures = np.random.default_rng(0).integers(0, 256, (1, *network.input_size, 3), np.uint8)
    bare_calls = bare(network, pictures.astype(np.float32) / np.float32(255))
    calls: dict[tuple[str, str], Call] = {("bare", name): call for name, call in bare_calls.items()}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("onnx", "litert", "openvino"):
            runtime = load_runtime(export(network, name, "float32", folder, "x", list(pictures)).path)
            calls["ours", name] = partial(runtime, pictures)
        calls["ours", "tensorflow"] = partial(FrozenRuntime(network), pictures)
        turns = interleave([partial(measure, call) for call in calls.values()], arguments.rounds)
    median = {key: statistics.median(taken) for key, taken in zip(calls, turns, strict=True)}
    best = min(value for (side, _), value in median.items() if side == "ours")
    rows = [("runtime", "bare, ms", "ours, ms", "ours / bare", "ours / best of ours")]
    for name in ("onnx", "litert", "openvino", "tensorflow"):
        alone, whole = median.get(("bare", name)), median["ours", name]
        ratio = (f"{alone:.1f}", f"{whole:.1f}", f"{whole / alone:.2f}") if alone else ("", f"{whole:.1f}", "")
        rows.append((name, *ratio, f"{whole / best:.2f}"))
    print(markdown(rows))


def measure(call: Call, number: int) -> float:
    """Return the milliseconds of a call in a round."""
    return warm_then_measure(milliseconds, call)


def bare(network: YoloV4Tiny, pictures: Annotated[NDArray[np.float32], "1 height width 3"]) -> dict[str, Call]:
    """Return calls that compute the raw maps of the network, by the name of the library."""
    model = folded(network)

    @tf.function(input_signature=[tf.TensorSpec(pictures.shape, tf.float32, name="pictures")])
    def maps(x: Tensor) -> dict[str, Tensor]:
        return dict(zip(("coarse", "fine"), model(x, training=False), strict=True))

    onnx = convert(maps).SerializeToString()
    session = onnxruntime.InferenceSession(onnx)
    compiled = openvino.compile_model(
        openvino.convert_model(io.BytesIO(onnx)),
        "CPU",
        {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"},
    )
    request = compiled.create_infer_request()
    lite = tf.lite.TFLiteConverter.from_concrete_functions([frozen(maps)]).convert()
    interpreter = Interpreter(model_content=lite, num_threads=threads())
    interpreter.allocate_tensors()
    entry, exits = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()

    def run_litert() -> list[NDArray[np.float32]]:
        interpreter.set_tensor(entry, pictures)
        interpreter.invoke()
        return [interpreter.get_tensor(detail["index"]) for detail in exits]

    return {
        "onnx": lambda: session.run(None, {"pictures": pictures}),
        "litert": run_litert,
        "openvino": lambda: request.infer([pictures], share_inputs=True),
    }


if __name__ == "__main__":
    main()
