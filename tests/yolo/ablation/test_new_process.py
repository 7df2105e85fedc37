import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yolo.ablation.new_process import in_new_process
from yolo.errors import UserError


def nothing():
    """What is done before the call."""


def complain(text):
    raise UserError(text)


def end_with_nine():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_call_apart_is_made_in_another_process_and_gives_its_answer():
    assert in_new_process(os.getpid, before=nothing) != os.getpid()
    assert in_new_process(divmod, 7, 3, before=nothing) == (2, 1)


def test_what_is_to_be_done_before_is_done_there():
    with pytest.raises(UserError):
        in_new_process(nothing, before=end_with_nine)


def test_a_users_mistake_in_another_process_is_one_here():
    with pytest.raises(UserError, match=r"^the loss became nan$"):
        in_new_process(complain, "the loss became nan", before=nothing)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_process_that_is_killed_is_a_sentence():
    with pytest.raises(UserError, match="ended from outside"):
        in_new_process(end_with_nine, before=nothing)


PROGRAM = """
import sys
from tests.yolo.ablation.test_new_process import count, nothing
from yolo.ablation.new_process import in_new_process

if __name__ == "__main__":
    in_new_process(count, sys.argv[1], before=nothing)
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


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
def test_a_signal_ends_the_process_of_the_call_and_does_not_wait_for_it(tmp_path, repository):
    program = PROGRAM.replace("    in_new_process(count", "    leave(lambda: in_new_process(count").replace(
        "nothing)", "nothing))"
    )
    program = program.replace("import sys\n", "import sys\nfrom yolo.cli.exit_code import leave\n", 1)
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    counts = tmp_path / "counts"
    command = [sys.executable, tmp_path / "program.py", counts]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while not counts.exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)  # the call would take a minute
    assert process.returncode == 143
    assert said.endswith("stopped by SIGTERM\n")
    before = counts.read_text(encoding="utf-8")
    time.sleep(0.3)
    assert counts.read_text(encoding="utf-8") == before
