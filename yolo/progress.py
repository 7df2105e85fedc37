"""Show the progress of long work: bars, and a log line for a long wait."""

import functools
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

T = TypeVar("T")
PATIENCE = 2.0  # seconds
LOCK = threading.RLock()

log = logging.getLogger("yolo")


def bar(items: Iterable[T] | None = None, **settings: Any) -> "tqdm[T]":
    """Return a tqdm bar over `items`; without items, one to update by hand.

    It shows on a terminal only, does not appear for short work, and disappears when the work is done.

    Args:
        settings: arguments of tqdm.
    """
    return _bar_class()(items, **{"leave": False, "disable": None, "delay": 1, "unit": "picture"} | settings)


@functools.cache
def _bar_class() -> "type[tqdm[Any]]":
    """Return tqdm with a lock for threads. Its own is for processes, and a killed process leaves a semaphore behind."""
    from tqdm import tqdm

    class Bar(tqdm):
        """A bar of this project; other users of tqdm in the process keep their lock."""

    Bar.set_lock(LOCK)
    return Bar


def late_bar(items: Iterable[T], total: int, **settings: Any) -> Iterator[T]:
    """Yield `items`, with a bar after two seconds. Only then is tqdm imported, which takes 30 ms.

    Args:
        total: the number of items.
        settings: arguments of tqdm.
    """
    items, begun = iter(items), time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() - begun > PATIENCE:
            yield from bar(items, total=total, initial=number, delay=0, **settings)


@contextmanager
def waiting(line: str) -> Iterator[None]:
    """Log a line when the block takes longer than two seconds."""
    timer = threading.Timer(PATIENCE, log.info, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def duration(seconds: float) -> str:
    """Return a rounded time in words, for an estimate: `40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
