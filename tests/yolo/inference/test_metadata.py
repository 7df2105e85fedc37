"""What an export says of itself survives the way into the file and back; anything else is no export."""

import json
from types import SimpleNamespace

import pytest

from yolo.errors import UserError
from yolo.inference.metadata import ModelMetadata

NETWORK = SimpleNamespace(
    class_names=("Kätzchen", 'größer "Hund"', "鳥"),
    input_size=(320, 512),
    resize_mode="stretch",
    anchors=((10.0, 14.0), (23.5, 27.0)),
    masks=((1,), (0,)),
    attention={"p4": "se", "up": "cbam(ratio=8)"},
    score_thresholds=(0.25, 0.5, 1 / 3),
    temperature=1.7,
)


def test_it_comes_back_as_it_was():
    written = ModelMetadata.of(NETWORK, "int8")
    read = ModelMetadata.from_json(written.to_json(), "model.onnx")
    assert (read.class_names, read.input_size, read.resize_mode, read.precision) == (
        NETWORK.class_names,
        (320, 512),
        "stretch",
        "int8",
    )
    assert json.loads(read.to_json()) == json.loads(written.to_json())
    assert (read.score_thresholds, read.temperature) == ((0.25, 0.5, 1 / 3), 1.7)
    assert "鳥" in written.to_json()


def test_an_export_of_an_earlier_version_has_no_thresholds():
    content = json.loads(ModelMetadata.of(NETWORK, "float32").to_json())
    del content["score_thresholds"], content["temperature"]
    read = ModelMetadata.from_json(json.dumps(content), "model.onnx")
    assert (read.score_thresholds, read.temperature) == ((), 1.0)


@pytest.mark.parametrize("text", [None, "", "[]", "null", "{}", "{", '{"class_names": ["a"]}'])
def test_what_is_no_metadata_is_no_export(text):
    with pytest.raises(UserError, match=r"model\.onnx does not say what it detects .*python -m yolo export") as error:
        ModelMetadata.from_json(text, "model.onnx")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"class_names": []},
        {"input_size": [320, 500]},
        {"input_size": [320]},
        {"input_size": [0, 320]},
        {"input_size": [320, -32]},
        {"input_size": "xx"},
        {"resize_mode": "crop"},
        {"precision": "float8"},
        {"score_thresholds": [0.5]},
        {"score_thresholds": [0.5, 0.5, 1.5]},
        {"score_thresholds": [0.5, 0.5, float("nan")]},
        {"score_thresholds": 0.5},
        {"temperature": 0},
        {"temperature": float("inf")},
        {"temperature": 10**400},
        {"temperature": 1e-3},
        {"temperature": "hot"},
    ],
)
def test_metadata_that_describes_no_detector_is_refused(change):
    text = json.dumps(json.loads(ModelMetadata.of(NETWORK, "float32").to_json()) | change)
    with pytest.raises(UserError, match="does not say what it detects"):
        ModelMetadata.from_json(text, "model.onnx")
