"""`export` from a trained file to one that `predict` and `evaluate` take, and what it says on the way."""

import json
import re
import shlex

import pytest

from tests.backends import tensorflow_only
from tests.yolo.data.folders import write_text, xml
from tests.yolo.export.detectors import NAMES, noise, skip_without, spread
from tests.yolo.training.thin import painted_set, thin_networks
from yolo import machine, picture_files
from yolo.nets.model import YoloV4Tiny

pytestmark = tensorflow_only


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


TWO = r"[\d.]+ \[[\d., ]+\] +[\d.]+ \[[\d., ]+\]"  # AP50 and AP with their intervals


@pytest.fixture
def model(place, monkeypatch):
    """The file of a small detector of the classes `grün` and `rot`."""
    thin_networks(monkeypatch)
    network = spread(YoloV4Tiny(("grün", "rot"), input_size=(64, 96)))
    network.save(place / "été.keras")
    return "été.keras"


def test_an_export_lies_beside_the_model_and_says_what_was_written_and_how_to_use_it(yolo, model, place):
    skip_without("onnx")
    answer = yolo("export", "--weights", model)
    assert (answer.code, answer.err) == (0, "")
    weights, converting, model, written, compared, elsewhere, use = answer.out.splitlines()
    assert weights == "weights: été.keras"
    assert model.endswith(", all from été.keras")
    assert converting == "converting to onnx in float32, which may take a minute or two"
    assert re.fullmatch(r"written: été\.onnx, for \d+ x \d+ pixels, 0\.\d MB", written)
    assert compared.startswith("compared on 8 pictures, the largest differences are ")
    assert elsewhere.startswith("in OpenCV's dnn the largest differences are ")
    assert shlex.split(use) == ["python", "predict.py", "PICTURE", "--weights", "été.onnx"]


@pytest.mark.parametrize("name", ["saved_model", "onnx", "litert", "openvino"])
def test_predict_and_evaluate_take_what_was_written(yolo, model, place, name):
    skip_without(name)
    painted_set(place / "daten")
    said = yolo("export", "--weights", model, "--format", name, "--output", "aus/gabe").out
    written = shlex.split(said.splitlines()[-1])[-1]
    picture_files.write("bild.png", noise(1)[0])
    found = {}
    for weights in (model, written):
        answer = yolo(
            *("predict", "bild.png", "--weights", weights, "--json", "found.json", "--no-save"),
            *("--score-threshold", "0.3"),
        )
        assert answer.code == 0, answer.err
        found[weights] = json.loads((place / "found.json").read_text("utf-8").splitlines()[0])["detections"]
        answer = yolo("evaluate", "--data", "daten", "--split", "all", "--weights", weights, "--json", "scores.json")
        assert answer.code == 0, answer.err
    assert len(found[model]) > 0
    assert [row["label"] for row in found[written]] == [row["label"] for row in found[model]]
    for mine, theirs in zip(found[written], found[model], strict=True):
        assert mine["box"] == pytest.approx(theirs["box"], abs=0.02)
        assert mine["score"] == pytest.approx(theirs["score"], abs=1e-4)


def test_predict_uses_the_score_thresholds_of_each_class_that_the_export_keeps(yolo, model, place):
    skip_without("onnx")
    from yolo.weights.load_network import load_network

    picture_files.write("bild.png", noise(1)[0])

    def found(weights, *flags):
        answer = yolo("predict", "bild.png", "--weights", weights, "--json", "found.json", "--no-save", *flags)
        assert answer.code == 0, answer.err
        rows = json.loads((place / "found.json").read_text("utf-8").splitlines()[0])["detections"]
        return [(row["label"], row["score"]) for row in rows]

    every = found(model, "--score-threshold", "0")
    thresholds = [sorted(score for name, score in every if name == label)[-2] - 0.001 for label in ("grün", "rot")]
    assert abs(thresholds[0] - thresholds[1]) > 0.002
    expected = [row for row in every if row[1] >= thresholds[("grün", "rot").index(row[0])]]
    load_network(model).copy(score_thresholds=thresholds).save("neu.keras")
    assert yolo("export", "--weights", "neu.keras").code == 0
    for weights in ("neu.keras", "neu.onnx"):
        shown = found(weights)
        assert [name for name, _ in shown] == [name for name, _ in expected]
        assert [score for _, score in shown] == pytest.approx([score for _, score in expected], abs=1e-4)
        assert len(found(weights, "--score-threshold", "0")) == len(every) > len(expected)
    assert "score thresholds 0." in yolo("predict", "bild.png", "--weights", "neu.onnx", "--no-save").out


def test_with_data_it_is_scored_before_and_after(yolo, model, place):
    skip_without("openvino")
    painted_set(place / "daten")
    answer = yolo("export", "--weights", model, "--format", "openvino", "--precision", "int8", "--data", "daten")
    assert answer.code == 0, answer.err
    assert re.search(rf"on 3 pictures: +AP50 +AP\nbefore +{TWO}\nafter +{TWO}\n", answer.out)


def test_boxes_beyond_their_picture_are_told_once_though_two_models_are_scored(yolo, model, place):
    skip_without("saved_model")
    source = painted_set(place / "daten") / "Annotations" / "bild 10.xml"
    write_text(source, xml(("rot", 5, 5, 20, 20), ("rot", 61, 11, 400, 30), ("rot", 500, 5, 600, 20)))  # in 80 x 60
    answer = yolo("export", "--weights", model, "--format", "saved_model", "--data", "daten")
    assert answer.code == 0, answer.err
    assert answer.err.count("1 box reaches more than 2 pixels beyond the picture, cut to it: bild 10.png") == 1
    assert answer.err.count("outside the picture") == 1
    assert "1 box outside the picture left out: bild 10.png" in answer.err
    assert re.search(rf"on 3 pictures: +AP50 +AP\nbefore +{TWO}\nafter +{TWO}\n", answer.out)


