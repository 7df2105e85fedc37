"""Every format in every precision answers as the network does, and says itself what it detects."""

import logging
import os
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest

import attention
from tests.backends import tensorflow_only
from tests.reference.nms import nms as reference_nms
from tests.reference.wbf import wbf
from tests.yolo.export.detectors import NAMES, SIZE, noise, skip_without
from yolo import picture_files
from yolo.data import data_folder
from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.export import compare, formats
from yolo.export.formats import FORMATS, export
from yolo.export.opencv_dnn import OpenCVReader
from yolo.inference.detector import Detector
from yolo.inference.runtimes import KerasRuntime, load_runtime
from yolo.nets.neck import neck

EVERY = [(name, precision) for name, kind in FORMATS.items() for precision in kind.PRECISIONS]
LIGHT = ("onnx", "litert", "openvino")  # detect without TensorFlow
ALLOWED = {  # shares of the longer side of a box, scores
    "float32": (1e-5, 1e-5),
    "float16": (5e-3, 2e-3),
    "bfloat16": (0.05, 0.02),
    "int8": (0.1, 0.05),
}

NOT_IN_OPENCV = {"mhsa"}  # OpenCV 4.13 crashes on it

pytestmark = tensorflow_only


def exported(network, name, folder, precision="float32", **settings):
    skip_without(name)
    settings = {"images": list(noise(2)), "calibration": list(noise(20))} | settings
    return export(network, name, precision, folder, "größe 1", **settings)


def assert_same(network, path, precision, pictures):
    """What the file answers is what the network answers."""
    boxes, scores = load_runtime(path)(pictures)
    expected_boxes, expected_scores = KerasRuntime(network)(pictures)
    box_error, score_error = ALLOWED[precision]
    assert boxes.dtype == scores.dtype == np.float32
    assert np.abs(expected_scores - expected_scores.mean()).max() > 4 * score_error
    sides = (expected_boxes[..., 2:] - expected_boxes[..., :2]).max(axis=-1, keepdims=True)
    np.testing.assert_allclose(boxes / sides, expected_boxes / sides, rtol=0, atol=box_error)
    np.testing.assert_allclose(scores, expected_scores, rtol=0, atol=score_error)


@pytest.mark.parametrize(("name", "precision"), EVERY)
def test_a_format_gives_what_the_network_gives_for_any_batch_and_says_what_it_is(name, precision, thin, tmp_path):
    shown = {"score_thresholds": (0.1, 0.25, 1 / 3), "temperature": 1.7}
    network = thin(attention="se", **shown)
    done = exported(network, name, tmp_path / "été", precision)
    assert done.path.name == "größe 1" + ("" if precision == "float32" else f"-{precision}") + FORMATS[name].ENDING
    assert sorted((tmp_path / "été").iterdir()) == sorted(done.files)
    assert (done.difference.pictures, done.difference.counted > 0) == (2, True)
    runtime = load_runtime(done.path)
    assert (runtime.class_names, runtime.input_size, runtime.resize_mode) == (NAMES, SIZE, "stretch")
    assert (runtime.metadata.precision, runtime.metadata.attention) == (precision, "se")
    assert {setting: getattr(runtime, setting) for setting in shown} == shown
    for count in (1, 3, 2):
        assert_same(network, done.path, precision, noise(count))
        first = runtime(noise(count))
        kept = [array.copy() for array in first]
        runtime(255 - noise(count))
        for array, expected in zip(first, kept, strict=True):
            np.testing.assert_array_equal(array, expected)  # not written over by what came later


