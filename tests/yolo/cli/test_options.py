"""Flags made from the fields of a configuration dataclass."""

from dataclasses import dataclass

import pytest

from yolo.cli.options import add_options, given, parser, program
from yolo.settings import Settings, option


@dataclass(frozen=True)
class Example(Settings):
    size: tuple[int, int] = option((3, 4), "height and width", group="shape", type=int, nargs=2)
    share: float = option(0.5, "50 % of it", group="shape", low=0, high=1, type=float, metavar="S")
    name: str | None = option(None, "its name", group="label")
    verbose: bool = option(False, "say more")


@pytest.fixture
def commands():
    made = parser("python example.py", "An example.", [("python example.py --verbose", "say more")])
    add_options(made, Example)
    made.add_argument("source", nargs="+", metavar="SOURCE")
    return made


def test_only_the_flags_that_were_given_are_returned(commands):
    assert given(commands.parse_args(["x"]), Example) == {}
    flags = ["x", "--size", "5", "6", "--verbose"]
    assert given(commands.parse_args(flags), Example) == {"size": (5, 6), "verbose": True}


def test_help_shows_what_is_needed_then_the_groups_in_order_with_defaults_then_the_examples(commands):
    text = commands.format_help()
    marks = [
        "usage: python example.py [options] SOURCE [SOURCE ...]\n",
        "\nshape:\n",
        "height and width (default 3 4)\n",
        "50 % of it (default 0.5)\n",
        "\nlabel:\n",
        "its name\n",
        "\nexamples:\n  python example.py --verbose\n      say more\n",
    ]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["x", "--shar", "1"], "unknown argument '--shar', did you mean '--share'?"),
        (["x", "--shar=1"], "unknown argument '--shar', did you mean '--share'?"),
        (["x", "--q"], "unknown argument '--q'"),
        (["x", "--size", "5"], "--size: expected 2 arguments"),
        (["x", "--size", "5", "b"], "--size: invalid int value: 'b'"),
        ([], "the following arguments are required: SOURCE"),
    ],
)
def test_wrong_usage_is_one_line_that_points_to_help(commands, capsys, flags, line):
    with pytest.raises(SystemExit) as leaving:
        commands.parse_args(flags)
    assert leaving.value.code == 2
    assert capsys.readouterr().err == f"error: {line} (see python example.py --help)\n"


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("train.py", "python train.py"),
        ("/home/a b/train.py", "python train.py"),
        ("C:\\code\\train.py", "python train.py"),
        ("/x/yolo/__main__.py", "python -m yolo train"),
        ("", "python -m yolo train"),
    ],
)
def test_a_command_is_called_in_messages_as_it_was_started(monkeypatch, script, name):
    monkeypatch.setattr("sys.argv", [script])
    assert program("train") == name
