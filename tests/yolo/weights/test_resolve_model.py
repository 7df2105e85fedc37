"""What a name stands for, and what is said of the names that lead to no model."""

from pathlib import Path

import pytest

from yolo.errors import UserError
from yolo.inference.runtimes import load_runtime
from yolo.weights import published_weights
from yolo.weights.load_network import load_network
from yolo.weights.model_format import ModelFormat, format_by_name
from yolo.weights.resolve_model import ModelFile, Purpose, resolve_model

FORMATS = {
    "a.onnx": ModelFormat.ONNX,
    "a.TFLITE": ModelFormat.LITERT,
    "a.xml": ModelFormat.OPENVINO,
    "a.keras": ModelFormat.KERAS,
    "last.weights.h5": ModelFormat.RUN_WEIGHTS,
    "a.weights": ModelFormat.DARKNET,
    "a.CONV.29": ModelFormat.DARKNET_BACKBONE,
    "a.h5": ModelFormat.KERAS2,
    "a.conv.x": None,
    "saved_model.pb": None,
    "keras": None,
}


@pytest.mark.parametrize(("name", "model_format"), FORMATS.items())
def test_a_format_is_told_by_the_end_of_a_name(name, model_format):
    assert format_by_name(Path("été") / name) is model_format


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("kind", [str, Path])
def test_the_folder_of_a_run_stands_for_its_best_model(purpose, kind, tmp_path):
    (tmp_path / "été").mkdir()
    (tmp_path / "été" / "best.keras").touch()
    name = str(tmp_path / "été")
    best = ModelFile(name, tmp_path / "été" / "best.keras", ModelFormat.KERAS)
    assert resolve_model(kind(name), purpose=purpose) == best
    assert (best.fetch(), best.stem) == (best.path, "best")


def test_a_run_whose_folder_is_named_like_an_export_is_a_run(tmp_path):
    (tmp_path / "v2.onnx").mkdir()
    (tmp_path / "v2.onnx" / "best.keras").touch()
    model = resolve_model(tmp_path / "v2.onnx")
    assert (model.format, model.path) == (ModelFormat.KERAS, tmp_path / "v2.onnx" / "best.keras")


@pytest.mark.parametrize("name", ["", "saved_model.pb"])
def test_a_saved_model_is_its_folder_by_whichever_name_and_no_network(tmp_path, name):
    (tmp_path / "a_saved_model").mkdir()
    (tmp_path / "a_saved_model" / "saved_model.pb").touch()
    model = resolve_model(tmp_path / "a_saved_model" / name)
    assert (model.format, model.path) == (ModelFormat.SAVED_MODEL, tmp_path / "a_saved_model")
    with pytest.raises(UserError, match="no detector can be loaded from"):
        resolve_model(tmp_path / "a_saved_model" / name, purpose=Purpose.NETWORK)


def test_an_export_is_what_detects_and_no_network(tmp_path):
    (tmp_path / "a.onnx").touch()
    assert resolve_model(tmp_path / "a.onnx").format is ModelFormat.ONNX
    with pytest.raises(UserError, match=r"no detector can be loaded from .*a\.onnx: give a \.keras, \.weights\.h5, "):
        resolve_model(tmp_path / "a.onnx", purpose=Purpose.NETWORK)


@pytest.mark.parametrize("load", [load_runtime, load_network])
def test_a_published_backbone_is_no_detector_and_is_not_downloaded_for_one(load, monkeypatch):
    monkeypatch.setattr(published_weights, "fetch", None)
    with pytest.raises(UserError, match=r"^coco-backbone is no whole detector, .* choose from coco, voc, voc-se"):
        load("coco-backbone")


def test_published_weights_are_known_without_a_download_and_fetched_when_they_are_opened(monkeypatch, tmp_path):
    monkeypatch.setattr(published_weights, "folders", lambda: [tmp_path])
    monkeypatch.setattr(published_weights, "bundled", lambda name: tmp_path / name)
    monkeypatch.setattr(published_weights, "fetch", lambda name: tmp_path / "fetched" / name)
    (tmp_path / "voc_classes.txt").write_text("Äpfel\nBirnen\n", encoding="utf-8")
    model = resolve_model("voc-se")
    path = tmp_path / "yolov4_tiny_weights_voc_SE.h5"
    assert model == ModelFile("voc-se", path, ModelFormat.KERAS2, ("Äpfel", "Birnen"), is_published=True)
    assert model.fetch() == tmp_path / "fetched" / "voc-se"
    backbone = resolve_model("coco-backbone", purpose=Purpose.TRAINING)
    assert (backbone.format, backbone.class_names) == (ModelFormat.DARKNET_BACKBONE, None)


@pytest.mark.parametrize("classes", ["names.txt", Path("names.txt"), ["Äpfel", "Birnen"], ("Äpfel", "Birnen")])
@pytest.mark.parametrize("purpose", Purpose)
def test_class_names_are_given_as_such_or_as_a_file(classes, purpose, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("names.txt").write_text("Äpfel\n\nBirnen\n", encoding="utf-8")
    Path("a.weights").touch()
    model = resolve_model("a.weights", classes, "a.cfg", "anchors.txt", purpose)
    assert model.class_names == ("Äpfel", "Birnen")
    assert (model.cfg, model.anchors_file) == ("a.cfg", "anchors.txt")


@pytest.mark.parametrize("load", [load_runtime, load_network])
@pytest.mark.parametrize("classes", ["gone.txt", Path("gone.txt"), ["Äpfel"]])
def test_a_file_that_names_its_classes_takes_no_others_in_whichever_form(load, classes, tmp_path):
    (tmp_path / "a.keras").touch()
    with pytest.raises(UserError, match=r"a\.keras carries its own class names: leave out --classes\.$"):
        load(tmp_path / "a.keras", classes)


def test_a_training_may_have_classes_of_its_own(tmp_path):
    (tmp_path / "a.keras").touch()
    assert resolve_model(tmp_path / "a.keras", ["Äpfel"], purpose=Purpose.TRAINING).class_names is None


def test_what_detects_takes_exports_too_but_no_backbone():
    with pytest.raises(
        UserError,
        match=r"there is no a\.pt: give a \.onnx, \.tflite, \.xml, \.keras, .*\.h5 file, a run's folder with best",
    ) as error:
        load_runtime("a.pt")
    assert ".conv.N" not in str(error.value)
    assert ".pb" not in str(error.value)
    assert "coco-backbone" not in str(error.value)


def test_training_starts_from_weights_only():
    with pytest.raises(
        UserError, match=r"from a\.onnx: give a \.keras, .*\.conv\.N, \.h5 file, .* or one of .*backbone"
    ):
        resolve_model("a.onnx", purpose=Purpose.TRAINING)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_misspelled_name_is_answered_with_the_nearest_one(purpose):
    with pytest.raises(UserError, match=r"cooc, did you mean 'coco'\?$"):
        resolve_model("cooc", purpose=purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_file_of_another_kind_is_answered_with_the_kinds_however_near_its_name(purpose, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coco.pt").touch()
    with pytest.raises(UserError, match=r"from coco\.pt: give a .*\.keras, .* or one of coco, "):
        resolve_model("coco.pt", purpose=purpose)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".keras", "x" * 300 + ".onnx"])
def test_a_name_that_is_too_long_for_the_system_is_none_that_is_there(purpose, name):
    with pytest.raises(UserError, match=r"there is no|no weights can be read"):
        resolve_model(name, purpose=purpose)
