"""Running a case many times, with a limit of time for each, and printing what came of them."""

import argparse
import collections
import faulthandler
import sys
import traceback

import numpy as np

SECONDS = 20  # a case that takes longer hangs: the process is ended with its traceback


def run(case, count, seed=0, first=0):
    """Return {what came: number} of `case(rng)`, which returns a word; a traceback is `wrong` and printed.

    Args:
        case: each of its cases follows from `seed` and its number alone.
        first: number of the first case.
    """
    outcomes = collections.Counter()
    for number in range(first, first + count):
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        try:
            outcomes[case(np.random.default_rng((seed, number)))] += 1
        except Exception:
            outcomes["wrong"] += 1
            print(f"case {number} of seed {seed}:\n{traceback.format_exc()}", file=sys.stderr)
        finally:
            faulthandler.cancel_dump_traceback_later()
    return outcomes


def main(description, case):
    """The command line of a script."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case, to see one again")
    arguments = parser.parse_args()
    outcomes = run(case, arguments.count, arguments.seed, arguments.first)
    print(", ".join(f"{name}: {number}" for name, number in sorted(outcomes.items())))
    sys.exit(int(outcomes["wrong"] > 0))
