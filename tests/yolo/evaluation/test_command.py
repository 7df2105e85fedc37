import json
import sys
import types
from pathlib import Path

import pytest

from tests.yolo.evaluation.scenes import Answers, perfect
from yolo.cli import evaluate as command
from yolo.data import data_folder
from yolo.errors import UserError
from yolo.weights.model_format import ModelFormat
from yolo.weights.resolve_model import ModelFile


@pytest.fixture
def loaded(monkeypatch, real_data, tmp_path):
    """Puts a detector that knows the answers in place of the real one; a list of the models that were opened."""
    monkeypatch.chdir(tmp_path)
    dataset = data_folder.load(real_data / "bccd", "test")
    answers = [perfect(annotation, dataset.class_names) for annotation in dataset.annotations]
    asked = []

    def open_runtime(model, allow_imports):
        asked.append(model)
        settings = {"class_names": ("a",), "input_size": (416, 416), "resize_mode": "letterbox", "score_thresholds": ()}
        return types.SimpleNamespace(**settings)

    def detector(runtime, tta):
        answering = Answers(answers)
        answering.class_names = dataset.class_names
        answering.runtime = runtime
        answering.tta = tta
        return answering

    monkeypatch.setitem(sys.modules, "yolo.inference.detector", types.SimpleNamespace(Detector=detector))
    monkeypatch.setattr("yolo.inference.runtimes.open_runtime", open_runtime)
    return asked


def test_table_headline_and_json_of_the_given_weights(loaded, real_data, tmp_path, capsys):
    target = tmp_path / "made" / "result.json"
    Path("model.keras").touch()
    command.main(["--data", str(real_data / "bccd"), "--weights", "model.keras", "--json", str(target)])
    out = capsys.readouterr().out
    assert loaded == [ModelFile("model.keras", Path("model.keras"), ModelFormat.KERAS)]
    assert "weights: model.keras" in out
    assert "AP50 1.000" in out
    assert "split test" in out
    assert "Platelets" in out
    content = json.loads(target.read_text(encoding="utf-8"))
    assert set(content) == {
        "ap50",
        "ap50_interval",
        "ap50_voc07",
        "coco",
        "ap_interval",
        "per_class",
        "images",
        "seconds",
        "tta",
        "operating_point",
        "remarks",
    }
    assert content["images"] == 72


def test_without_weights_the_newest_run_is_taken_and_named(loaded, real_data, capsys):
    Path("elsewhere/last").mkdir(parents=True)
    Path("elsewhere/last/best.keras").touch()
    command.main(["--data", str(real_data / "bccd"), "--runs", "elsewhere"])
    assert [model.path for model in loaded] == [Path("elsewhere/last/best.keras")]
    assert f"weights: {Path('elsewhere/last/best.keras')}" in capsys.readouterr().out


def test_a_class_list_reaches_the_detector(loaded, real_data):
    Path("m.h5").touch()
    Path("cells.txt").write_text("Zelle\n", encoding="utf-8")
    command.main(["--data", str(real_data / "bccd"), "--weights", "m.h5", "--classes", "cells.txt"])
    assert [model.class_names for model in loaded] == [("Zelle",)]


def test_a_folder_for_json_is_refused_before_the_work(loaded, real_data, tmp_path):
    Path("m.keras").touch()
    with pytest.raises(UserError, match="is a folder"):
        command.main(["--data", str(real_data / "bccd"), "--weights", "m.keras", "--json", str(tmp_path)])
    assert loaded == []


def test_data_must_be_given(capsys):
    with pytest.raises(SystemExit) as leaving:
        command.main([])
    assert leaving.value.code == 2
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize("tta", [False, True])
def test_the_headline_and_the_json_say_whether_the_mirrored_pictures_were_used(tta, loaded, real_data, capsys):
    Path("m.keras").touch()
    command.main(["--data", str(real_data / "bccd"), "--weights", "m.keras", "--json", "r.json", *["--tta"] * tta])
    out = capsys.readouterr().out
    assert ("split test, with --tta, in " in out) == tta
    assert ("test-time augmentation" in out) == tta
    assert json.loads(Path("r.json").read_text("utf-8"))["tta"] is tta
