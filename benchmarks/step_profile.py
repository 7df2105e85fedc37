"""Measure where the time of a training step goes, operation by operation, compared with what the processor can do.

    python benchmarks/step_profile.py [--sizes 416 320] [--precisions mixed_bfloat16 float32]

The step has a forward pass, the loss, a backward pass, the optimizer and the moving average, on one batch that stays in
memory. TensorFlow's profiler says how long each operation takes. Operations run one after another here, so their times
add up to the step. Rates are of the arithmetic of convolutions, and of the bytes that the others read and write if no
cache helps. The limits are a product of matrices and a copy of memory in the same precision, measured between the
steps. All times are medians. Compare shares and ratios, not the seconds of two runs.
"""

import argparse
import math
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

from attention.tensor_types import Tensor
from yolo.machine import threads
from yolo.nets.model import YoloV4Tiny
from yolo.tables import markdown
from yolo.training.first_step import quick_start
from yolo.training.moving_average import ExponentialMovingAverage
from yolo.training.optimizer import make_optimizer
from yolo.training.training_model import TrainingModel

CLASSES = [f"class {number}" for number in range(20)]
GROUPS = {  # the first pattern that is found in `name:kind` of an operation decides
    "average": "average/",
    "optimizer": "optimizer/",
    "loss": "loss/",
    "convolution, forward": "Conv2D(WithBias)?$",
    "convolution, gradient of the input": "Conv2DBackpropInput",
    "convolution, gradient of the kernel": "Conv2DBackpropFilter",
    "batch norm, forward": "FusedBatchNormV3$",
    "batch norm, backward": "FusedBatchNormGradV3$",
    "batch norm, running averages": "_bn_",
    "leaky ReLU, forward": "LeakyRelu$",
    "leaky ReLU, backward": "LeakyReluGrad",
    "max pooling, both": "MaxPool",
    "concatenate, slice, pad, cast, add": "Concat|Slice|Pad|Transpose|Cast|Add|Resize|Identity",
    "other": "",
}
OPERATION = re.compile(r"[\w./-]+:[A-Z_]\w+")  # the names of other events have no colon, or two
OBJECTS = 10  # in each picture
FREE = {"ReadVariableOp", "Identity", "Reshape", "ExpandDims", "Squeeze", "StopGradient"}  # they copy nothing
MOVED = {"ResourceApplyAdam": 7, "AssignSubVariableOp": 3, "AssignVariableOp": 1}  # arrays read or written in memory


class Trainer(TrainingModel):
    """A trainer whose loss has a name in the graph."""

    def compute_loss(self, *arguments: Any, **settings: Any) -> Tensor:
        return named("loss", super().compute_loss)(*arguments, **settings)


class Cost(NamedTuple):
    """Floating-point operations, and the bytes that are read and written."""

    flops: int
    bytes: int


class Limit(NamedTuple):
    """A call that does nothing but arithmetic, or nothing but move bytes, and how many of them."""

    run: Callable[[], object]
    amount: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[416, 320])
    parser.add_argument("--precisions", nargs="+", default=["mixed_bfloat16", "float32"])
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--steps", type=int, default=20, help="steps that are measured of each")
    parser.add_argument("--slowest", type=int, default=15, help="operations that are listed one by one")
    arguments = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    print(f"{platform.machine()}, {threads()} threads, batch {arguments.batch_size}")
    with quick_start():
        for size in arguments.sizes:
            for precision in arguments.precisions:
                report(precision, size, arguments)


def report(precision: str, size: int, arguments: argparse.Namespace) -> None:
    """Print the tables of one precision and size."""
    step = training_step(precision, size, arguments.batch_size)
    product, copy = limits(tf.as_dtype(precision.removeprefix("mixed_")))
    whole, product_seconds, copy_seconds = medians([step, product.run, copy.run], arguments.steps)
    flops, bandwidth = product.amount / product_seconds, copy.amount / copy_seconds
    print(f"\n### {precision}, {size} x {size}\n")
    print(f"A step takes {1000 * whole:.0f} ms, {1000 * whole / arguments.batch_size:.1f} for each picture.")
    print(f"The limits are {flops / 1e9:.0f} GFLOP/s and {bandwidth / 1e9:.1f} GB/s.\n")
    costs = {operation.name: cost(operation) for operation in step.get_concrete_function().graph.get_operations()}
    seconds = {name: statistics.median(found) for name, found in traced(step, arguments.steps).items()}
    total = sum(seconds.values())
    groups = {group: [name for name in seconds if group_of(name) == group] for group in GROUPS}

    def row(title: str, names: Sequence[str]) -> tuple[str, ...]:
        own = sum(seconds[name] for name in names)
        work = [costs.get(name.partition(":")[0], Cost(0, 0)) for name in names]
        return title, f"{1000 * own:.1f}", f"{own / total:.1%}", *rates(own, work, flops, bandwidth)

    heading = ("ms", "share", "GFLOP/s", "GB/s", "of the limit")
    print(
        markdown([("", *heading), *(row(group, names) for group, names in groups.items()), row("all", list(seconds))])
    )
    slowest = sorted(seconds, key=lambda name: -seconds[name])[: arguments.slowest]
    print("\n" + markdown([("operation", *heading), *(row(f"`{name}`", [name]) for name in slowest)]))


