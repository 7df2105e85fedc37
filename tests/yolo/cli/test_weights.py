"""`--weights` wherever it is asked: what is refused is one line and exit code 2, and the help names what there is."""

import json
import sys
import zipfile

import pytest

from tests.yolo.data.folders import write_text, xml
from tests.yolo.data.painted import painted
from yolo import picture_files
from yolo.nets.model import YoloV4Tiny

COMMANDS = (
    ("predict", "a.png"),
    ("evaluate", "--data", ".", "--split", "all"),
    ("attend", "a.png"),
    ("summary",),
    ("train", "--data", ".", "--train-split", "all", "--val-split", "none"),
)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder to work in, with a module `boom` that leaves a file named `run` when it is imported."""
    picture_files.write(tmp_path / "a.png", painted((4, 4, 20, 20), height=40, width=60).image)
    write_text(tmp_path / "a.xml", xml(("rot", 5, 5, 20, 20)))
    write_text(tmp_path / "boom.py", "import pathlib\npathlib.Path(__file__).with_name('run').touch()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("boom", None)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model file whose attention is `boom:Boom`, without the weights, which come too late to matter."""
    config = YoloV4Tiny(("rot",)).get_config() | {"attention": "boom:Boom"}
    path = tmp_path_factory.mktemp("models") / "été.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"registered_name": "yolo>YoloV4Tiny", "config": config}))
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_file_that_would_import_a_module_is_one_line_with_the_module_and_the_flag(yolo, command, model, place):
    answer = yolo(*command, "--weights", str(model))
    assert (answer.code, answer.err.count("\n")) == (2, 1), answer.err
    assert "the module 'boom' would be imported and run" in answer.err
    assert "--allow-imports" in answer.err
    assert not (place / "run").exists()
    allowed = yolo(*command, "--weights", str(model), "--allow-imports")
    assert allowed.code == 2
    assert "module 'boom' has no class 'Boom'" in allowed.err
    assert (place / "run").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", ["a.keras", "a.weights.h5", "a.weights", "a.h5", "a.conv.29"])
@pytest.mark.parametrize("content", [b"", b"just some text " * 99], ids=["empty", "text"])
def test_a_file_that_is_none_is_one_line(yolo, command, name, content, place):
    (place / name).write_bytes(content)
    write_text(place / "classes.txt", "rot")
    names = () if name.endswith((".keras", "s.h5")) or command[0] == "train" else ("--classes", "classes.txt")
    answer = yolo(*command, "--weights", name, *names)
    assert (answer.code, answer.err.count("\n")) == (2, 1), answer.err
    assert name in answer.err


@pytest.mark.parametrize("verb", [command[0] for command in COMMANDS])
def test_the_help_names_the_published_weights_and_the_flag_for_imports(yolo, verb):
    text = "".join(yolo(verb, "--help").out.split())  # lines may end after a hyphen
    assert "coco,voc,voc-se,voc-cbam,voc-eca" in text
    assert "--allow-imports" in text


def test_published_weights_bring_their_own_class_names(yolo, monkeypatch, place):
    from yolo.weights import published_weights

    with open(place / "yolov4-tiny.weights", "wb") as file:
        file.truncate(20 + 4 * published_weights.PUBLISHED["coco"].parameters)
    write_text(place / "coco_classes.txt", "a\nb")
    monkeypatch.setattr(published_weights, "folders", lambda: [place])
    monkeypatch.setattr(published_weights, "bundled", place.joinpath)
    answer = yolo("predict", "a.png", "--weights", "coco", "--classes", "coco_classes.txt")
    assert answer.err == "error: coco carries its own class names: leave out --classes.\n"


def test_a_backbone_finds_nothing_by_itself_and_it_is_said_what_it_is_for(yolo, monkeypatch, place):
    from yolo.weights import darknet

    (place / "a.conv.29").touch()
    monkeypatch.setattr(darknet, "convolutions", lambda path: {})
    answer = yolo("predict", "a.png", "--weights", "a.conv.29")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "train.py --weights a.conv.29" in answer.err
