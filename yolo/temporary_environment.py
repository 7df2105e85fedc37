"""Environment variables that are set for a while, such as for the import of a package that reads them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def environment_variables(**values: str) -> Iterator[None]:
    """Set environment variables within the block; afterwards they are as before, those that were absent are gone."""
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
