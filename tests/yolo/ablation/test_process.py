import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yolo.ablation.process import apart
from yolo.errors import UserError


def nothing():
    """What is done before the call."""


def complain(text):
    raise UserError(text)


def end_with_nine():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_call_apart_is_made_in_another_process_and_gives_its_answer():
    assert apart(os.getpid, before=nothing) != os.getpid()
    assert apart(divmod, 7, 3, before=nothing) == (2, 1)


def test_what_is_to_be_done_before_is_done_there():
    with pytest.raises(UserError):
        apart(nothing, before=end_with_nine)


def test_a_users_mistake_in_another_process_is_one_here():
    with pytest.raises(UserError, match=r"^the loss became nan$"):
        apart(complain, "the loss became nan", before=nothing)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_process_that_is_killed_is_a_sentence():
    with pytest.raises(UserError, match="ended from outside"):
        apart(end_with_nine, before=nothing)


PROGRAM = """
import sys
from tests.yolo.ablation.test_process import count, nothing
from yolo.ablation.process import apart

if __name__ == "__main__":
    apart(count, sys.argv[1], before=nothing)
"""


def count(path):
    """Write to a file for a minute, as a training does."""
    for i in range(1200):
        Path(path).write_text(str(i), encoding="utf-8")
        time.sleep(0.05)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_when_this_process_is_killed_the_other_ends_too(repository, tmp_path):
    program, written = tmp_path / "program.py", tmp_path / "written"
    program.write_text(PROGRAM, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(repository)}
    parent = subprocess.Popen([sys.executable, program, written], env=environment)
    while not written.exists():
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    time.sleep(2)
    last = written.read_text(encoding="utf-8")
    time.sleep(1)
    assert written.read_text(encoding="utf-8") == last
