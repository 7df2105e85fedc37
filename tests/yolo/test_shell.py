"""Commands are shown as they can be typed where the program runs."""

import ast
import re

import pytest

from yolo import shell
from yolo.shell import as_called, command

EXAMPLES = "python train.py --data a\npython -m yolo doctor\npython predict.py a.jpg\nsee python -m yolo VERB --help"


@pytest.fixture
def started(monkeypatch, repository):
    """Pretend to be started by a script, in a checkout or from an installed wheel."""

    def pretend(name, in_checkout=True):
        monkeypatch.setattr("sys.argv", [name])
        monkeypatch.setattr(shell, "checkout", lambda: repository if in_checkout else None)

    return pretend


@pytest.mark.parametrize("name", ["train.py", "/home/a b/predict.py", "/x/yolo/__main__.py", "-c", ""])
def test_in_a_checkout_two_verbs_have_scripts(started, name):
    started(name)
    assert [command(verb) for verb in ("train", "predict")] == ["python train.py", "python predict.py"]
    assert command("demo-data") == "python -m yolo demo-data"
    assert as_called(EXAMPLES) == EXAMPLES


@pytest.mark.parametrize("in_checkout", [True, False])  # also of `pip install --editable`
@pytest.mark.parametrize("name", ["/usr/bin/yolov4-tiny", "C:\\python\\Scripts\\yolov4-tiny", "yolov4-tiny"])
def test_through_the_console_command_every_verb_is_called_by_it(started, name, in_checkout):
    started(name, in_checkout)
    assert [command(verb) for verb in ("train", "demo-data")] == ["yolov4-tiny train", "yolov4-tiny demo-data"]
    assert as_called(EXAMPLES) == (
        "yolov4-tiny train --data a\nyolov4-tiny doctor\nyolov4-tiny predict a.jpg\nsee yolov4-tiny VERB --help"
    )


def test_an_installed_wheel_has_no_scripts(started):
    started("/site-packages/yolo/__main__.py", in_checkout=False)
    assert [command(verb) for verb in ("train", "doctor")] == ["python -m yolo train", "python -m yolo doctor"]
    assert as_called(EXAMPLES) == (
        "python -m yolo train --data a\npython -m yolo doctor\npython -m yolo predict a.jpg\n"
        "see python -m yolo VERB --help"
    )


def written_out(source):
    """The texts of a module that hold a command of a checkout; docstrings and EXAMPLES, which `as_called`, are not."""
    tree = ast.parse(source)
    left = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "EXAMPLES":
            left |= set(map(id, ast.walk(node)))
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    named = re.compile(r"\b(train|predict)\.py\b|python -m yolo")
    return [node.value for node in texts if id(node) not in left and named.search(node.value)]


def test_no_message_names_a_command_but_through_this_module(repository):
    own = {
        repository / "yolo" / "shell.py",
        repository / "yolo/cli/command.py",
        repository / "yolo/cli/__init__.py",
    }
    sources = set((repository / "yolo").rglob("*.py")) - own
    found = {path.name: texts for path in sources if (texts := written_out(path.read_text(encoding="utf-8")))}
    assert found == {}


def test_a_command_that_is_written_out_is_caught():
    assert written_out('print(f"python train.py --data {data}")') == ["python train.py --data "]
    assert written_out('"""See python train.py."""\nEXAMPLES = (("python -m yolo doctor", "check"),)') == []
