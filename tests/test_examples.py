"""Every example runs, from anywhere, and does what it says."""

import importlib.util
import re
import subprocess
import sys

import numpy as np
import pytest

from tests.backends import tensorflow_only
from tests.yolo.export.conftest import thin  # noqa: F401
from tests.yolo.export.detectors import SIZE, noise, skip_without


@pytest.fixture(scope="module")
def triple_attention(repository):
    return loaded(repository / "examples" / "triple_attention.py")


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def losses_of(example, backbone, steps, with_attention=True):
    import keras

    keras.utils.set_random_seed(0)
    model = example.build(backbone, with_attention, steps)
    steps = list(example.train(model, example.SIZES[backbone], steps, np.random.default_rng(1)))
    assert [step for step, _ in steps] == list(range(1, len(steps) + 1))
    return {name: np.array([losses[name] for _, losses in steps]) for name in steps[0][1]}


def test_drawings_are_the_same_for_the_same_seed_and_differ_within_a_batch(triple_attention):
    first, labels = triple_attention.draw_batch(20, 32, np.random.default_rng(3))
    again, _ = triple_attention.draw_batch(20, 32, np.random.default_rng(3))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (20, 32, 32, 1)
    assert first.dtype == np.float32
    assert first.min() >= 0
    assert first.max() <= 1
    assert labels.shape == (20, 10)
    assert (labels.sum(axis=1) == 1).all()
    same = first[labels[:, 0] == labels[0, 0]]
    assert np.ptp(same, axis=0).max() > 0.5


def test_both_losses_of_the_small_classifier_fall_and_sum_to_the_whole(triple_attention):
    losses = losses_of(triple_attention, "small", 80)
    assert losses.keys() == {"loss", "classes_loss", "scores_loss"}
    np.testing.assert_allclose(losses["loss"], losses["classes_loss"] + 0.5 * losses["scores_loss"], rtol=1e-5)
    for name, values in losses.items():
        assert values[-10:].mean() < 0.8 * values[:10].mean(), name


def test_without_attention_there_is_one_loss(triple_attention):
    assert losses_of(triple_attention, "small", 2, with_attention=False).keys() == {"loss"}


@pytest.mark.slow
def test_densenet_learns_a_batch_that_it_sees_three_times(triple_attention):
    model = triple_attention.build("densenet121", with_attention=True, steps=40)
    losses = []
    for _ in range(3):
        losses += [step for _, step in triple_attention.train(model, 64, 1, np.random.default_rng(1))]
    assert losses[0].keys() == {"loss", "classes_loss", "scores_loss"}
    assert losses[2]["loss"] < losses[0]["loss"]


def test_the_example_runs_from_any_folder(repository, tmp_path):
    script = repository / "examples" / "triple_attention.py"
    result = subprocess.run(
        [sys.executable, script, "--steps", "2"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert re.search(r"step +2  .*loss \d", result.stdout)
    assert re.search(r"accuracy on 500 unseen drawings: \d+\.\d%", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["--steps", "0"], "--steps must be at least 1, got 0"), (["--backbone", "vgg"], "small")],
)
def test_wrong_usage_of_the_example_is_one_line_and_exit_code_2(triple_attention, arguments, complaint, capsys):
    with pytest.raises(SystemExit) as stopped:
        triple_attention.main(arguments)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err


@tensorflow_only
@pytest.mark.parametrize("mode", ["letterbox", "stretch"])
def test_opencv_alone_finds_what_the_detector_finds(mode, repository, thin, tmp_path):  # noqa: F811
    import cv2

    from yolo import Detector
    from yolo.export.formats import export

    skip_without("onnx")
    example = loaded(repository / "examples" / "opencv_onnx.py")
    done = export(thin(class_names=("a",), resize_mode=mode), "onnx", "float32", tmp_path, "model", list(noise(2)))
    picture = noise(1, (200, 160))[0]
    network = cv2.dnn.readNetFromONNX(str(done.path))
    boxes, scores, labels = example.detect(network, picture[..., ::-1].copy(), SIZE, mode == "stretch", 0.3)
    expected = Detector.load(done.path)(picture, score_threshold=0.3)
    assert len(expected) > 3
    order = np.argsort(-scores, kind="stable")
    np.testing.assert_allclose(scores[order], expected.scores, atol=1e-5)
    np.testing.assert_allclose(boxes[order], expected.boxes, atol=0.01)
    assert labels.tolist() == expected.labels.tolist()
