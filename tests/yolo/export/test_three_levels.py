"""Exports of a network of three levels, with its upsampling and decoding, against the network and against NumPy."""

import numpy as np
import pytest

from tests.backends import tensorflow_only
from tests.reference import decode_numpy as twin
from tests.yolo.export.detectors import NAMES, noise
from tests.yolo.export.test_formats import assert_same, exported
from yolo import anchors
from yolo.export.formats import FORMATS
from yolo.export.opencv_dnn import OpenCVReader
from yolo.inference.detector import Detector
from yolo.inference.runtimes import load_runtime
from yolo.nets.neck import neck

MASKS = ((6, 7, 8), (3, 4, 5), (0, 1, 2))
CANDIDATES = 3 * (2 * 3 + 4 * 6 + 8 * 12)

pytestmark = tensorflow_only


@pytest.fixture
def network(thin, monkeypatch):
    """A small network with the whole neck, and attention at a place of each kind of the third level."""
    monkeypatch.setattr("yolo.nets.model.neck", neck)
    return thin(anchors=anchors.DEFAULTS[3], masks=MASKS, attention="se@p3+up3")


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_what_the_network_gives(name, network, tmp_path):
    path = exported(network, name, tmp_path).path
    runtime = load_runtime(path)
    boxes, scores = runtime(noise(2))
    assert (boxes.shape, scores.shape) == ((2, CANDIDATES, 4), (2, CANDIDATES, len(NAMES)))
    assert (len(runtime.metadata.anchors), len(runtime.metadata.masks)) == (9, 3)
    assert_same(network, path, "float32", noise(2))


def test_onnx_runtime_gives_the_boxes_that_numpy_decodes_from_the_raw_maps(network, tmp_path):
    path = exported(network, "onnx", tmp_path).path
    maps = [np.array(raw) for raw in network(noise(2).astype(np.float32) / 255, training=False)]
    expected, objectness, classes = twin.decode(maps, network.anchors, MASKS, network.scale_xy)
    boxes, scores = load_runtime(path)(noise(2))
    sides = (expected[..., 2:] - expected[..., :2]).max(axis=-1, keepdims=True)
    np.testing.assert_allclose(boxes / sides, expected / sides, rtol=0, atol=1e-4)
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-objectness[..., None])) / (1 + np.exp(-classes)), atol=1e-4)


def test_opencv_reads_the_onnx_file(network, tmp_path):
    path = exported(network, "onnx", tmp_path).path
    for mine, theirs in zip(OpenCVReader(path)(noise(1)), load_runtime(path)(noise(1)), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=0.01)


def test_in_int8_the_raw_maps_of_all_three_levels_stay_in_floating_point(network, tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")

    path = exported(network, "onnx", tmp_path, "int8").path
    nodes = onnx.load(path).graph.node
    quantized = {name for node in nodes if node.op_type == "DequantizeLinear" for name in node.output}
    heads = [node for node in nodes if node.op_type == "Conv" and "_out" in node.name]
    assert len(heads) == 3
    assert not any(node.input[1] in quantized for node in heads), "the kernels"
    assert any(node.input[1] in quantized for node in nodes if node.op_type == "Conv")


def test_a_detector_with_an_export_finds_what_one_with_the_network_finds(network, tmp_path):
    path = exported(network, "onnx", tmp_path).path
    network.save(tmp_path / "a.keras")
    picture = noise(1)[0]
    mine, theirs = (Detector.load(file, score_threshold=0.3)(picture) for file in (path, tmp_path / "a.keras"))
    assert len(mine) > 0
    np.testing.assert_allclose(mine.boxes, theirs.boxes, rtol=1e-3, atol=0.05)
    np.testing.assert_array_equal(mine.labels, theirs.labels)
