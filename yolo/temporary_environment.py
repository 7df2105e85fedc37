"""Set environment variables for a short time, for example while a package that reads them is imported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def environment_variables(**values: str) -> Iterator[None]:
    """Set environment variables within the block. Afterwards each has its old value, or is absent again."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
