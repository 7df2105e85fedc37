"""Show that work goes on: bars, and a line where a wait is long."""

import logging
import threading
import time
from contextlib import contextmanager

PATIENCE = 2.0  # seconds
LOCK = threading.RLock()

log = logging.getLogger("yolo")


def bar(items=None, **settings):
    """A tqdm bar over `items`, or one to be updated by hand, with tqdm's own `settings`.

    On a terminal only, gone when the work is done, absent where it is short.
    """
    from tqdm import tqdm

    tqdm.set_lock(LOCK)  # in the place of one for several processes, whose semaphore a killed one leaves behind
    return tqdm(items, **{"leave": False, "disable": None, "delay": 1, "unit": "picture"} | settings)


def late_bar(items, total, **settings):
    """Yield `items`, with a bar from two seconds on; tqdm, which takes 30 ms to import, is not there before.

    Args:
        total: how many there are.
        settings: tqdm's own.
    """
    items, begun = iter(items), time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() - begun > PATIENCE:
            yield from bar(items, total=total, initial=number, delay=0, **settings)


@contextmanager
def waiting(what):
    """Log the line `what` when the block takes longer than two seconds."""
    timer = threading.Timer(PATIENCE, log.info, [what])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def duration(seconds):
    """Return a time in words, as exact as an estimate is: `40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
