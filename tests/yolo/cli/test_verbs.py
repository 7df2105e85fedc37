"""How every verb answers: to --help, to wrong usage, and when it is stopped."""

import logging
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from types import SimpleNamespace

import pytest

from yolo import __version__, cli, machine
from yolo.cli.command import Command
from yolo.errors import UserError


@pytest.fixture
def verb(monkeypatch):
    """Put a function in the place of the verb `train`."""

    def replace(main):
        monkeypatch.setitem(sys.modules, "yolo.cli.train", SimpleNamespace(main=main))

    return replace


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_is_a_command_with_examples_that_it_takes(verb):
    command = import_module(cli.VERBS[verb][0]).COMMAND
    assert isinstance(command, Command)
    assert command.verb == verb
    assert command.examples
    for line, purpose in command.examples:
        called = re.match(rf"(python {verb}\.py|python -m yolo {verb}|{{program}})(?: |$)", line)
        assert isinstance(command.parse(shlex.split(line[called.end() :])), command.config_class)
        assert purpose.strip(" .") == purpose != ""


@pytest.mark.parametrize("verb", cli.VERBS)
def test_help_exits_0_loads_nothing_heavy_and_shows_usage_and_examples(command, verb):
    answer = command(verb, "--help")
    assert answer.code == 0, answer.err
    assert answer.loaded == []
    assert answer.err == ""
    assert answer.out.startswith("usage: python -m yolo " + verb)
    assert "examples:\n  python " in answer.out
    assert max(map(len, answer.out.splitlines())) <= 120


@pytest.mark.parametrize("verb", cli.VERBS)
def test_an_unknown_flag_is_one_line_and_exit_code_2_before_anything_heavy_is_loaded(command, verb):
    answer = command(verb, "--no-such-flag")
    assert answer.code == 2
    assert answer.loaded == []
    assert answer.out == ""
    assert answer.err.startswith("error: ")
    assert answer.err.count("\n") == 1


def needed(verb):
    """The least that a verb asks for."""
    positional = {
        "predict": ["a.jpg"],
        "attend": ["a.jpg"],
        "convert": ["a.keras", "b.keras"],
        "convert-data": ["a", "b", "--format", "voc"],
    }.get(verb, [])
    output = ["--output", "o"] * (verb == "split")
    return positional + output + ["--data", "d"] * (verb in ("evaluate", "anchors", "ablate", "augment", "split"))


@pytest.mark.parametrize("verb", cli.VERBS)
@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--hlep"], "unknown argument '--hlep', did you mean '--help'?"),
        (["-x"], "unknown argument '-x'"),
        (["--help=1"], "ignored explicit argument '1'"),
        (["--no-such-flag=a\nb\x1b[31m"], "unknown argument '--no-such-flag'"),
        (["--" + "x" * 10_000], "unknown argument '--xxxx"),
    ],
)
def test_a_slip_is_one_short_line_of_every_verb(yolo, verb, words, part):
    answer = yolo(verb, *needed(verb), *words)
    assert (answer.code, answer.out) == (2, "")
    assert part in answer.err
    assert answer.err.startswith("error: ")
    assert answer.err.count("\n") == 1
    assert len(answer.err) < 500


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_flag_of_every_verb_asks_for_what_it_lacks_and_refuses_what_says_nothing(yolo, verb):
    """Taken from the help, so that no flag is forgotten: `--data DATA`, `--input-size H W`, `--format {onnx}`."""
    flags = re.findall(r"^  (--[a-z-]+) (\S.*?)(?:  |$)", yolo(verb, "--help").out, re.MULTILINE)
    assert flags
    for flag, names in flags:
        answer = yolo(verb, flag)
        assert (answer.code, answer.out) == (2, ""), flag
        number = r"(one|at least one|\d) argument"
        assert re.match(rf"error: {flag}: expected {number}s?, .* \(see python -m yolo {verb} --help\)\n", answer.err)
        if " " not in names:
            answer = yolo(verb, *needed(verb), flag, "")
            assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), flag
            assert re.match(rf"error: {flag}:? (must|invalid)", answer.err), answer.err


@pytest.mark.parametrize(
    "verb", ["predict", "attend", "convert", "convert-data", "evaluate", "anchors", "ablate", "augment"]
)
def test_a_verb_that_lacks_what_it_needs_says_what(yolo, verb):
    answer = yolo(verb)
    assert (answer.code, answer.out) == (2, "")
    missing = r"(SOURCE|IN, OUT|IN, OUT, --format|--data)"
    assert re.match(rf"error: the following arguments are required: {missing} \(see python", answer.err)


def test_the_last_of_a_flag_given_twice_holds(yolo):
    assert "got 9." in yolo("demo-data", "--pictures", "20", "--pictures", "9").err


@pytest.mark.parametrize("verb", cli.VERBS)
def test_help_in_the_middle_is_help(yolo, verb):
    answer = yolo(verb, "--help", "--no-such-flag")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"usage: python -m yolo {verb}")


@pytest.mark.parametrize("words", [(), *((verb, "--help") for verb in cli.VERBS)], ids=" ".join)
def test_the_help_of_the_console_command_calls_everything_by_it(yolo, monkeypatch, words):
    monkeypatch.setattr("sys.argv", ["/usr/bin/yolov4-tiny"])
    text = yolo(*words).out
    assert text.startswith(f"usage: yolov4-tiny {words[0] if words else 'VERB'} [options]")
    assert "\n  yolov4-tiny " in text
    assert not re.search(r"\bpython\b|\b(train|predict)\.py", text)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_without_a_verb_the_verbs_are_listed(yolo, arguments):
    answer = yolo(*arguments)
    assert (answer.code, answer.err) == (0, "")
    width = max(map(len, cli.VERBS))
    for verb, (_, summary) in cli.VERBS.items():
        assert f"  {verb:<{width}}  {summary}\n" in answer.out


