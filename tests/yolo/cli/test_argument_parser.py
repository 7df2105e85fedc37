"""Commands whose flags are made from the fields of a configuration dataclass."""

import dataclasses
from dataclasses import dataclass

import pytest

from tests.yolo.test_config import EVERY_CONFIG
from yolo.cli.argument_parser import read_as
from yolo.cli.command import Command
from yolo.config import ExportConfig
from yolo.errors import UserError
from yolo.settings_base import Settings, argument, option


@dataclass(frozen=True)
class Example(Settings):
    sources: tuple[str, ...] = argument("what to look at", "SOURCE")
    size: tuple[int, int] = option((3, 4), "height and width", group="shape", metavar=("H", "W"))
    share: float = option(0.5, "50 % of it", group="shape", low=0, high=1, metavar="S")
    counts: tuple[int, ...] = option((0,), "how many", group="shape")
    most: int | None = option(None, "no more than that", group="shape")
    name: str | None = option(None, "its name", group="label")
    verbose: bool = option(False, "say more")


EXAMPLE = Command(
    "example",
    Example,
    "An example.",
    [("{program} a.jpg --verbose", "say more")],
    lambda groups: groups["label"].add_argument("--again", metavar="RUN", help="as in that run"),
)


@pytest.fixture(autouse=True)
def script(monkeypatch):
    monkeypatch.setattr("sys.argv", ["example.py"])


def test_what_was_not_given_has_its_default():
    assert EXAMPLE.parse(["x"]) == Example(("x",), (3, 4), 0.5, (0,), None, None, False)


def test_words_become_what_the_annotations_say():
    flags = "x y --size 5 6 --share 1 --counts 7 8 9 --most 2 --name n --verbose"
    assert EXAMPLE.parse(flags.split()) == Example(("x", "y"), (5, 6), 1.0, (7, 8, 9), 2, "n", True)


def test_only_what_was_given_is_among_the_arguments_with_flags_that_are_no_settings():
    arguments = EXAMPLE.arguments(["x", "--size", "5", "6", "--again", "r"])
    assert vars(arguments) == {"sources": ["x"], "size": [5, 6], "again": "r"}
    assert EXAMPLE.parse(["x", "--again", "r"]) == Example(("x",))


@pytest.mark.parametrize("annotation", [int | str, tuple[int, str]])
def test_an_annotation_of_several_types_is_refused_as_words_cannot_tell_between_them(annotation):
    with pytest.raises(ValueError, match="too many values"):
        read_as(annotation)


def test_help_shows_what_is_needed_then_the_groups_in_order_with_defaults_then_the_examples():
    text = EXAMPLE.parser().format_help()
    marks = [
        "usage: python example.py [options] SOURCE [SOURCE ...]\n",
        "\n  SOURCE              what to look at\n",
        "\n  --verbose           say more\n",
        "\nshape:\n",
        "\n  --size H W          height and width (default 3 4)\n",
        "\n  --share S           50 % of it (default 0.5)\n",
        "\n  --counts N [N ...]  how many (default 0)\n",
        "\n  --most N            no more than that\n",
        "\nlabel:\n",
        "\n  --name NAME         its name\n",
        "\n  --again RUN         as in that run\n",
        "\nexamples:\n  python example.py a.jpg --verbose\n      say more\n",
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
        (["x", "--most"], "--most: expected one argument, N"),
        (["x", "--counts"], "--counts: expected at least one argument, N"),
        (["x", "--most", "1.5"], "--most: must be a whole number; got '1.5'"),
        (["x", "--share="], "--share: must be a number; got ''"),
        (["x", "--share", "9" * 400 + "x"], f"--share: must be a number; got '{'9' * 97}...{'9' * 97}x'"),
        (["x", "--size", "5", "b"], "--size: must be a whole number; got 'b'"),
        ([], "the following arguments are required: SOURCE"),
    ],
)
def test_wrong_usage_is_one_line_that_points_to_help(capsys, flags, line):
    with pytest.raises(SystemExit) as leaving:
        EXAMPLE.parse(flags)
    assert leaving.value.code == 2
    assert capsys.readouterr().err == f"error: {line} (see python example.py --help)\n"


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("train.py", "python train.py"),
        ("/home/a b/train.py", "python train.py"),
        ("C:\\code\\train.py", "python train.py"),
        ("/x/yolo/__main__.py", "python -m yolo train"),
        ("/usr/bin/yolov4-tiny", "yolov4-tiny train"),
        ("", "python -m yolo train"),
    ],
)
def test_a_command_is_called_in_messages_as_it_was_started(monkeypatch, script, name):
    monkeypatch.setattr("sys.argv", [script])
    assert dataclasses.replace(EXAMPLE, verb="train").program == name


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["x", "--name", ""], "--name must not be empty or hold a NUL; got ''."),
        (["x", "--name= "], "--name must not be empty or hold a NUL; got ' '."),
        (["x", ""], "SOURCE must not be empty or hold a NUL; got ''."),
        (["x", "--again", ""], "--again must not be empty or hold a NUL; got ''."),
    ],
)
def test_a_text_that_says_nothing_is_refused_wherever_it_stands(flags, message):
    with pytest.raises(UserError) as error:
        EXAMPLE.parse(flags)
    assert str(error.value) == message


def test_a_choice_may_have_another_name():
    assert Command("export", ExportConfig, "An example.", []).parse(["--format", "tflite"]).format == "litert"
    with pytest.raises(UserError, match=r"--format must be one of .*, openvino; got 'tflit', did you mean 'tflite'\?"):
        ExportConfig(format="tflit")


@pytest.mark.parametrize("kind", EVERY_CONFIG)
def test_every_number_of_every_command_has_a_largest_value(kind):
    for field in dataclasses.fields(kind):
        if "type" in read_as(field.type):
            assert field.metadata["high"] is not None or field.metadata["limit"] is not None, field.name
