"""Which names lead to a model, and what is said of the others."""

import pytest

from yolo.errors import UserError
from yolo.inference.runtimes import load_runtime
from yolo.weights import published_weights
from yolo.weights.locate import locate, locate_detector


@pytest.mark.parametrize("find", [locate, locate_detector])
def test_the_folder_of_a_run_stands_for_its_best_model(find, tmp_path):
    (tmp_path / "été").mkdir()
    (tmp_path / "été" / "best.keras").touch()
    assert find(tmp_path / "été") == (tmp_path / "été" / "best.keras", None)
    assert find(str(tmp_path / "été")) == (tmp_path / "été" / "best.keras", None)


def test_a_run_whose_folder_is_named_like_an_export_is_a_run(tmp_path, monkeypatch):
    monkeypatch.setattr("yolo.weights.load_network.load_network", lambda path, *settings: path)
    monkeypatch.setattr("yolo.inference.runtimes.FrozenRuntime", lambda network: network)
    (tmp_path / "v2.onnx").mkdir()
    (tmp_path / "v2.onnx" / "best.keras").touch()
    assert load_runtime(tmp_path / "v2.onnx") == tmp_path / "v2.onnx" / "best.keras"


@pytest.mark.parametrize("load", [locate_detector, load_runtime])
def test_a_published_backbone_is_no_detector_and_is_not_downloaded_for_one(load, monkeypatch):
    monkeypatch.setattr(published_weights, "fetch", None)
    with pytest.raises(UserError, match=r"^coco-backbone is no whole detector, .* choose from coco, voc, voc-se"):
        load("coco-backbone")


def test_a_published_backbone_is_what_training_can_start_from(monkeypatch, tmp_path):
    monkeypatch.setattr(published_weights, "fetch", lambda name: tmp_path / name)
    assert locate("coco-backbone") == (tmp_path / "coco-backbone", None)


def test_what_detects_takes_exports_too_but_no_backbone():
    with pytest.raises(
        UserError,
        match=r"there is no a\.pt: give a \.onnx, \.tflite, \.xml, \.keras, .*\.h5 file, a run's folder with best",
    ) as error:
        load_runtime("a.pt")
    assert ".conv.N" not in str(error.value)
    assert "coco-backbone" not in str(error.value)


def test_training_starts_from_weights_only():
    with pytest.raises(
        UserError, match=r"from a\.onnx: give a \.keras, .*\.conv\.N, \.h5 file, .* or one of .*backbone"
    ):
        locate("a.onnx")


@pytest.mark.parametrize("load", [locate, locate_detector])
def test_a_misspelled_name_is_answered_with_the_nearest_one(load):
    with pytest.raises(UserError, match=r"cooc, did you mean 'coco'\?$"):
        load("cooc")


@pytest.mark.parametrize("load", [locate, locate_detector])
def test_a_file_of_another_kind_is_answered_with_the_kinds_however_near_its_name(load, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coco.pt").touch()
    with pytest.raises(UserError, match=r"from coco\.pt: give a \.keras, .* or one of coco, "):
        load("coco.pt")
