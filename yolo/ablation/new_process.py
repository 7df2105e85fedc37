"""Call a function in a new process, to free all memory afterwards: TensorFlow keeps some after every training."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar

from yolo.errors import UserError

T = TypeVar("T")


class CallElsewhere(Protocol):
    """A function that calls another one in a new process, and returns its result or raises its error."""

    def __call__(self, function: Callable[..., T], /, *arguments: Any) -> T: ...


def in_new_process(function: Callable[..., T], /, *arguments: Any, before: Callable[[], object]) -> T:
    """Call `before()` and then `function(*arguments)` in a new process; return its result or raise its error.

    All of them must work with pickle. The new process ends when this one ends for any reason.

    Raises:
        UserError: the new process was killed.
    """
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (before,)) as pool:
        try:
            return pool.submit(function, *arguments).result()
        except (KeyboardInterrupt, SystemExit):
            for process in set(multiprocessing.active_children()).difference(others):
                process.terminate()  # else this one would wait for the training
            raise
        except BrokenProcessPool as error:
            raise UserError(
                "the process of a training was ended from outside, perhaps because memory ran out; the same command "
                "goes on from there."
            ) from error


def _begin(before: Callable[[], object]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    before()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)  # else two processes would write the same run when the ablation is resumed
