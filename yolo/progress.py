"""Show that work goes on: bars, and a line where a wait is long."""

import logging
import threading
from contextlib import contextmanager

from tqdm import tqdm

PATIENCE = 2.0  # seconds

log = logging.getLogger("yolo")


def bar(items=None, **settings):
    """A tqdm bar over `items`, or one to be updated by hand, with tqdm's own `settings`.

    On a terminal only, gone when the work is done, absent where it is short.
    """
    return tqdm(items, **{"leave": False, "disable": None, "delay": 1, "unit": "picture"} | settings)


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
