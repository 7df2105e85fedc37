"""A model file becomes a runtime, or a sentence that says why not."""

import subprocess
import sys

import numpy as np
import pytest

from yolo.errors import UserError
from yolo.inference.metadata import ModelMetadata
from yolo.inference.runtimes import FrozenRuntime, KerasRuntime, load_runtime
from yolo.inference.runtimes.exported_runtime import ExportedRuntime, reading


@pytest.fixture(scope="module")
def model():
    import keras

    from yolo.nets.model import YoloV4Tiny

    keras.utils.set_random_seed(0)
    return YoloV4Tiny(("cat", "dog", "Äpfel"), input_size=(64, 96), resize_mode="stretch")


@pytest.fixture(scope="module")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "größe 1.keras"
    model.save(path)
    return path


def test_a_saved_model_gives_what_the_model_gives(model, model_file):
    runtime = load_runtime(model_file)
    assert (runtime.class_names, runtime.input_size, runtime.resize_mode) == (
        ("cat", "dog", "Äpfel"),
        (64, 96),
        "stretch",
    )
    for count in (1, 2):
        pictures = np.random.default_rng(count).integers(0, 256, (count, 64, 96, 3), np.uint8)
        boxes, scores = runtime(pictures)
        expected = model.decoder()(model(pictures.astype(np.float32) / 255, training=False))
        assert boxes.shape == (count, 3 * (2 * 3 + 4 * 6), 4)
        assert scores.shape == (count, 3 * (2 * 3 + 4 * 6), 3)
        assert boxes.dtype == scores.dtype == np.float32
        np.testing.assert_allclose(boxes, np.asarray(expected[0]), rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(scores, np.asarray(expected[1]), rtol=1e-4, atol=1e-6)


def test_one_compilation_serves_every_batch_size(model):
    runtime = KerasRuntime(model)
    for count in (1, 2, 5):
        runtime(np.zeros((count, 64, 96, 3), np.uint8))
    assert runtime._function.experimental_get_tracing_count() == 1


def test_a_frozen_network_stays_as_it_is_and_a_live_one_follows_its_weights(model):
    twin = model.copy()
    pictures = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3), np.uint8)
    live, still = KerasRuntime(twin), FrozenRuntime(twin)
    before = live(pictures)[1]
    bias = twin.get_layer("p4_out").bias
    bias.assign(bias + 1)
    assert (live(pictures)[1] > before + 1e-4).any()
    np.testing.assert_allclose(still(pictures)[1], before, rtol=0, atol=1e-6)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone\.keras"):
        load_runtime(tmp_path / "gone.keras")


def test_an_unknown_suffix_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(UserError, match=r"give a \.onnx, \.tflite, \.xml, \.keras"):
        load_runtime(tmp_path / "model.docx")


@pytest.mark.parametrize("name", ["gone.keras", "gone.weights", "gone_saved_model", "v1.2/gone.xml"])
def test_a_missing_file_is_told_before_keras_is_imported(name, tmp_path, repository):
    program = (
        "import sys; from yolo.errors import UserError; from yolo.inference.runtimes import load_runtime\n"
        "try: load_runtime(sys.argv[1])\n"
        "except UserError as error: print(error, {'keras', 'tensorflow', 'h5py'} & set(sys.modules))"
    )
    path = str(tmp_path / name)
    done = subprocess.run([sys.executable, "-c", program, path], cwd=repository, capture_output=True, text=True)
    assert path in done.stdout, done.stderr
    assert done.stdout.endswith(" set()\n")


@pytest.mark.parametrize("part", [0, 0.5, 0.999])
def test_a_damaged_file_is_named(model_file, tmp_path, part):
    content = model_file.read_bytes()
    path = tmp_path / "half.keras"
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(UserError, match=r"half\.keras is damaged"):
        load_runtime(path)


def test_flipped_bytes_are_noticed(model_file, tmp_path):
    content = bytearray(model_file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = bytes(64)
    (tmp_path / "flipped.keras").write_bytes(content)
    with pytest.raises(UserError, match=r"flipped\.keras"):
        load_runtime(tmp_path / "flipped.keras")


def test_another_keras_model_is_no_detector(tmp_path):
    import keras

    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(tmp_path / "dense.keras")
    with pytest.raises(UserError, match="Sequential, not a detector"):
        load_runtime(tmp_path / "dense.keras")


def test_class_names_are_not_asked_of_a_file_that_carries_them(model_file, tmp_path):
    (tmp_path / "names.txt").write_text("dog\n")
    with pytest.raises(UserError, match="leave out --classes"):
        load_runtime(model_file, classes=tmp_path / "names.txt")


EXPORTED = {
    ".onnx": ("onnxruntime", "onnxruntime"),
    ".tflite": ("ai_edge_litert.interpreter", "ai-edge-litert"),
    ".xml": ("openvino", "openvino"),
}


def place(folder, suffix, content=b"no model"):
    path = folder / f"größe{suffix}"
    path.write_bytes(content)
    path.with_suffix(".bin").write_bytes(b"weights")
    return path


@pytest.mark.parametrize("suffix", EXPORTED)
def test_a_missing_package_is_answered_with_the_pip_command(suffix, tmp_path, monkeypatch):
    module, package = EXPORTED[suffix]
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, module.partition(".")[0], None)
    with pytest.raises(UserError, match=f"größe{suffix} needs a package that is not installed: pip install {package}$"):
        load_runtime(place(tmp_path, suffix))


