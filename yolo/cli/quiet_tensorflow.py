"""Import TensorFlow without its start-up messages, which would hide the output of a command."""

import importlib.machinery
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

MESSAGE = re.compile(
    rb"WARNING: All log messages before absl"  # announces messages of the two other forms
    rb"|[IWE]\d{4} \d\d:\d\d:"
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] "
)


class QuietImport:
    """An entry of `sys.meta_path` that drops the log messages of one package's libraries while it is imported.

    TensorFlow logs some lines before it reads TF_CPP_MIN_LOG_LEVEL,
    https://github.com/tensorflow/tensorflow/issues/100442.
    """

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the package is, with a loader that is silent; None for every other module."""
        if name != self.package:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_quietly(module: ModuleType) -> None:
            with without_messages():
                execute(module)

        spec.loader.exec_module = execute_quietly  # type: ignore[method-assign]  # of this one loader
        return spec


@contextmanager
def without_messages() -> Iterator[None]:
    """Hold back standard error of the process, and at the end write every line that is not a log message."""
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with tempfile.TemporaryFile() as held:
            os.dup2(held.fileno(), 2)
            try:
                yield
            finally:
                sys.stderr.flush()
                os.dup2(terminal, 2)
                held.seek(0)
                for line in held:
                    if not MESSAGE.match(line):
                        os.write(2, line)
    finally:
        os.close(terminal)
