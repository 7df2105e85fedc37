"""What is set for the whole process, and so for the program that uses this one, is as before when the work is done."""

import gc
import json
import locale
import logging
import os
import socket
import subprocess
import sys
import warnings

import keras
import matplotlib
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tqdm import tqdm

import attention
from tests.backends import tensorflow_only
from tests.yolo.data.folders import write_text
from tests.yolo.evaluation.scenes import Answers, perfect
from tests.yolo.export.detectors import NAMES, SIZE, noise
from tests.yolo.training import runs
from tests.yolo.training.thin import painted_set, thin_networks
from yolo import picture_files, progress
from yolo.data import augment_choice, data_folder
from yolo.data.training_batches import TrainingData
from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.evaluation.plots import precision_recall
from yolo.explain.explainer import Explainer
from yolo.export import formats
from yolo.inference.detector import Detector
from yolo.inference.runtimes import FrozenRuntime
from yolo.inference.sources import Frame
from yolo.nets.cost import cost
from yolo.nets.model import YoloV4Tiny
from yolo.opencv import cv2, opencv_threads
from yolo.temporary_environment import environment_variables
from yolo.training import engine
from yolo.training.first_step import quick_start
from yolo.weights import published_weights

pytestmark = tensorflow_only
not_on_macos = pytest.mark.skipif(sys.platform == "darwin", reason="the system gives OpenCV its threads there")


def settings():
    """What is set for all code of the process."""
    return {
        "threads of OpenCV": cv2.getNumThreads(),
        "dtype policy of Keras": keras.config.dtype_policy().name,
        "floatx of Keras": keras.config.floatx(),
        "epsilon of Keras": keras.config.epsilon(),
        "image data format of Keras": keras.config.image_data_format(),
        "optimizer of graphs": tf.config.optimizer.get_experimental_options(),
        "XLA": tf.config.optimizer.get_jit(),
        "functions of TensorFlow run eagerly": tf.config.functions_run_eagerly(),
        "timeout of sockets": socket.getdefaulttimeout(),
        "filters of warnings": list(warnings.filters),
        "environment variables": dict(os.environ),
        "level of logging below which nothing is shown": logging.root.manager.disable,
        "levels of loggers": {name: logging.getLogger(name).level for name in ("", "yolo", "tensorflow")},
        "handlers of loggers": {name: list(logging.getLogger(name).handlers) for name in ("", "yolo")},
        "locale": locale.setlocale(locale.LC_ALL),
        "style of Matplotlib": {name: dict.get(matplotlib.rcParams, name) for name in matplotlib.rcParams},
        "errors of NumPy": np.geterr(),
        "print options of NumPy": np.get_printoptions(),
        "lock of tqdm": tqdm.get_lock(),
        "garbage collector": gc.isenabled(),
        "largest picture of Pillow": Image.MAX_IMAGE_PIXELS,
        "working folder": os.getcwd(),
        "output": (sys.stdout, sys.stderr),
        "import path": list(sys.path),
    }


@pytest.fixture(autouse=True)
def unusual(monkeypatch):
    """Settings that no program would choose, so that one which is set back to the usual is seen too; undone later."""
    policy, epsilon = keras.config.dtype_policy(), keras.config.epsilon()
    timeout = socket.getdefaulttimeout()
    keras.config.set_dtype_policy("mixed_float16")
    keras.config.set_epsilon(1e-5)
    socket.setdefaulttimeout(12.5)
    monkeypatch.setenv("NO_ALBUMENTATIONS_UPDATE", "perhaps")
    logging.getLogger("yolo").setLevel(logging.ERROR)
    with (
        opencv_threads(3),
        warnings.catch_warnings(),
        matplotlib.rc_context({"lines.linewidth": 7.5}),
        np.errstate(under="warn"),
    ):
        warnings.filterwarnings("ignore", "words that nobody says")
        yield
    logging.getLogger("yolo").setLevel(logging.NOTSET)
    socket.setdefaulttimeout(timeout)
    keras.config.set_epsilon(epsilon)
    keras.config.set_dtype_policy(policy)


@pytest.fixture
def small(monkeypatch):
    """A function that makes a detector of four convolutions."""
    thin_networks(monkeypatch)
    return lambda: YoloV4Tiny(NAMES, attention="se", input_size=SIZE)


def train(small, folder):
    root = painted_set(folder / "daten")
    engine.train(runs.config(root, folder / "runs", epochs=1, tensorboard=False))


def score(small, folder):
    dataset = data_folder.load(painted_set(folder / "daten"), "all")
    answers = [perfect(known, dataset.class_names) for known in dataset.annotations]
    report = evaluate(Answers(answers), dataset.annotations, dataset.class_names, progress=progress.bar)
    precision_recall(report, folder / "curve.png")


def detect(small, folder):
    picture_files.write(folder / "a.png", noise(1)[0])
    Detector(FrozenRuntime(small()))(folder / "a.png")


