"""What a run starts from when no weights are named: published weights that are on the machine, or random ones."""

import dataclasses
import json
import logging
import socket

import numpy as np
import pytest

from tests.yolo.training.runs import config
from tests.yolo.weights.darknet_files import weights_file
from yolo.errors import UserError
from yolo.training import engine
from yolo.training.plan import TrainingPlan
from yolo.training.plan_from_settings import check_start
from yolo.training.saved_run import open_plan
from yolo.weights import darknet, published_weights

FILE = "yolov4-tiny.weights"


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory):
    """A file of as many numbers as the published one, all random."""
    path = tmp_path_factory.mktemp("published") / FILE
    weights_file(path, classes=80)
    return path


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Stand in for `model_data/` and the user's cache; nothing can be downloaded."""

    def refuse(*arguments, **settings):
        raise AssertionError("a connection was asked for")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    made = [tmp_path / "model_data", tmp_path / "cache"]
    for folder in made:
        folder.mkdir()
    monkeypatch.setattr(published_weights, "folders", lambda: made)
    return made


@pytest.fixture
def begin(painted_root, tmp_path, monkeypatch, caplog):
    """Begin a run without weights of its own: its folder, its network before the first step, and what was said."""
    seen = []
    monkeypatch.setattr(engine, "_run", lambda plan, data, augment, network, folder, *rest: seen.append(network))
    caplog.set_level(logging.INFO, "yolo")

    def call(name="one", **settings):
        engine.train(config(painted_root, tmp_path / "runs", name=name, **{"weights": "auto"} | settings))
        return tmp_path / "runs" / name, seen[-1], caplog.messages

    return call


def recorded(folder):
    """The weights in `plan.json` and in `config.json`."""
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return TrainingPlan.read(folder).weights, settings["weights"]


def test_without_a_file_the_run_is_that_of_random_weights_and_says_how_to_get_others(folders, begin):
    folder, network, said = begin()
    assert recorded(folder) == (None, "none")
    assert said[0] == (
        "weights: random, as coco is not on this machine; --weights coco fetches published ones and starts from them"
    )
    assert [list(place.iterdir()) for place in folders] == [[], []]
    _, random, _ = begin("two", weights="none")
    for mine, other in zip(network.get_weights(), random.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("place", [0, 1], ids=["model_data", "cache"])
def test_a_file_that_is_there_is_taken_and_recorded_by_its_name(folders, begin, whole_file, place):
    path = folders[place] / FILE
    path.hardlink_to(whole_file)
    folder, network, said = begin(attention="se")
    assert recorded(folder) == ("coco", "coco")
    assert said[0] == f"weights: coco, from {path}; --weights none starts from random ones"
    arrays = darknet.convolutions(path)
    np.testing.assert_array_equal(network.get_layer("c5_conv").kernel, arrays["c5_conv"][0])
    assert network.resize_mode == "stretch"
    assert network.masks == ((3, 4, 5), (0, 1, 2))
    assert network.attention == "se(identity_start=True)"
    _, named, _ = begin("two", weights="coco", attention="se")
    for mine, other in zip(network.get_weights(), named.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    path.unlink()  # a resumed run needs no initial weights any more
    assert open_plan(folder, network, None)[0].weights == "coco"


@pytest.mark.parametrize("content", [b"<html>sign in</html>", b"", None], ids=["page", "empty", "cut"])
def test_a_damaged_file_is_a_users_mistake_told_before_the_run_has_a_folder(folders, begin, whole_file, content):
    path = folders[1] / FILE
    path.write_bytes(whole_file.read_bytes()[:-4] if content is None else content)
    with pytest.raises(UserError) as error:
        begin()
    assert str(error.value) == (
        f"{path} is another file or not whole: its {path.stat().st_size} bytes are not the 6,062,814 weights of coco; "
        "take it away, and --weights coco downloads it again; --weights none starts from random weights."
    )
    assert not (path.parent.parent / "runs").exists()
    folder, *_ = begin(weights="none")
    assert recorded(folder) == (None, "none")


def test_a_file_of_the_right_length_with_damaged_numbers_is_a_users_mistake_too(folders, begin, whole_file):
    path = folders[0] / FILE
    content = whole_file.read_bytes()
    path.write_bytes(content[:-4] + np.float32(np.nan).tobytes())
    with pytest.raises(UserError, match=r"yolov4-tiny\.weights"):
        begin()
    assert not (path.parent.parent / "runs").exists()


def test_the_demo_set_is_always_learned_from_random_weights(folders, whole_file, painted_root, tmp_path, caplog):
    (folders[0] / FILE).hardlink_to(whole_file)
    caplog.set_level(logging.INFO, "yolo")
    assert check_start(dataclasses.replace(config(painted_root, tmp_path, weights="auto"), data=None)) is None
    assert caplog.messages[0].startswith("weights: random, as always for the demo set; --weights coco fetches ")


def test_a_file_or_folder_of_the_same_name_is_not_mistaken_for_the_published_weights(
    folders, whole_file, painted_root, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coco").mkdir()
    (tmp_path / "coco" / "best.keras").touch()
    asked = config(painted_root, tmp_path, weights="auto")
    assert check_start(asked) is None
    (folders[0] / FILE).hardlink_to(whole_file)
    model = check_start(asked)
    assert model is not None
    assert (model.path, len(model.class_names or ())) == (folders[0] / FILE, 80)