def test_another_input_size_travels_with_the_export(yolo, model):
    skip_without("onnx")
    from yolo.inference.runtimes import load_runtime

    assert yolo("export", "--weights", model, "--input-size", "96", "64").code == 0
    assert load_runtime("été.onnx").input_size == (96, 64)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--format", "tensorrt"), "--format must be one of saved_model, onnx, litert, openvino; got 'tensorrt'"),
        (("--format", "litert", "--precision", "bfloat16"), "litert has no bfloat16: choose --precision from float32,"),
        (("--format", "litert", "--dynamic"), "--format litert has one input size: leave out --dynamic, or choose"),
        (("--format", "openvino", "--precision", "int8"), "give a folder of them with --calibrate, or --data."),
        (
            ("--output", "aus/m.ONNX"),
            "--output is a folder, in which the file is named as the model: give one in",
        ),
        (
            ("--output", "list.txt"),
            "--output is a folder, in which the file is named as the model: give one in",
        ),
        (("--calibrate", "."), "--calibrate is for --precision int8: leave it out"),
        (
            ("--precision", "int8", "--data", "daten", "--split", "all"),
            "the train list of daten holds no picture to calibrate on beside those that are scored",
        ),
        (
            ("--format", "openvino", "--precision", "int8", "--calibrate", "."),
            ". holds no pictures: give --calibrate a folder that",
        ),
        (("--precision", "int8", "--calibrate", "nowhere"), "there is no folder nowhere: give --calibrate one that"),
        (("--format", "saved_model", "--weights", "gone.keras"), "there is no weights file gone.keras"),
        (
            ("--format", "saved_model", "--weights", "model.onnx"),
            "there is no model.onnx: give a .keras, ",
        ),
        (
            ("--format", "saved_model", "--weights", "list.txt"),
            "no detector can be loaded from list.txt: give a .keras, ",
        ),
        ((), "no run in 'runs' has a best.keras"),
    ],
)
def test_a_mistake_is_one_line(yolo, place, arguments, line):
    if "--data" in arguments:
        painted_set(place / "daten")
    (place / "list.txt").write_text("a\n", encoding="utf-8")
    answer = yolo("export", *arguments)
    *said, mistake = answer.err.splitlines()
    assert (answer.code, said) == (2, [line for line in said if line.startswith("VOC XML: ")])
    assert line in mistake


def test_a_picture_that_cannot_be_read_is_named_and_not_calibrated_on(yolo, model, place):
    skip_without("openvino")
    folder = painted_set(place / "daten") / "JPEGImages"
    (folder / "kaputt.png").write_bytes(b"no picture")
    asked = ("--weights", model, "--format", "openvino", "--precision", "int8", "--calibrate")
    answer = yolo("export", *asked, str(folder))
    assert answer.code == 0, answer.err
    assert "left out: cannot decode daten/JPEGImages/kaputt.png" in answer.err.replace(str(place) + "/", "")
    (place / "fotos").mkdir()
    (folder / "kaputt.png").rename(place / "fotos" / "kaputt.png")
    answer = yolo("export", *asked, "fotos")
    assert answer.code == 2
    assert answer.err.endswith("none of the pictures to calibrate on can be read: give others with --calibrate.\n")


def test_packages_that_are_missing_are_named_before_the_model_is_loaded(yolo, model, monkeypatch):
    monkeypatch.setattr("yolo.export.formats.find_spec", lambda package: None)
    monkeypatch.setattr("yolo.weights.load_network.open_network", None)
    answer = yolo("export", "--weights", model, "--format", "litert")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.endswith("litert needs packages that are not installed: pip install ai_edge_litert\n")


@pytest.mark.parametrize(("instructions", "slow"), [((), True), (("avx512_bf16",), False), (None, False)])
def test_bfloat16_is_warned_of_where_the_processor_is_known_to_have_none(yolo, place, monkeypatch, instructions, slow):
    monkeypatch.setattr(machine, "bfloat16_instructions", lambda: instructions)
    answer = yolo("export", "--format", "openvino", "--precision", "bfloat16")
    assert ("this processor has no bfloat16 instructions" in answer.err) == slow
    assert "no run in 'runs' has a best.keras" in answer.err


def test_classes_that_the_model_does_not_know_are_named_before_anything_is_written(yolo, place, monkeypatch):
    thin_networks(monkeypatch)
    YoloV4Tiny(("blau", "gelb"), input_size=(64, 96)).save("a.keras")
    painted_set(place / "daten")
    answer = yolo("export", "--weights", "a.keras", "--format", "saved_model", "--data", "daten", "--split", "all")
    taken, mistake = answer.err.splitlines()
    assert (answer.code, taken) == (2, "VOC XML: 2 classes, 6 train, 3 val, 3 test")
    assert "the data hold objects of grün, rot, which the detector does not know; it knows blau, gelb:" in mistake
    assert not (place / "a_saved_model").exists()


def test_a_folder_that_cannot_be_written_is_one_line(yolo, model, place):
    skip_without("onnx")
    (place / "file").touch()
    answer = yolo("export", "--weights", model, "--output", "file/below")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "cannot write to file/below" in answer.err


def test_the_names_of_the_classes_travel(yolo, place, monkeypatch):
    skip_without("litert")
    from yolo.inference.runtimes import load_runtime

    thin_networks(monkeypatch)
    spread(YoloV4Tiny(NAMES, input_size=(64, 96))).save("a.keras")
    assert yolo("export", "--weights", "a.keras", "--format", "litert", "--precision", "float16").code == 0
    assert load_runtime("a-float16.tflite").class_names == NAMES
