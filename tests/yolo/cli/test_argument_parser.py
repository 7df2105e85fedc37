"""Flags made from the fields of a configuration dataclass."""

import dataclasses
from dataclasses import dataclass

import pytest

from tests.yolo.test_config import EVERY_CONFIG
from yolo.cli.argument_parser import add_options, given, parser, program
from yolo.config import ExportConfig
from yolo.errors import UserError
from yolo.settings import Settings, option


@dataclass(frozen=True)
class Example(Settings):
    size: tuple[int, int] = option((3, 4), "height and width", group="shape", type=int, nargs=2, metavar=("H", "W"))
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
        (["x", "--size", "5"], "--size: expected 2 arguments, H W"),
        (["x", "--share"], "--share: expected one argument, S"),
        (["x", "--share="], "--share: must be a number; got ''"),
        (["x", "--share", "9" * 400 + "x"], f"--share: must be a number; got '{'9' * 97}...{'9' * 97}x'"),
        (["x", "--size", "5", "b"], "--size: must be a whole number; got 'b'"),
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


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["x", "--name", ""], "--name must not be empty or hold a NUL; got ''."),
        (["x", "--name= "], "--name must not be empty or hold a NUL; got ' '."),
        (["x", ""], "SOURCE must not be empty or hold a NUL; got ''."),
    ],
)
def test_a_text_that_says_nothing_is_refused_wherever_it_stands(commands, flags, message):
    with pytest.raises(UserError) as error:
        commands.parse_args(flags)
    assert str(error.value) == message


def test_a_choice_may_have_another_name(tmp_path):
    made = parser("python example.py", "An example.")
    add_options(made, ExportConfig)
    arguments = made.parse_args(["--format", "tflite"])
    assert ExportConfig(**given(arguments, ExportConfig)).format == "litert"
    with pytest.raises(UserError, match=r"--format must be one of .*, openvino; got 'tflit', did you mean 'tflite'\?"):
        ExportConfig(format="tflit")


@pytest.mark.parametrize("kind", EVERY_CONFIG)
def test_every_number_of_every_command_has_a_largest_value(kind):
    for field in dataclasses.fields(kind):
        if "type" in field.metadata["argparse"]:
            assert field.metadata["high"] is not None or field.metadata["limit"] is not None, field.name
