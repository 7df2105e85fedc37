import json
import sys
import types
from pathlib import Path

import pytest

from tests.yolo.evaluation.scenes import Answers, perfect
from yolo.cli import evaluate as command
from yolo.data import data_folder
from yolo.errors import UserError


@pytest.fixture
def loaded(monkeypatch, real_data):
    """Puts a detector that knows the answers in place of the real one; a list of what `load` was asked for."""
    dataset = data_folder.load(real_data / "bccd", "test")
    answers = [perfect(annotation, dataset.class_names) for annotation in dataset.annotations]
    asked = []

    def load(path, classes=None, *_):
        asked.append((path, classes))
        answering = Answers(answers)
        answering.class_names = dataset.class_names
        answering.runtime = types.SimpleNamespace(class_names=("a",), input_size=(416, 416), resize_mode="letterbox")
        return answering

    module = types.SimpleNamespace(Detector=types.SimpleNamespace(load=load))
    monkeypatch.setitem(sys.modules, "yolo.inference.detector", module)
    monkeypatch.setattr("yolo.run_folders.newest_best", lambda runs: Path(runs) / "last" / "best.keras")
    return asked


def test_table_headline_and_json_of_the_given_weights(loaded, real_data, tmp_path, capsys):
    target = tmp_path / "made" / "result.json"
    command.main(["--data", str(real_data / "bccd"), "--weights", "model.keras", "--json", str(target)])
    out = capsys.readouterr().out
    assert loaded == [("model.keras", None)]
    assert "weights: model.keras" in out
    assert "AP50 1.000" in out
    assert "split test" in out
    assert "Platelets" in out
    content = json.loads(target.read_text(encoding="utf-8"))
    assert set(content) == {
        "ap50",
        "ap50_voc07",
        "coco",
        "per_class",
        "images",
        "seconds",
        "operating_point",
        "remarks",
    }
    assert content["images"] == 72


def test_without_weights_the_newest_run_is_taken_and_named(loaded, real_data, capsys):
    command.main(["--data", str(real_data / "bccd"), "--runs", "elsewhere"])
    assert loaded == [(Path("elsewhere/last/best.keras"), None)]
    assert f"weights: {Path('elsewhere/last/best.keras')}" in capsys.readouterr().out


def test_a_class_list_reaches_the_detector(loaded, real_data):
    command.main(["--data", str(real_data / "bccd"), "--weights", "m.h5", "--classes", "cells.txt"])
    assert loaded == [("m.h5", "cells.txt")]


def test_a_folder_for_json_is_refused_before_the_work(loaded, real_data, tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        command.main(["--data", str(real_data / "bccd"), "--weights", "m.keras", "--json", str(tmp_path)])
    assert loaded == []


def test_data_must_be_given(capsys):
    with pytest.raises(SystemExit) as leaving:
        command.main([])
    assert leaving.value.code == 2
    assert "--data" in capsys.readouterr().err
