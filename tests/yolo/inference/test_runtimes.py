"""A model file becomes a runtime, or a sentence that says why not."""

import numpy as np
import pytest

from yolo.errors import UserError
from yolo.inference.runtimes import load_runtime


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


def test_one_compilation_serves_every_batch_size(model_file):
    runtime = load_runtime(model_file)
    for count in (1, 2, 5):
        runtime(np.zeros((count, 64, 96, 3), np.uint8))
    assert runtime._compute.experimental_get_tracing_count() == 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone\.keras"):
        load_runtime(tmp_path / "gone.keras")


def test_an_unknown_suffix_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(UserError, match=r"must end in \.keras"):
        load_runtime(tmp_path / "model.docx")


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