@pytest.mark.parametrize("suffix", EXPORTED)
@pytest.mark.parametrize("content", [b"", b"no model", bytes(5000)])
def test_a_damaged_export_is_named(suffix, content, tmp_path):
    pytest.importorskip(EXPORTED[suffix][0])
    words = "does not say what it detects" if suffix == ".tflite" else "is damaged or no model"
    with pytest.raises(UserError, match=f"größe{suffix} {words}") as error:
        load_runtime(place(tmp_path, suffix, content))
    assert "\n" not in str(error.value)


def test_the_reason_of_damage_is_the_last_line_that_says_something():
    with (
        pytest.raises(UserError, match=r"a\.xml is damaged or no model of its kind \(no weights\): copy"),
        reading("a.xml"),
    ):
        raise RuntimeError("Exception from src/core.cpp:84:\n  Check failed\n no weights \n\n")
    with pytest.raises(UserError, match=r"\(RuntimeError\)"), reading("a.xml"):
        raise RuntimeError


@pytest.mark.parametrize("fault", [MemoryError, AttributeError, TypeError])
def test_a_fault_of_the_program_is_not_taken_for_damage(fault):
    with pytest.raises(fault), reading("a.xml"):
        raise fault


@pytest.mark.parametrize("suffix", EXPORTED)
def test_a_missing_export_is_named_and_class_names_are_not_asked_for(suffix, tmp_path):
    with pytest.raises(UserError, match=f"there is no model file .*gone{suffix}"):
        load_runtime(tmp_path / f"gone{suffix}")
    with pytest.raises(UserError, match="leave out --classes"):
        load_runtime(place(tmp_path, suffix), classes="names.txt")


def test_a_damaged_saved_model_is_named(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(UserError, match="does not say what it detects"):
        load_runtime(tmp_path)
    metadata = ModelMetadata(("a",), (64, 96), "stretch", "float32")
    (tmp_path / "metadata.json").write_text(metadata.to_json())
    with pytest.raises(UserError, match="is damaged or no model"):
        load_runtime(tmp_path)


def test_an_openvino_model_without_its_weights_is_told_where_they_belong(tmp_path):
    pytest.importorskip("openvino")
    path = place(tmp_path, ".xml")
    path.with_suffix(".bin").unlink()
    with pytest.raises(UserError, match=r"put größe\.bin beside it"):
        load_runtime(path)


def test_a_foreign_onnx_model_is_no_detector(tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    value = onnx.helper.make_tensor_value_info
    node = onnx.helper.make_node("Abs", ["x"], ["y"])
    ends = [[value(name, onnx.TensorProto.FLOAT, [1])] for name in "xy"]
    opset = onnx.helper.make_opsetid("", 18)
    graph = onnx.helper.make_graph([node], "foreign", *ends)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8), tmp_path / "foreign.onnx")
    with pytest.raises(UserError, match=r"foreign\.onnx does not say what it detects"):
        load_runtime(tmp_path / "foreign.onnx")


class Answering(ExportedRuntime):
    """A runtime of an exported file that gives what it was made with."""

    def __init__(self, boxes, scores):
        super().__init__(ModelMetadata(("a", "b"), (64, 96), "stretch", "float32"))
        self.answer = np.zeros(boxes, np.float32), np.zeros(scores, np.float32)

    def _compute(self, pictures):
        assert pictures.shape == (1, 64, 96, 3)
        return self.answer


def test_a_file_whose_first_answer_is_no_boxes_and_scores_is_damaged():
    Answering((1, 90, 4), (1, 90, 2)).try_out("a.onnx")
    for shapes in (((1, 90, 4), (1, 90, 3)), ((1, 80, 4), (1, 90, 2)), ((1, 90, 5), (1, 90, 2)), ((), ())):
        with pytest.raises(UserError, match=r"a\.onnx is damaged .*its answers are of the shapes"):
            Answering(*shapes).try_out("a.onnx")
    endless = Answering((1, 90, 4), (1, 90, 2))
    endless.answer[0][0, 3, 1] = np.inf
    with pytest.raises(UserError, match="no finite numbers"):
        endless.try_out("a.onnx")
