"""Run processes on one processor core each, and measure the time and the processor time of each with its children."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

from yolo.errors import UserError

T = TypeVar("T")

ONE_THREAD = {"OMP_NUM_THREADS": "1"}
PAUSE = 0.1  # seconds between two looks


def cores(number: int) -> list[int]:
    """Return the first cores of those that this process may use.

    Raises:
        UserError: there are fewer, or the system cannot bind a process to a core.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise UserError("this system cannot bind a process to a core: the comparison needs Linux.")
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < number:
        raise UserError(f"the comparison runs {number} processes at a time, on one core each; there are {len(usable)}.")
    return usable[:number]


@dataclass(frozen=True)
class Ended(Generic[T]):
    """A process that has ended.

    Attributes:
        what: as it was given to `start`.
        status: its exit status, negative for a signal.
        seconds, processor: wall and processor seconds of the process, the latter with its children.
    """

    what: T
    status: int
    seconds: float
    processor: float


class PinnedProcesses(Generic[T]):
    """As many processes at a time as there are cores. Leaving the block ends those that still run.

    This process itself moves to the core that has become free, so that it does not disturb the others.
    """

    def __init__(self, cores: Sequence[int]) -> None:
        self.free = list(cores)
        self.running: dict[int, tuple[subprocess.Popen[bytes], T, float]] = {}  # by the core

    def start(self, what: T, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Start a process on a free core.

        Args:
            what: to know it by when it has ended.
            environment: variables beside those of this process.
            log: a file for all that it prints.
        """
        core = self.free.pop(0)
        os.sched_setaffinity(0, {core})  # which the new process inherits
        with log.open("wb") as file:
            variables = os.environ | ONE_THREAD | dict(environment)
            process = subprocess.Popen(command, env=variables, stdout=file, stderr=subprocess.STDOUT)
        self.running[core] = process, what, time.perf_counter()

    def wait(self) -> Ended[T]:
        """Wait until one of the running processes ends."""
        while True:
            for core, (process, what, began) in self.running.items():
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    seconds = time.perf_counter() - began
                    process.returncode = os.waitstatus_to_exitcode(status)
                    del self.running[core]
                    self.free.append(core)
                    os.sched_setaffinity(0, {core})
                    return Ended(what, process.returncode, seconds, usage.ru_utime + usage.ru_stime)
            time.sleep(PAUSE)

    def __enter__(self) -> "PinnedProcesses[T]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process, _, _ in self.running.values():
            process.terminate()
            process.wait()
