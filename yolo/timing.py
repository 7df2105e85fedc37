"""Compare running times on a machine that is busy with other work."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from yolo.progress import bar

T = TypeVar("T")


def interleave(calls: Sequence[Callable[[int], T]], rounds: int) -> list[list[T]]:
    """Call each function once in every round, and return the `rounds` answers of each.

    Every round has a new random order, so that other work on the machine disturbs all functions alike.

    Args:
        calls: functions that take the number of the round.
    """
    answers: list[list[T]] = [[] for _ in calls]
    order = np.random.default_rng(0)
    for number in bar(range(rounds), desc="measuring", unit="round"):
        for i in order.permutation(len(calls)):
            answers[i].append(calls[i](number))
    return answers


def warm_then_measure(measure: Callable[..., T], *arguments: Any) -> T:
    """Measure twice and return the second result; threads of the previous runtime may still be busy in the first."""
    measure(*arguments)
    return measure(*arguments)


def milliseconds(function: Callable[..., object], *arguments: Any) -> float:
    """Return the milliseconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return 1000 * (time.perf_counter() - start)
