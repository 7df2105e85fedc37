"""Converters advise and complain through Python's loggers about what is as it should be."""

import logging
from contextlib import contextmanager


@contextmanager
def without_warnings():
    """Show no warning of any logger: one failed optimization of tf2onnx is a whole traceback."""
    former = logging.root.manager.disable
    logging.disable(max(former, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(former)
