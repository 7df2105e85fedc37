"""Compare TensorFlow's fused batch norm with Keras' layer, in a training step and in detection.

    python benchmarks/batch_norm.py [--rounds 5]

The two networks have the same weights and are measured in turns, in one process.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from yolo.nets import blocks, fused_batch_norm
from yolo.nets.model import YoloV4Tiny
from yolo.tables import markdown, markdown_row
from yolo.training.optimizer import make_optimizer
from yolo.training.precision import choose
from yolo.training.training_model import TrainingModel

CLASSES = [f"class {number}" for number in range(20)]
LAYERS = {"Keras": keras.layers.BatchNormalization, "fused": fused_batch_norm.BatchNormalization}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    precision = choose("auto")
    print(markdown([("", "Keras, ms", "fused, ms", "fused / Keras")]))
    steps = {name: training_step(make(layer, precision), arguments.batch_size) for name, layer in LAYERS.items()}
    report(f"training step, batch {arguments.batch_size}, {precision}", steps, arguments.rounds)
    for batch in (1, 8):
        calls = {name: detection(make(layer, "float32"), batch) for name, layer in LAYERS.items()}
        report(f"detection, batch {batch}, float32", calls, 4 * arguments.rounds)


def make(layer: type[keras.layers.Layer], precision: str) -> YoloV4Tiny:
    """Return a network whose batch norm is `layer`; its later twins have it too."""
    vars(blocks)["BatchNormalization"] = layer
    return YoloV4Tiny(CLASSES, dtype=precision)


def training_step(network: YoloV4Tiny, batch: int) -> Callable[[], object]:
    """Return a call that trains on a batch of that size."""
    trainer = TrainingModel(network, network.twin(dtype="float32"))
    trainer.compile(make_optimizer(network, "adamw", 1000, 60), jit_compile=False)
    pictures = np.random.default_rng(0).random((batch, 416, 416, 3), np.float32)
    targets = {"boxes": np.full((batch, 1, 4), [50, 50, 200, 150], np.float32), "labels": np.zeros((batch, 1), int)}
    return lambda: trainer.train_on_batch(pictures, targets)


def detection(network: YoloV4Tiny, batch: int) -> Callable[[], object]:
    """Return a call that computes the raw maps of a batch of that size."""
    run = tf.function(lambda pictures: network(pictures, training=False))
    pictures = tf.random.uniform((batch, 416, 416, 3))
    return lambda: run(pictures)[0].numpy()


def report(title: str, functions: dict[str, Callable[[], object]], rounds: int) -> None:
    """Print a row with the medians of functions that are called in turns; the first three calls only compile."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(rounds + 3):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            if turn >= 3:
                times[name].append(1000 * (time.perf_counter() - start))
    slow, fast = (statistics.median(times[name]) for name in LAYERS)
    print(markdown_row([title, f"{slow:.1f}", f"{fast:.1f}", f"{fast / slow:.2f}"]))


if __name__ == "__main__":
    main()
