"""Comparing how long things take on a machine that is busy with others."""

import time

import numpy as np

from yolo.progress import bar


def interleave(calls, rounds):
    """Call each of several functions in every round, and return the `rounds` answers of each.

    In every round all are called once, in an order drawn anew, so that what disturbs the machine disturbs all alike.

    Args:
        calls: functions of the number of the round.
    """
    answers = [[] for _ in calls]
    order = np.random.default_rng(0)
    for number in bar(range(rounds), desc="measuring", unit="round"):
        for i in order.permutation(len(calls)):
            answers[i].append(calls[i](number))
    return answers


def warm_then_measure(measured, *arguments):
    """The second of two measurements: in the first the threads of the runtime before may still be waiting for work."""
    measured(*arguments)
    return measured(*arguments)


def milliseconds(function, *arguments):
    """Return the milliseconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return 1000 * (time.perf_counter() - start)
