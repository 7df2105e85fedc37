"""Compare training steps that have the same result but are computed in different ways, or by other numbers of threads.

    python benchmarks/step_variants.py [--precision mixed_bfloat16] [--size 416] [--rounds 20] [--variants NAME ...]
    python benchmarks/step_variants.py --variants "as it is" "one thread" --group /sys/fs/cgroup/cpu/half

Each variant has a process of its own, of up to 2 GB, and they take turns. Each round gives a ratio to the first
variant for the time of a step, and one for its processor time, which other work on the machine disturbs less. The
standard error is that of these ratios. With --group, the steps run in a control group, such as one with a quota:

    mkdir /sys/fs/cgroup/cpu/half && echo 50000 > /sys/fs/cgroup/cpu/half/cpu.cfs_quota_us           (version 1)
    mkdir /sys/fs/cgroup/half && echo "50000 100000" > /sys/fs/cgroup/half/cpu.max                   (version 2)
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from attention.tensor_types import Tensor
from benchmarks.step_profile import training_step
from yolo.machine import threads
from yolo.nets import blocks
from yolo.tables import markdown
from yolo.training.first_step import quick_start


class Indexed(blocks.SecondHalf):
    """A layer that takes the second half of the channels by an index."""

    def call(self, x: Tensor) -> Tensor:
        return x[..., x.shape[-1] // 2 :]


def pool_first(self: blocks.Convolutions, a: Tensor, e: Tensor, name: str) -> Tensor:
    """Halve the size, then join."""
    a = keras.layers.MaxPooling2D(2, name=f"{name}_a_pool", dtype=self.dtype)(a)
    e = keras.layers.MaxPooling2D(2, name=f"{name}_e_pool", dtype=self.dtype)(e)
    return keras.layers.Concatenate(name=f"{name}_ae", dtype=self.dtype)([a, e])


CHANGES: dict[str, tuple[object, str, object]] = {  # an attribute, and the value that it gets
    "half of the channels by an index": (blocks, "SecondHalf", Indexed),
    "pooling before the joint": (blocks.Convolutions, "merge", pool_first),
}
ENVIRONMENTS = {
    "one operation at a time": {"TF_NUM_INTEROP_THREADS": "1"},
    "one thread": {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
    "oneDNN also in the caller's thread": {"TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD": "1"},
    "memory of the system for oneDNN": {"TF_ONEDNN_USE_SYSTEM_ALLOCATOR": "1"},
    "large pages": {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"},
}
VARIANTS = ["as it is", *CHANGES, *ENVIRONMENTS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--precision", default="mixed_bfloat16")
    parser.add_argument("--size", type=int, default=416)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=VARIANTS, metavar="NAME")
    parser.add_argument("--group", help="folder of the control group in which the steps run")
    parser.add_argument("--serve", choices=VARIANTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments)
        return
    command = [sys.executable, __file__, *sys.argv[1:], "--serve"]
    steps = {name: start([*command, name], ENVIRONMENTS.get(name, {})) for name in arguments.variants}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for _ in range(arguments.rounds):
        for name, step in steps.items():
            seconds[name].append(step())
    print(f"{platform.machine()}, {threads()} threads, {arguments.precision}, ", end="")
    print(f"batch {arguments.batch_size}, {arguments.size} x {arguments.size}\n")
    rows: list[tuple[str, ...]] = [("", "ms", "ratio, ± standard error", "processor ms", "ratio, ± standard error")]
    first = next(iter(seconds.values()))
    for name, found in seconds.items():
        cells: list[str] = []
        for clock in (0, 1):
            ratios = [own[clock] / base[clock] for own, base in zip(found, first, strict=True)]
            error = statistics.stdev(ratios) / len(ratios) ** 0.5
            cells += [f"{1000 * statistics.median(own[clock] for own in found):.0f}"]
            cells += [f"{statistics.mean(ratios):.3f} ± {error:.3f}"]
        rows.append((name, *cells))
    print(markdown(rows))


def start(command: list[str], environment: dict[str, str]) -> Callable[[], tuple[float, float]]:
    """Start the process of a variant, and return a function that makes a step and returns its two times in seconds."""
    process: Any = subprocess.Popen(
        command, env=os.environ | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )

    def step() -> tuple[float, float]:
        print(file=process.stdin)
        wall, processor = process.stdout.readline().split()
        return float(wall), float(processor)

    step()  # when it answers, it is ready
    return step


def serve(arguments: argparse.Namespace) -> None:
    """Make a step for each line of standard input, and print its seconds and those of the processor."""
    if arguments.serve in CHANGES:
        setattr(*CHANGES[arguments.serve])
    step = training_step(arguments.precision, arguments.size, arguments.batch_size)
    with quick_start():
        step()
        if arguments.group:
            (Path(arguments.group) / "cgroup.procs").write_text(str(os.getpid()))
        for _ in sys.stdin:
            wall, processor = time.perf_counter(), time.process_time()
            step()
            print(time.perf_counter() - wall, time.process_time() - processor, flush=True)


if __name__ == "__main__":
    main()
