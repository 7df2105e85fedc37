"""TensorFlow without its start-up messages, so that what a command says can be seen."""

import importlib.machinery
import os
import re
import sys
import tempfile
from contextlib import contextmanager

MESSAGE = re.compile(
    rb"WARNING: All log messages before absl"  # announces those of the two other forms
    rb"|[IWE]\d{4} \d\d:\d\d:"
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] "
)


class QuietImport:
    """An entry of `sys.meta_path` that drops what one package's libraries log to the terminal while it is imported.

    Needed because TensorFlow logs some lines before it reads TF_CPP_MIN_LOG_LEVEL,
    https://github.com/tensorflow/tensorflow/issues/100442.
    """

    def __init__(self, package):
        self.package = package

    def find_spec(self, name, path=None, target=None):
        if name != self.package:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_quietly(module):
            with without_messages():
                execute(module)

        spec.loader.exec_module = execute_quietly
        return spec


@contextmanager
def without_messages():
    """Hold back the process's standard error and pass on, at the end, every line that is no log message."""
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