def explain(small, folder):
    explained = Explainer(small(), "gradcam", score_threshold=0.0)(Frame(noise(1)[0], "a.png"))
    assert len(explained.explained) == 1
    assert explained.activation.shape == SIZE
    assert explained.gates


def export(small, folder):
    name = "saved_model" if formats.missing("onnx") else "onnx"
    formats.export(small(), name, "float32", folder, "größe", list(noise(2)))


def insert(small, folder):
    attention.insert(keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, name="here")]), "eca", "here")


def count(small, folder):
    assert cost(small()).gflops > 0


def read_transforms(small, folder):
    write_text(folder / "a.yaml", "transform: {__class_fullname__: GaussNoise, p: 0.5}")
    augment_choice.choose(str(folder / "a.yaml"))


def changed(before):
    """What is set otherwise than before: {name: (before, now)}."""
    now = settings()
    return {name: (before[name], now[name]) for name in before if before[name] != now[name]}


@pytest.mark.parametrize("work", [score, detect, explain, export, insert, count, read_transforms])
def test_what_was_set_is_set_again_when_the_work_is_done(work, small, tmp_path):
    before = settings()
    work(small, tmp_path)
    assert changed(before) == {}


@not_on_macos
def test_a_training_prepares_each_batch_by_one_thread_of_opencv_and_leaves_all_as_it_was(small, tmp_path, monkeypatch):
    seen, sample = [], TrainingData.sample
    monkeypatch.setattr(TrainingData, "sample", lambda *given: seen.append(cv2.getNumThreads()) or sample(*given))
    before = settings()
    train(small, tmp_path)
    assert set(seen[-8:]) == {1}, "two batches of four; the preview was drawn before"
    assert changed(before) == {}


@not_on_macos
def test_a_training_that_fails_leaves_the_settings_too(small, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError(f"with {cv2.getNumThreads()} threads")

    monkeypatch.setattr(engine, "train_phase", fail)
    before = settings()
    with pytest.raises(RuntimeError, match="with 1 threads"):
        train(small, tmp_path)
    assert changed(before) == {}


@not_on_macos
def test_the_number_of_threads_comes_back_after_an_error_and_from_within_another():
    with opencv_threads(2):
        with pytest.raises(KeyError), opencv_threads(1):
            raise KeyError(cv2.getNumThreads())
        assert cv2.getNumThreads() == 2
    assert cv2.getNumThreads() == 3


@pytest.mark.parametrize("former", [True, False])
def test_graphs_are_optimized_as_before_after_a_quick_start(former):
    usual = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": former})
    try:
        before = tf.config.optimizer.get_experimental_options()
        with quick_start():
            assert tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"] is True
        assert tf.config.optimizer.get_experimental_options() == before
    finally:
        tf.config.optimizer.set_experimental_options(usual)


@pytest.mark.parametrize("fault", [None, OSError("no network"), KeyboardInterrupt()])
def test_a_download_leaves_the_timeout_of_sockets(tmp_path, monkeypatch, fault):
    during = []

    def get_file(name, url, cache_dir, cache_subdir):
        during.append(socket.getdefaulttimeout())
        if fault:
            raise fault
        path = tmp_path / name
        path.write_bytes(bytes(20 + 4))
        return str(path)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setattr(published_weights, "folders", lambda: [tmp_path / "made"])
    (tmp_path / "made").mkdir()
    one = published_weights.PublishedWeights("https://example.org/a.weights", 1)
    monkeypatch.setattr(published_weights, "PUBLISHED", {"one": one})
    if fault:
        with pytest.raises((UserError, KeyboardInterrupt)):
            published_weights.fetch("one")
    else:
        assert published_weights.fetch("one").read_bytes() == bytes(24)
    assert during == [published_weights.TIMEOUT]
    assert socket.getdefaulttimeout() == 12.5


def test_bars_have_a_lock_of_their_own():
    theirs = tqdm.get_lock()
    with progress.bar(range(3)) as bar:
        assert bar.get_lock() is progress.LOCK
    assert tqdm.get_lock() is theirs


def test_environment_variables_are_as_before_after_the_block(monkeypatch):
    monkeypatch.setenv("ONE", "1")
    monkeypatch.delenv("TWO", raising=False)
    with pytest.raises(KeyError, match="eins zwei"), environment_variables(ONE="eins", TWO="zwei"):
        raise KeyError(f"{os.environ['ONE']} {os.environ['TWO']}")
    assert os.environ["ONE"] == "1"
    assert "TWO" not in os.environ


IMPORTS = """
import json, os
import keras, tensorflow  # these set some of their own
before = dict(os.environ)
import yolo.training.engine, yolo.explain.explainer, yolo.export.formats, yolo.evaluation.plots
print(json.dumps({name: value for name, value in os.environ.items() if before.get(name) != value}))
"""


def test_an_import_sets_one_environment_variable_which_opencv_reads_whenever_a_video_is_opened(repository):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENCV", "NO_ALBU"))}
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=repository, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"OPENCV_FFMPEG_LOGLEVEL": "-8"}
