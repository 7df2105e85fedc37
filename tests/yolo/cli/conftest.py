"""Commands run as a user runs them, in a process of their own, or in this one with what they printed."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from yolo import cli

HEAVY = ("cv2", "keras", "matplotlib", "numpy", "tensorflow")
PROGRAM = f"""
import sys
from yolo.cli import main
try:
    main()
finally:
    print("loaded:", *[name for name in {HEAVY} if name in sys.modules])
"""


@pytest.fixture
def command(repository):
    """Call `python -m yolo` in a new process; the answer also says which heavy packages were `loaded`."""

    def call(*arguments):
        answer = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=repository,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        output, _, loaded = answer.stdout.rpartition("loaded:")
        return SimpleNamespace(code=answer.returncode, out=output, err=answer.stderr, loaded=loaded.split())

    return call


@pytest.fixture
def yolo(capsys, monkeypatch):
    """Call `python -m yolo` in this process; returns the exit code and what was printed."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("KERAS_BACKEND", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL"):
        monkeypatch.setenv(name, "")  # restored afterwards, whatever the command sets

    def call(*arguments):
        with pytest.raises(SystemExit) as leaving:
            cli.main(list(arguments))
        printed = capsys.readouterr()
        return SimpleNamespace(code=leaving.value.code or 0, out=printed.out, err=printed.err)

    return call
