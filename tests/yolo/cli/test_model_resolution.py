"""The model that a command is given as text is looked for once, and everything below takes what was found."""

import types
from pathlib import Path

import pytest

from tests.backends import tensorflow_only
from tests.yolo.export.detectors import skip_without, spread
from tests.yolo.training.thin import NAMES, SIZE, painted_set, thin_networks
from yolo import run_folders
from yolo.nets.model import YoloV4Tiny
from yolo.weights import load_network, published_weights, resolve_model
from yolo.weights.model_format import ModelFormat

pytestmark = tensorflow_only
PICTURE = "data/JPEGImages/bild 00.png"
BEST = "runs/été/best.keras"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder to work in, with pictures, a run, and published weights that hold the same small network."""
    monkeypatch.chdir(tmp_path)
    thin_networks(monkeypatch)
    painted_set(Path("data"))
    Path(BEST).parent.mkdir(parents=True)
    network = spread(YoloV4Tiny(NAMES, input_size=SIZE))
    network.save(BEST)
    reader = types.SimpleNamespace(load=lambda path, *settings, **more: network)
    monkeypatch.setitem(load_network.NAMELESS, ModelFormat.DARKNET, reader)
    monkeypatch.setattr(published_weights, "fetch", lambda name: Path(f"{name}.weights"))
    return tmp_path


@pytest.fixture
def looked_for(monkeypatch):
    """The names of the models that were looked for, each as often as that was done."""
    names = []

    def best_in(path):
        names.append(str(path))
        return original(path)

    original = run_folders.best_in
    for module in (run_folders, resolve_model):
        monkeypatch.setattr(module, "best_in", best_in)
    return names


COMMANDS = {
    "predict": (PICTURE, "--json", "found.json"),
    "evaluate": ("--data", "data", "--json", "result.json"),
    "attend": (PICTURE, "--method", "gradcam"),
    "export": ("--format", "saved_model", "--output", "exports"),
    "benchmark": ("--compare", "keras", "--rounds", "1", "--no-startup", "--json", "speed.json"),
    "summary": (),
}


def assert_once(looked_for, name):
    """The model is looked for under this name alone; others may be, if they are gone now: what was written aside."""
    assert looked_for.count(name) == 1
    assert not [other for other in looked_for if other != name and Path(other).exists()]


@pytest.mark.parametrize("weights", ["runs/été", "coco"])
@pytest.mark.parametrize("verb", COMMANDS)
def test_a_command_looks_once_for_the_model_that_it_is_given(yolo, looked_for, verb, weights):
    answer = yolo(verb, *COMMANDS[verb], "--weights", weights)
    assert answer.code == 0, answer.err
    assert_once(looked_for, weights)


@pytest.mark.parametrize("weights", ["runs/été", "coco"])
def test_what_is_converted_is_looked_for_once(yolo, looked_for, weights):
    answer = yolo("convert", weights, "b.keras")
    assert answer.code == 0, answer.err
    assert_once(looked_for, weights)


@pytest.mark.parametrize("verb", ["predict", "evaluate", "benchmark"])
def test_the_newest_run_is_looked_into_once(yolo, looked_for, verb):
    answer = yolo(verb, *COMMANDS[verb])
    assert answer.code == 0, answer.err
    assert_once(looked_for, BEST)


def test_an_exported_model_is_looked_for_once(yolo, looked_for):
    skip_without("onnx")
    assert yolo("export", "--output", "exports").code == 0
    looked_for.clear()
    assert yolo("predict", PICTURE, "--weights", "exports/best.onnx").code == 0
    assert looked_for == ["exports/best.onnx"]


def test_only_one_module_looks_into_the_folder_of_a_run_that_a_user_names(repository):
    users = {path.name for path in (repository / "yolo").rglob("*.py") if "best_in" in path.read_text("utf-8")}
    assert users == {"run_folders.py", "resolve_model.py"}
