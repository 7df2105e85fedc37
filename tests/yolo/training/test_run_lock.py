"""Only one process works in the folder of a run."""

import signal
import subprocess
import sys

import pytest

from yolo.errors import UserError
from yolo.training.run_lock import LOCK, locked

HOLDS = """
import sys, time
from pathlib import Path
from yolo.training.run_lock import locked
with locked(Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path, repository):
    """Another process that holds the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], cwd=repository, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"mine\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path, other):
    with pytest.raises(UserError, match="is in use by another process"), locked(tmp_path):
        pass
    other.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    other.wait()
    with locked(tmp_path):
        pass


def test_the_process_that_has_it_may_ask_again_and_leaves_nothing_behind(tmp_path):
    with locked(tmp_path), locked(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path):
        pass


def test_the_second_resume_is_refused_before_tensorflow_is_loaded(tmp_path, other, repository):
    (tmp_path / "config.json").write_text("{}")
    program = (
        "import sys\nfrom yolo.cli import main\ntry:\n    main()\nfinally:\n    print('tensorflow' in sys.modules)"
    )
    command = [sys.executable, "-c", program, "train", "--resume", tmp_path]
    answer = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "False\n", 1)
    assert "in use by another process" in answer.stderr


def test_a_folder_that_cannot_be_written_is_a_users_mistake(tmp_path):
    with pytest.raises(UserError, match="cannot write into the run folder"), locked(tmp_path / "gone"):
        pass