def test_the_version_is_printed(yolo):
    assert yolo("--version").out == f"yolov4-tiny {__version__}\n"


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("trian", "error: there is no verb 'trian', did you mean 'train'?\n"),
        ("xyz", "error: there is no verb 'xyz'; verbs are train, predict, "),
        ("--verbose", "error: there is no verb '--verbose'"),
    ],
)
def test_an_unknown_verb_is_one_line_with_a_suggestion(yolo, word, line):
    answer = yolo(word)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(line)
    assert answer.err.count("\n") == 1


def test_a_users_mistake_is_one_line_and_exit_code_2(yolo, verb):
    def main(argv):
        raise UserError("expected a, got b, do c.")

    verb(main)
    answer = yolo("train")
    assert (answer.code, answer.out, answer.err) == (2, "", "error: expected a, got b, do c.\n")


def test_ctrl_c_is_one_line_and_exit_code_130(yolo, verb):
    def main(argv):
        raise KeyboardInterrupt

    verb(main)
    answer = yolo("train")
    assert (answer.code, answer.err) == (130, "stopped by Ctrl-C\n")


def test_a_missing_package_is_one_line_that_says_how_to_install_it(yolo, verb):
    def main(argv):
        import no_such_package.part  # noqa: F401

    verb(main)
    answer = yolo("train")
    assert answer.code == 2
    assert answer.err == "error: the package no_such_package is not installed: pip install -r requirements.txt\n"


@pytest.mark.parametrize("fault", [ValueError("a bug"), ModuleNotFoundError("no yolo.nest", name="yolo.nest")])
def test_a_fault_of_the_program_keeps_its_traceback(verb, fault, monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))

    def main(argv):
        raise fault

    verb(main)
    with pytest.raises(type(fault)):
        cli.main(["train"])


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1)])
def test_what_a_verb_returns_is_the_exit_code(yolo, verb, returned, code):
    verb(lambda argv: returned)
    assert yolo("train").code == code


def test_the_words_after_the_verb_are_handed_over(yolo, verb):
    verb(lambda argv: print(argv))
    assert yolo("train", "--data", "d").out == "['--data', 'd']\n"


def test_messages_go_to_standard_error_as_they_are_and_warnings_are_marked(yolo, verb):
    def main(argv):
        logging.getLogger("yolo").info("read %d pictures", 3)
        logging.getLogger("yolo.data").warning("one left out")

    verb(main)
    for _ in range(2):  # a second command in the same process prints nothing twice
        answer = yolo("train")
        assert (answer.out, answer.err) == ("", "read 3 pictures\nwarning: one left out\n")


@pytest.fixture
def threads(monkeypatch):
    """A function that sets up a command and returns the variables of threads, each None where it is not set."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in cli.THREADS:
        monkeypatch.setenv(name, "")  # so that it is undone
        monkeypatch.delenv(name)

    def set_up(**given):
        for name in cli.THREADS:
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        cli.set_up()
        return tuple(os.environ.get(name) for name in cli.THREADS)

    return set_up


def test_tensorflow_and_opencv_take_as_many_threads_as_the_other_runtimes_are_given(threads):
    assert threads(OMP_NUM_THREADS="3,2") == ("3", "3", "3", "3,2")
    assert threads(OMP_NUM_THREADS="3", TF_NUM_INTRAOP_THREADS="7") == ("7", "3", "3", "3")


def test_packages_take_no_more_threads_than_a_quota_leaves_unless_the_user_says_so(threads, monkeypatch):
    monkeypatch.setattr(machine, "usable_cores", lambda: 4)
    monkeypatch.setattr(machine.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(machine, "processor_quota", lambda: None)
    assert threads() == (None,) * 4
    monkeypatch.setattr(machine, "processor_quota", lambda: 1.5)
    assert threads() == ("2",) * 4
    assert threads(TF_NUM_INTEROP_THREADS="4") == ("2", "4", "2", "2")
    assert threads(OMP_NUM_THREADS="3") == ("3",) * 4


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux lists the threads of a process as files")
def test_tensorflow_and_opencv_obey_these_variables():
    count = "len(os.listdir('/proc/self/task'))"
    script = (
        f"import os, cv2, tensorflow as tf; n = {count}; tf.constant(1) + 1; print(cv2.getNumThreads(), {count} - n)"
    )

    def threads(number):
        variables = os.environ | dict.fromkeys(cli.THREADS, number) | {"CUDA_VISIBLE_DEVICES": ""}
        answer = subprocess.run(
            [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
        )
        return [int(word) for word in answer.stdout.split()]

    (opencv, few), (more_opencv, more) = threads("1"), threads("5")
    assert (opencv, more_opencv) == (1, 5)
    assert more - few == 8  # four more for the parts of an operation, and four for operations


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with pipes as on Linux and macOS")
@pytest.mark.parametrize("arguments", ["", "train --help"])
def test_a_reader_that_goes_away_is_no_error(repository, arguments):
    line = f"'{sys.executable}' -m yolo {arguments} | true"
    answer = subprocess.run(line, shell=True, cwd=repository, capture_output=True, text=True)
    assert answer.stderr == ""