def rates(seconds: float, work: Sequence[Cost], flops: float, bandwidth: float) -> tuple[str, str, str]:
    """Return the rates of arithmetic and of memory, and the larger one's part of its limit; nothing where unknown."""
    if not seconds or not any(cost.bytes for cost in work):
        return "", "", ""
    arithmetic, moved = (sum(numbers) / seconds for numbers in zip(*work, strict=True))
    limit = max(arithmetic / flops, moved / bandwidth)
    return f"{arithmetic / 1e9:.0f}" if arithmetic else "", f"{moved / 1e9:.1f}", f"{limit:.0%}"


def training_step(precision: str, size: int, batch: int) -> "tf.types.experimental.PolymorphicFunction":
    """Return a compiled step as in training; its parts beside the network carry a name in the graph."""
    network = YoloV4Tiny(CLASSES, dtype=precision)
    trainer = Trainer(network, network.twin(dtype="float32"))
    optimizer = make_optimizer(network, "adamw", 1000, 60)
    trainer.compile(optimizer, jit_compile=False)
    average = ExponentialMovingAverage(0.998)
    average.set_model(trainer)
    optimizer.apply = named("optimizer", optimizer.apply)
    rng = np.random.default_rng(0)
    pictures = tf.constant(rng.random((batch, size, size, 3), np.float32))
    corner = rng.uniform(0, size / 2, (batch, OBJECTS, 2))
    boxes = tf.constant(np.concatenate([corner, corner + rng.uniform(10, size / 2, corner.shape)], -1), tf.float32)
    targets = {"boxes": boxes, "labels": tf.constant(rng.integers(0, len(CLASSES), (batch, OBJECTS)), tf.int32)}

    @tf.function(autograph=False)
    def step() -> Tensor:
        losses = trainer.train_step((pictures, targets))
        with tf.name_scope("average"):
            average.step(tf.constant(0.998))
        return losses["loss"]

    return step


def named(scope: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with the names of its operations in a scope."""

    def scoped(*arguments: Any, **settings: Any) -> Any:
        with tf.name_scope(scope):
            return function(*arguments, **settings)

    return scoped


def limits(dtype: tf.DType) -> tuple[Limit, Limit]:
    """Return a product of matrices and a copy of an array that is larger than the caches."""
    side, length = 2048, 2**26
    matrix, array = tf.cast(tf.random.normal((side, side)), dtype), tf.zeros(length, dtype)
    return (
        Limit(tf.function(lambda: tf.reduce_max((matrix @ matrix)[0])), 2 * side**3),
        Limit(tf.function(lambda: tf.reduce_max((-array)[:1])), 2 * length * dtype.size),
    )


def medians(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median seconds of calls that take turns; the first two rounds only compile."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds + 2):
        for call, own in zip(calls, seconds, strict=True):
            start = time.perf_counter()
            call()
            own.append(time.perf_counter() - start)
    return [statistics.median(own[2:]) for own in seconds]


def traced(step: Callable[[], object], steps: int) -> dict[str, list[float]]:
    """Return the seconds of each operation, `name:kind`, in each step."""
    seconds: dict[str, list[float]] = defaultdict(list)
    options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=2, python_tracer_level=0)
    for _ in range(steps):  # one trace for each, as a trace has room for a limited number of events
        with tempfile.TemporaryDirectory() as folder:
            with tf.profiler.experimental.Profile(folder, options):
                step()
            once: dict[str, float] = defaultdict(float)
            for file in Path(folder).rglob("*.xplane.pb"):
                for name, duration in events(xplane_pb2.XSpace.FromString(file.read_bytes())):
                    once[name] += duration
        for name, duration in once.items():
            seconds[name].append(duration)
    return seconds


def events(space: xplane_pb2.XSpace) -> Iterator[tuple[str, float]]:
    """Yield the operations in a trace, `name:kind`, with their seconds."""
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                if OPERATION.fullmatch(name):
                    yield name, event.duration_ps / 1e12


def group_of(name: str) -> str:
    """Return the group of an operation `name:kind`."""
    return next(group for group, pattern in GROUPS.items() if re.search(pattern, name))


def cost(operation: tf.Operation) -> Cost:
    """Return what an operation of the graph costs, judged by the shapes of its arrays."""
    arrays = [array for array in (*operation.inputs, *operation.outputs) if array.dtype != tf.resource]
    sizes = [size(array) for array in arrays if operation.type not in FREE]
    if operation.type in MOVED:
        return Cost(0, MOVED[operation.type] * max(sizes, default=0))
    moved = sum(sizes)
    if not operation.type.startswith("Conv2D"):
        return Cost(0, moved)
    shapes = [array.shape for array in arrays]
    kernel, result = {
        "Conv2D": (1, 2),
        "Conv2DBackpropInput": (1, 2),
        "Conv2DBackpropFilter": (3, 2),
    }[operation.type]
    return Cost(2 * math.prod(shapes[kernel][:3]) * math.prod(shapes[result]), moved)


def size(array: tf.Tensor) -> int:
    """Return the bytes of an array of the graph, 0 if its shape is not known."""
    return (array.shape.num_elements() or 0) * array.dtype.size


if __name__ == "__main__":
    main()