@pytest.mark.parametrize("name", ["keras", *FORMATS])
def test_with_tta_the_detections_in_three_views_are_fused(name, thin, tmp_path):
    network = thin(resize_mode="letterbox")
    runtime = KerasRuntime(network) if name == "keras" else load_runtime(exported(network, name, tmp_path).path)
    image = noise(1, (64, 64))[0, :, :61]  # not resized; 17 gray columns left and 18 right of it
    views = np.full((3, 64, 96, 3), 128, np.uint8)
    views[0, :, 17:78] = image
    views[1, :, 17:78] = image[:, ::-1]
    views[2, 8:56, 12:84] = cv2.resize(views[0], (72, 48))
    boxes, scores = runtime(views)
    boxes[1] = np.array([95, 0, 95, 0]) + boxes[1][:, [2, 1, 0, 3]] * [-1, 1, -1, 1]  # 95 = 17 + 78
    boxes[2] = (boxes[2] - [12, 8, 12, 8]) * 4 / 3
    lowest = float(np.median(scores))
    views = [reference_nms(*view, 0.05 * lowest, 0.5, 300) for view in zip(boxes, scores, strict=True)]
    kept, score, labels = (part[:300] for part in wbf(views, 0.55))
    shown = score >= lowest
    kept, score, labels = kept[shown], score[shown], labels[shown]
    expected = np.clip(kept - [17, 0, 17, 0], 0, [61, 64, 61, 64])
    visible = (expected[:, 2] > expected[:, 0]) & (expected[:, 3] > expected[:, 1])
    found = Detector(runtime, lowest, tta=True)(image)
    assert visible.sum() > 3
    np.testing.assert_array_equal(found.labels, labels[visible])
    np.testing.assert_allclose(found.scores, score[visible], atol=1e-5)
    np.testing.assert_allclose(found.boxes, expected[visible], atol=1e-2)


@pytest.mark.parametrize("name", LIGHT)
@pytest.mark.parametrize("block", [name for name in attention.available() if name != "none"])
def test_every_attention_block_is_exported(name, block, thin, tmp_path):
    network = thin(attention=block)
    done = exported(network, name, tmp_path)
    assert_same(network, done.path, "float32", noise(1))
    if name != "onnx":
        assert done.elsewhere == ""
    elif block in NOT_IN_OPENCV:
        assert done.elsewhere.startswith("not for OpenCV's dnn: OpenCV 4.")
    else:
        assert done.elsewhere.startswith("in OpenCV's dnn the largest differences are ")


