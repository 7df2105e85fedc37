"""How a command ends, whatever happens in it."""

import errno
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from yolo.cli import exit_code
from yolo.errors import UserError


def ends(capsys, command):
    """The exit code of a command and what stands on standard error."""
    with pytest.raises(SystemExit) as leaving:
        exit_code.leave(command)
    return leaving.value.code, capsys.readouterr().err


@pytest.fixture(autouse=True)
def kept_output(monkeypatch):
    """Standard output stays that of the tests."""
    monkeypatch.setattr(exit_code.standard_streams, "drop_output", lambda number=1: None)


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("expected a\n got b."), 2, "error: expected a\\n got b.\n"),
        (KeyboardInterrupt(), 130, "stopped by Ctrl-C\n"),
        (MemoryError(), 2, "error: the memory of this machine does not suffice: process fewer or smaller pictures"),
        (MemoryError("Unable to allocate 12 GiB"), 2, "error: the memory of this machine does not suffice (Unable to "),
        (OSError(errno.ENAMETOOLONG, "File name too long", "xx"), 2, "error: cannot use the file 'xx': file name too "),
        (PermissionError(errno.EACCES, "Permission denied", "a"), 2, "error: cannot use the file 'a': permission den"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "error: the system says: no space left on device.\n"),
        (ModuleNotFoundError("", name="cv2.x"), 2, "error: the package cv2 is not installed: pip install -r requ"),
    ],
)
def test_what_is_no_fault_of_the_program_is_one_line(capsys, error, code, line):
    found, said = ends(capsys, raising(error))
    assert found == code
    assert said.startswith(line)
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "error",
    [
        RecursionError(),
        ValueError(),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "a"),
        ModuleNotFoundError("", name="yolo.nest"),
        ModuleNotFoundError("no name"),
    ],
)
def test_a_fault_of_the_program_is_shown_whole(error):
    with pytest.raises(type(error)):
        exit_code.leave(raising(error))


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
def test_sigterm_closes_what_is_open_and_is_told(repository):
    """In a process of its own, whose handlers are those of the command alone."""
    program = (
        "import os, signal, time; from yolo.cli import exit_code\n"
        "def command():\n"
        "    try:\n        os.kill(os.getpid(), signal.SIGTERM); time.sleep(30)\n"
        "    finally:\n        print('closed', flush=True)\n"
        "try:\n    exit_code.leave(command)\n"
        "finally:\n    print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (143, "stopped by SIGTERM\n")
    assert done.stdout == "closed\nTrue\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
def test_what_the_caller_ignores_stays_ignored_and_a_signal_that_was_lost_may_come_again(repository):
    """A script's background jobs ignore Ctrl-C; a finalizer swallows what is raised in it."""
    program = (
        "import os, signal, sys; from yolo.cli import exit_code\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN); exit_code.UNDISTURBED = 0\n"
        "class Swallows:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGTERM); sum(range(9))\n"
        "def command():\n"
        "    os.kill(os.getpid(), signal.SIGINT); print('on')\n"
        "    each = Swallows(); del each; print('still on', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM); sum(range(9)); print('too far')\n"
        "exit_code.leave(command)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (143, "on\nstill on\n")
    assert done.stderr.endswith("stopped by SIGTERM\n")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
@pytest.mark.parametrize("last", ["pass", "print('closed')", "print('closed', flush=True)", "sys.stdout.flush()"])
def test_a_terminal_that_closes_ends_with_its_code(repository, last):
    terminal, end = os.openpty()
    program = (
        "import os, signal, sys, time; from yolo.cli import exit_code\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "def command():\n    print('begun', flush=True); sys.stdin.readline(); sys.stdout.write('unread')\n"
        "    try:\n        os.kill(os.getpid(), signal.SIGHUP); time.sleep(30)\n"
        f"    finally:\n        {last}\n"
        "exit_code.leave(command)"
    )
    talk = {"stdin": subprocess.PIPE, "stdout": end, "stderr": end, "env": os.environ | {"PYTHONUNBUFFERED": ""}}
    with subprocess.Popen([sys.executable, "-c", program], cwd=repository, **talk) as process:
        os.close(end)
        assert b"begun" in os.read(terminal, 100)
        os.close(terminal)
        process.communicate(b"\n", timeout=60)
    assert process.returncode == 129


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_counts_more_than_a_reader_that_is_gone(repository, number):
    program = (
        "import os, sys, time; from yolo.cli import exit_code\n"
        "def command():\n"
        f"    try:\n        print('begun', flush=True); sys.stdin.readline(); os.kill(os.getpid(), {int(number)})\n"
        "        time.sleep(30)\n"
        "    finally:\n        print('closed', flush=True)\n"
        "exit_code.leave(command)"
    )
    talk = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], cwd=repository, **talk) as process:
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        said = process.stderr.read()
    assert (process.returncode, said.split()[:2]) == (128 + number, [b"stopped", b"by"])


def test_what_the_disk_refuses_after_a_stop_is_told(capsys):
    def command():
        try:
            raise KeyboardInterrupt
        finally:
            raise OSError(errno.ENOSPC, "No space left on device")

    assert ends(capsys, command) == (2, "error: the system says: no space left on device.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
@pytest.mark.parametrize(("number", "by"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_a_signal_while_packages_are_imported_is_one_line(repository, tmp_path, number, by):
    """With a package of the name tensorflow that takes its time, and lets its reader know when it has begun."""
    code = "import time; print('importing', flush=True); time.sleep(30)\n"
    (tmp_path / "tensorflow.py").write_text(code, encoding="utf-8")
    program = (
        "import sys, types; from yolo import cli\n"
        "def main(argv):\n    import tensorflow\n"
        "sys.modules['yolo.cli.train'] = types.SimpleNamespace(main=main); cli.run('train')"
    )
    paths = os.pathsep.join([str(tmp_path), str(repository)])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (128 + number, f"stopped by {by}\n")


def test_settings_that_others_left_for_keras_are_not_taken(repository, tmp_path):
    (tmp_path / "keras.json").write_text('{"floatx": "float16", "epsilon": 1, "image_data_format": 3}')
    code = (
        "from yolo.cli import set_up; set_up(); import keras; c = keras.config\n"
        "print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format(), c.max_epochs())"
    )
    environment = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "jax", "KERAS_MAX_EPOCHS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "tensorflow float32 1e-07 channels_last None\n", done.stderr
    assert os.listdir(tmp_path) == ["keras.json"]


@pytest.mark.parametrize(
    ("words", "start"), [(("help",), "usage: python -m yolo VERB"), (("help", "train"), "usage: python -m yolo train")]
)
def test_help_is_a_verb_too(yolo, words, start):
    answer = yolo(*words)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(start)


def test_help_on_an_unknown_verb_names_the_near_one(yolo):
    assert yolo("help", "trian").err == "error: there is no verb 'trian', did you mean 'train'?\n"


def test_a_reader_of_errors_that_goes_away_changes_no_exit_code(monkeypatch):
    def gone(*_):
        raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", SimpleNamespace(write=gone, flush=gone))
    with pytest.raises(SystemExit) as leaving:
        exit_code.leave(raising(UserError("a.")))
    assert leaving.value.code == 2
