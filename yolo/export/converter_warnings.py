"""Silence the loggers of converters, which warn when nothing is wrong."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_warnings() -> Iterator[None]:
    """Hide the warnings of all loggers; tf2onnx logs a whole traceback when one optimization fails."""
    former = logging.root.manager.disable
    logging.disable(max(former, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(former)