@pytest.mark.parametrize("attention", ["none", "gather_excite", "cbam@p4+up"])
@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_opencv_finds_the_same_in_both_maps(attention, precision, thin, tmp_path, monkeypatch):
    monkeypatch.setattr("yolo.nets.model.neck", neck)  # with its upsampling
    path = exported(thin(attention=attention), "onnx", tmp_path, precision).path
    boxes, scores = OpenCVReader(path)(noise(1))
    expected_boxes, expected_scores = load_runtime(path)(noise(1))
    assert expected_scores.std() > 0.01
    np.testing.assert_allclose(boxes, expected_boxes, rtol=0, atol=0.01)
    np.testing.assert_allclose(scores, expected_scores, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("classes", [1, 4, 80])
def test_boxes_and_scores_are_not_mixed_up_however_many_classes_there_are(name, classes, thin, tmp_path):
    network = thin(class_names=tuple(map(str, range(classes))))
    boxes, scores = load_runtime(exported(network, name, tmp_path).path)(noise(2))
    assert (boxes.shape, scores.shape) == ((2, 90, 4), (2, 90, classes))
    assert_same(network, tmp_path / f"größe 1{FORMATS[name].ENDING}", "float32", noise(2))


def test_a_model_of_any_size_is_not_bound_to_its_own(thin, tmp_path):
    network, pictures = thin(), noise(2, (160, 64))
    path = exported(network, "onnx", tmp_path, dynamic=True).path
    assert load_runtime(path).input_size == SIZE
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    boxes, scores = session.run(["boxes", "scores"], {"pictures": pictures})
    other = network.copy(input_size=(160, 64))
    expected = KerasRuntime(other)(pictures)
    np.testing.assert_allclose(boxes, expected[0], rtol=0, atol=1e-3)
    np.testing.assert_allclose(scores, expected[1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["saved_model", "openvino"])
def test_a_model_of_any_size_is_detected_with_at_its_own(name, thin, tmp_path):
    network = thin()
    assert_same(network, exported(network, name, tmp_path, dynamic=True).path, "float32", noise(2))


@pytest.mark.parametrize(
    ("name", "precision", "dynamic", "answer"),
    [
        ("saved_model", "int8", False, "saved_model has no int8: choose --precision from float32"),
        ("litert", "bfloat16", False, "litert has no bfloat16: choose --precision from float32, float16"),
        ("litert", "float32", True, "one input size: leave out --dynamic, or choose from saved_model, onnx, openvino"),
    ],
)
def test_what_a_format_cannot_is_answered_with_what_it_can(name, precision, dynamic, answer):
    with pytest.raises(UserError, match=answer):
        formats.check(name, precision, dynamic)


@pytest.mark.parametrize("name", FORMATS)
def test_a_model_that_answers_otherwise_is_not_left_and_the_former_one_stays(name, thin, tmp_path, monkeypatch):
    network = thin()
    former = exported(network, name, tmp_path)
    kept = load_runtime(former.path)(noise(1))
    detection_function = formats.detection_function

    def spoiled(network, dynamic):
        other = network.twin()
        other.set_weights([weight * 1.01 for weight in network.get_weights()])
        return detection_function(other, dynamic)

    monkeypatch.setattr(formats, "detection_function", spoiled)
    with pytest.raises(UserError, match=r"größe 1.* was not written, because it differs .* 0\.001 pixels and 0\.0001"):
        exported(network, name, tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(former.files)
    np.testing.assert_array_equal(load_runtime(former.path)(noise(1))[1], kept[1])
    monkeypatch.undo()


@pytest.mark.parametrize("name", FORMATS)
def test_one_changed_byte_is_noticed_before_it_is_read(name, thin, tmp_path):
    done = exported(thin(), name, tmp_path)
    for main in (done.path / "saved_model.pb" if done.path.is_dir() else done.path, *done.files[:-1]):
        content = bytearray(main.read_bytes())
        content[len(content) // 3] ^= 4
        main.write_bytes(content)
        with pytest.raises(UserError, match=r"damaged, or was changed since it was exported"):
            load_runtime(done.path)
        content[len(content) // 3] ^= 4
        main.write_bytes(content)
    load_runtime(done.path)


def test_a_missing_package_is_told_before_an_earlier_export_is_doubted(thin, tmp_path, monkeypatch):
    (tmp_path / "größe 1.onnx").write_bytes(b"earlier")
    monkeypatch.setattr(formats, "find_spec", lambda package: None)
    with pytest.raises(UserError, match=r"--format onnx needs packages that are not installed"):
        export(thin(), "onnx", "float32", tmp_path, "größe 1", list(noise(2)))


@pytest.mark.parametrize("name", FORMATS)
def test_a_second_export_replaces_the_first(name, thin, tmp_path):
    exported(thin(), name, tmp_path)
    done = exported(thin(class_names=("other",)), name, tmp_path)
    assert load_runtime(done.path).class_names == ("other",)


@pytest.mark.parametrize(
    "files", [(), ("thesis.txt",), ("saved_model.pb", "metadata.json"), ("saved_model.pb", "assets/thesis.txt")]
)
def test_a_folder_that_is_no_earlier_export_is_left_alone_and_named_before_the_work(files, thin, tmp_path, monkeypatch):
    folder = tmp_path / "größe 1_saved_model"
    folder.mkdir()
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text('{"name": "of another project"}', encoding="utf-8")
    monkeypatch.setattr(formats, "detection_function", None)
    with pytest.raises(
        UserError, match=r"größe 1_saved_model is there already and no earlier export that can be used: move it away"
    ):
        exported(thin(), "saved_model", tmp_path)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == sorted(files)


def test_a_file_put_into_an_earlier_export_while_the_next_is_written_is_left_alone(thin, tmp_path, monkeypatch):
    done = exported(thin(), "saved_model", tmp_path)
    monkeypatch.setattr(formats, "compare", lambda *models: (done.path / "assets" / "thesis.txt").touch() or found)
    found = done.difference
    with pytest.raises(UserError, match=r"thesis\.txt, which no export does"):
        exported(thin(), "saved_model", tmp_path)
    assert (done.path / "assets" / "thesis.txt").exists()
    assert (done.path / "saved_model.pb").exists()


@pytest.mark.parametrize(("name", "ending"), [("onnx", ".onnx"), ("litert", ".tflite"), ("openvino", ".bin")])
def test_a_file_that_is_no_earlier_export_is_left_alone_and_named_before_the_work(
    name, ending, thin, tmp_path, monkeypatch
):
    monkeypatch.setattr(formats, "detection_function", None)
    file = tmp_path / f"größe 1{ending}"
    file.write_bytes(b"of another project")
    with pytest.raises(
        UserError, match=rf"größe 1\{ending} is there already and no earlier export that can be used: move it away"
    ):
        exported(thin(), name, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == b"of another project"


def test_a_folder_where_the_second_file_belongs_is_left_alone(thin, tmp_path):
    skip_without("openvino")
    (tmp_path / "größe 1.bin").mkdir()
    with pytest.raises(UserError, match=r"größe 1\.bin is there already and no earlier export"):
        exported(thin(), "openvino", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["größe 1.bin"]


def test_a_fault_while_exporting_is_not_taken_for_a_folder_that_cannot_be_written(thin, tmp_path, monkeypatch):
    def fault(*arguments):
        raise OSError("no such file")

    monkeypatch.setattr(FORMATS["saved_model"], "write", fault)
    with pytest.raises(OSError, match="no such file"):
        exported(thin(), "saved_model", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_network_in_mixed_bfloat16_is_exported_in_float32(thin, tmp_path):
    network = thin(dtype="mixed_bfloat16")
    path = exported(network, "saved_model", tmp_path).path
    assert_same(network.copy(dtype="float32"), path, "float32", noise(2))


def test_after_converting_messages_of_others_are_shown_as_before():
    from yolo.export.converter_warnings import without_warnings

    logging.disable(logging.INFO)
    try:
        with without_warnings():
            assert logging.root.manager.disable == logging.WARNING
        assert logging.root.manager.disable == logging.INFO
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", ["onnx", "openvino"])
def test_in_int8_convolutions_are_quantized_and_attention_is_not(name, thin, tmp_path):
    skip_without(name)
    import onnx

    from yolo.export.int8_quantization import CONVOLUTIONS, EVERYTHING, quantize
    from yolo.export.onnx import convert

    network = thin(attention="cbam")
    operations = CONVOLUTIONS if name == "openvino" else EVERYTHING
    model = quantize(convert(formats.detection_function(network)), noise(4), operations)
    stored = {array.name: onnx.numpy_helper.to_array(array) for array in model.graph.initializer}
    made = {output: node for node in model.graph.node for output in node.output}
    rounded, left = [], []
    for node in model.graph.node:
        if node.op_type == "Conv":
            kernel = made.get(node.input[1])
            (rounded if kernel is not None and kernel.op_type == "DequantizeLinear" else left).append(node)
            if kernel is not None:
                assert stored[kernel.input[0]].dtype == np.int8
                assert stored[kernel.input[1]].shape == (len(stored[kernel.input[0]]),)  # a scale for each channel
    heads = 2 if name == "onnx" else 0
    assert (len(rounded), len(left)) == (6 - heads, 1 + heads)  # the one is CBAM's 7 x 7 of spatial attention
    assert not any("decode" in node.name for node in model.graph.node if node.op_type == "QuantizeLinear")


@pytest.mark.parametrize("name", LIGHT)
def test_detecting_loads_neither_tensorflow_nor_keras(name, thin, tmp_path, repository):
    path = exported(thin(), name, tmp_path).path
    picture_files.write(tmp_path / "a.png", noise(1)[0])
    program = (
        "import sys; from yolo import Detector, picture_files;"
        "found = Detector.load(sys.argv[1])(picture_files.read(sys.argv[2]));"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'albumentations', 'pycocotools'};"
        "print(len(found.class_names), *heavy & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, path, tmp_path / "a.png"],
        env=os.environ | {"PYTHONPATH": str(repository)},
        capture_output=True,
        encoding="utf-8",
    )
    assert answer.stdout == "3\n", answer.stderr


def test_differences_are_counted_among_boxes_that_matter():
    boxes, scores = np.full((1, 3, 4), 60, np.float32), np.array([[[0.5, 0], [0, 0.06], [0.04, 0.04]]], np.float32)
    boxes[0, 0, 2] = 200  # far out of the picture, whose width is 96
    moved = boxes + np.array([[[0.25, 0, 100, 0], [-0.5, 0, 0, 0], [9, 9, 9, 9]]], np.float32)
    found = compare.compare(
        lambda picture: (boxes, scores), lambda picture: (moved, scores + np.float32([0, 0.125])), [noise(1)[0]]
    )
    assert found == compare.RuntimeDifference(
        boxes=0.5, scores=0.125, mean_boxes=0.09375, share=pytest.approx(0.25 / 0.56), counted=2, pictures=1
    )
    with pytest.raises(UserError, match=r"model\.onnx was not written"):
        found.check("float32", "model.onnx")
    found.check("int8", "model.onnx")
    with pytest.raises(UserError, match="was not written"):
        replace(found, scores=float("nan")).check("int8", "model.onnx")


@pytest.mark.parametrize("precision", compare.ALLOWED)
@pytest.mark.parametrize("highest", [0.9, 0.04])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda boxes, scores: (boxes, 0 * scores),
        lambda boxes, scores: (boxes, scores[..., ::-1]),
        lambda boxes, scores: (boxes + np.float32(16), scores),
        lambda boxes, scores: (0 * boxes, scores),
    ],
    ids=["scores zeroed", "classes mixed up", "boxes shifted", "boxes zeroed"],
)
def test_what_is_wrong_in_every_picture_is_refused_in_every_precision(spoil, highest, precision):
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 60, (1, 50, 2, 2)).astype(np.float32).cumsum(axis=2).reshape(1, 50, 4)
    scores = highest * rng.uniform(0, 1, (1, 50, 3)).astype(np.float32) ** 4
    pictures = list(noise(2, (128, 160)))

    def reference(picture):
        return corners, scores

    same = compare.compare(reference, reference, pictures)
    assert same.counted >= 20
    same.check(precision, "model.onnx")
    spoiled = compare.compare(reference, lambda picture: spoil(corners, scores), pictures)
    with pytest.raises(UserError, match=rf"was not written.*; {compare.REMEDY[precision]}\.$"):
        spoiled.check(precision, "model.onnx")


@pytest.mark.slow
def test_int8_of_real_weights_costs_less_than_a_point_of_ap50(real_data, tmp_path):
    from tests.yolo.weights.darknet_files import voc_file
    from yolo.class_lists import read_names
    from yolo.weights.load_network import load_network

    skip_without("openvino")
    weights = voc_file(real_data)
    network = load_network(weights, read_names(weights.with_name("voc_classes.txt")))
    others = sorted((real_data / "fruit300").rglob("*.jpg"))[::10] + sorted((real_data / "images").glob("*.jpg"))
    calibration = [Detector(KerasRuntime(network)).prepare([picture_files.read(path)])[0][0] for path in others]
    done = export(network, "openvino", "int8", tmp_path, "voc", calibration[:2], calibration)
    scored = data_folder.load(real_data / "voc2012_100", "all")
    before, after = (
        evaluate(detector, scored.annotations, scored.class_names).ap50
        for detector in (Detector(KerasRuntime(network)), Detector.load(done.path))
    )
    assert before > 0.75
    assert after > before - 0.01
