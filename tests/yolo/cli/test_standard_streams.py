"""Commands on terminals, pipes and files that lack letters, are full, or are not there."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.yolo.data.folders import write_text
from yolo.cli import MarkedFormatter

CODE = "from yolo.cli import main; main()"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell as on Linux and macOS")


def answer(repository, *arguments, **environment):
    """What `python -m yolo` answers, in bytes."""
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=repository,
        env=os.environ | environment,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp437", "ascii"])
def test_letters_that_the_console_lacks_are_escaped_in_answers(repository, tmp_path, encoding):
    folder = tmp_path / "红色"
    done = answer(
        repository, "demo-data", "--output", str(folder), "--pictures", "10", PYTHONIOENCODING=encoding, PYTHONUTF8="0"
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert folder.is_dir()
    shown = "红色" if encoding == "utf-8" else "\\u7ea2\\u8272"
    assert f"10 pictures written to {tmp_path / shown}; " in done.stdout.decode(encoding).replace("\r", "")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_letters_that_the_console_lacks_are_escaped_in_complaints(repository, encoding):
    done = answer(repository, "红色", PYTHONIOENCODING=encoding)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: there is no verb '\\u7ea2\\u8272'")


def test_what_was_in_no_encoding_is_escaped(repository, tmp_path):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("names of files are Unicode here")
    done = answer(repository, "summary", "--classes", os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    assert done.returncode == 2
    assert done.stderr.endswith(b"\\udcff.txt: No such file or directory.\n")


def test_a_complaint_is_one_line_whatever_a_name_holds(repository, tmp_path):
    done = answer(repository, "summary", "--classes", str(tmp_path / "a\nb\x1b[31m.txt"))
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"a\\nb\\x1b[31m.txt: " in done.stderr


@POSIX
@pytest.mark.parametrize(
    ("arguments", "code"), [("--help >&-", 0), ("trian 2>&-", 2), ("trian >&- 2>&-", 2), ("trian <&- >&- 2>&-", 2)]
)
def test_closed_streams_change_no_exit_code(repository, arguments, code):
    line = f"'{sys.executable}' -m yolo {arguments}"
    done = subprocess.run(line, shell=True, cwd=repository, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_without_standard_streams_nothing_is_said_and_all_is_done(repository, tmp_path):
    code = (
        "import sys; sys.stdout = sys.stderr = None\n"  # as Windows' pythonw has it
        "import os; sys.argv = ['yolo', 'demo-data', '--output', os.environ['SET'], '--pictures', '10']\n" + CODE
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, env=os.environ | {"SET": str(tmp_path / "set")}, timeout=60
    )
    assert done.returncode == 0
    assert (tmp_path / "set" / "JPEGImages").is_dir()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the full device of Linux")
def test_a_full_disk_below_the_output_is_one_line(repository):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "yolo", "--help"], cwd=repository, stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert (done.returncode, done.stderr) == (2, b"error: the system says: no space left on device.\n")


JSON_OUT = """
import errno, sys
from pathlib import Path
from yolo.cli import exit_code, standard_streams
from yolo.cli.output_paths import make_room, write

def command():
    make_room(Path("-"))
    write(Path("-"), "{}\\n" * 100_000)

def full():
    make_room(Path("-"))
    raise OSError(errno.ENOSPC, "No space left on device")

standard_streams.prepare()
exit_code.leave(full if "full" in sys.argv else command)
"""


@POSIX
def test_a_reader_of_json_that_goes_away_ends_the_command_as_any_other(repository):
    with subprocess.Popen(
        [sys.executable, "-c", JSON_OUT], cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(60), said) == (141, b"")


@POSIX
def test_a_full_disk_below_json_on_standard_output_is_one_line(repository):
    done = subprocess.run([sys.executable, "-c", JSON_OUT, "full"], cwd=repository, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, b"error: the system says: no space left on device.\n")


@POSIX
def test_json_on_standard_output_is_alone_there(repository, tmp_path):
    code = (
        "from pathlib import Path; from yolo.cli import standard_streams;"
        "from yolo.cli.output_paths import make_room, write\n"
        "standard_streams.prepare(); make_room(Path('-')); print('said')\n"
        "write(Path('-'), '{\"name\": \"红\"}\\n'); print('too')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
    )
    assert done.stdout.decode("utf-8") == '{"name": "红"}\n'
    assert done.stderr == b"said\ntoo\n"
    assert not (Path(repository) / "-").exists()


def test_a_class_list_of_a_windows_editor_is_read_on_an_english_console(repository, tmp_path):
    write_text(tmp_path / "twice.txt", "红\n红\n")
    done = answer(repository, "summary", "--classes", str(tmp_path / "twice.txt"), PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert b"names \\u7ea2 more than once" in done.stderr


def test_a_warning_that_names_a_file_with_a_line_break_is_one_line():
    record = logging.makeLogRecord(
        {"levelno": logging.WARNING, "levelname": "WARNING", "msg": "skipped: two\nlines.png"}
    )
    assert MarkedFormatter().format(record) == r"warning: skipped: two\nlines.png"
