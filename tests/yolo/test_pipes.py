"""Named pipes in the place of files: nobody waits at them."""

import os

import pytest

from yolo.errors import UserError
from yolo.inference.runtimes import load_runtime
from yolo.text_files import read_text
from yolo.training.run_state import newest
from yolo.weights import darknet_cfg

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.mark.parametrize("name", ["model.onnx", "model.tflite", "model.xml", "model.keras", "model.weights"])
def test_a_pipe_is_no_model(tmp_path, name):
    os.mkfifo(tmp_path / name)
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(UserError):
        load_runtime(tmp_path / name)


def test_a_pipe_is_no_text(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    for read in (lambda path: read_text(path, "the class list"), lambda path: darknet_cfg.read(path, 2)):
        with pytest.raises(UserError, match=r"cannot read .*a\.txt.*it is a named pipe"):
            read(tmp_path / "a.txt")
    assert read_text(os.devnull, "the class list") == ""


def test_a_pipe_is_no_checkpoint(tmp_path):
    os.mkfifo(tmp_path / "last.weights.h5")
    assert newest(tmp_path) is None
