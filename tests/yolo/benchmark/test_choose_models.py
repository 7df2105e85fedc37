"""Which models a benchmark compares."""

import pytest

from yolo.benchmark import choose_models
from yolo.errors import UserError
from yolo.export import formats
from yolo.export.formats import FORMATS


def test_a_runtime_alone_stands_for_all_its_precisions_and_each_is_taken_once():
    found = choose_models.choose("openvino:int8, keras,onnx:float32,openvino")
    assert found[:3] == [("openvino", "int8"), ("keras", "float32"), ("onnx", "float32")]
    assert set(found[3:]) == {("openvino", name) for name in FORMATS["openvino"].PRECISIONS} - {("openvino", "int8")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("onx", "there is no 'onx'"),
        ("keras:int8", "there is no 'keras:int8'"),
        ("onnx:float23", "there is no 'onnx:float23'"),
        (" , ", "names nothing"),
    ],
)
def test_what_is_not_known_is_refused(text, message):
    with pytest.raises(UserError, match=message):
        choose_models.choose(text)


def test_runtimes_that_are_not_installed_are_left_out_and_named(monkeypatch, caplog):
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "openvino" else object())
    found = {runtime for runtime, _ in choose_models.choose(None)}
    assert found == {"keras", *FORMATS} - {"openvino"}
    assert "openvino left out: not installed is openvino" in caplog.text


def test_openvino_needs_what_quantizes_for_it(monkeypatch, caplog):
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "onnxruntime" else object())
    assert {runtime for runtime, _ in choose_models.choose(None)} == {"keras", "saved_model", "litert"}
    assert "openvino left out: not installed is onnxruntime" in caplog.text
