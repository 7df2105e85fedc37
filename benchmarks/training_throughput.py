"""Measure how near the rate of whole training comes to that of the bare network step, and the cost of each part.

    python benchmarks/training_throughput.py --data ../shared/data/bccd [--mosaic 0.5]

The bare step has a forward pass, a loss that costs nothing, a backward pass and the optimizer, on one batch that stays
in memory. The real loss is added, then augmented pictures, then the moving average and the checks of train.py. They are
measured in turns, in one process. Each round gives one ratio; the standard error is that of these ratios.
"""

import argparse
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from keras import ops

from attention.tensor_types import Tensor
from yolo.data import data_folder
from yolo.data.training_batches import TrainingData
from yolo.nets.model import YoloV4Tiny
from yolo.opencv import opencv_threads
from yolo.tables import markdown
from yolo.training.callbacks import StopWhenNotFinite
from yolo.training.moving_average import ExponentialMovingAverage
from yolo.training.optimizer import make_optimizer
from yolo.training.precision import choose
from yolo.training.training_model import TrainingModel


class Bare(keras.Model):
    """A network with the cheapest possible loss."""

    def compute_loss(
        self,
        x: Tensor,
        y: dict[str, Tensor],
        y_pred: Sequence[Tensor],
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        return sum(ops.mean(ops.square(raw)) for raw in y_pred)


class Watch(keras.callbacks.Callback):
    """A callback that measures the seconds of each step, its batch included."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.last = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        now = time.perf_counter()
        self.seconds.append(now - self.last)
        self.last = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data/bccd")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--mosaic", type=float, default=0.0)
    parser.add_argument("--steps", type=int, default=15, help="steps of each in a round")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()

    dataset = data_folder.load(arguments.data, "train")
    data = TrainingData(dataset.annotations, batch_size=arguments.batch_size, mosaic=arguments.mosaic, cache=True)
    precision = choose("auto")
    network = YoloV4Tiny(dataset.class_names, dtype=precision)
    whole = TrainingModel(network, network.twin(dtype="float32"))
    whole.compile(make_optimizer(network, "adamw", 1000, 60), jit_compile=False)
    bare_network = network.twin()
    bare = Bare(bare_network.inputs, bare_network.outputs)
    bare.compile(make_optimizer(bare_network, "adamw", 1000, 60), jit_compile=False)

    callbacks = [StopWhenNotFinite(data.pictures, Path("none")), ExponentialMovingAverage(0.998)]
    one_batch = data.batches(0, 1).take(1).cache().repeat()
    parts: dict[str, tuple[keras.Model, tf.data.Dataset, list[keras.callbacks.Callback]]] = {
        "bare network step": (bare, one_batch, []),
        "and the loss": (whole, one_batch, []),
        "and augmented pictures": (whole, data.batches(0, 10**6), []),
        "and the running average: whole training": (whole, data.batches(0, 10**6), callbacks),
    }
    seconds: dict[str, list[float]] = {name: [] for name in parts}  # of a step, in each round
    for number in range(arguments.rounds + 1):
        for name, (model, batches, extra) in parts.items():
            watch = Watch()
            model.fit(batches, steps_per_epoch=arguments.steps, verbose=0, shuffle=False, callbacks=[*extra, watch])
            if number:  # the first round compiles, and fills the cache
                seconds[name].append(statistics.mean(watch.seconds[1:]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{platform.machine()}, {os.cpu_count()} cores, {precision}, batch {arguments.batch_size}, 416 x 416\n")
    rows = [("", "pictures/s", "of the bare step, ± standard error over rounds")]
    (bare_seconds, *_) = seconds.values()
    for name, values in seconds.items():
        ratios = [first / own for first, own in zip(bare_seconds, values, strict=True)]
        error = statistics.stdev(ratios) / len(ratios) ** 0.5
        rate = arguments.batch_size / statistics.mean(values)
        rows.append((name, f"{rate:.1f}", f"{statistics.mean(ratios):.3f} ± {error:.3f}"))
    print(markdown(rows))
    print(f"\npeak memory {memory:.2f} GB")


if __name__ == "__main__":
    with opencv_threads(1):  # as in a training
        main()
