"""The whole network: a run killed by the system in the middle of an epoch and resumed equals one left alone."""

import signal
import subprocess
import sys

import pytest

from tests.yolo.training.runs import assert_same_run, config, log_rows
from yolo.training.engine import resume, train

DIES_IN_THE_SECOND_EPOCH = """
import os, signal, sys
from yolo.config import TrainConfig
from yolo.training import callbacks, engine

def dying(callback, batch, logs=None):
    if (callback.epoch, batch) == (1, 1):
        os.kill(os.getpid(), signal.SIGKILL)

callbacks.StopWhenNotFinite.on_train_batch_end = dying
engine.train(TrainConfig.read(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_run_killed_in_the_middle_of_an_epoch_ends_with_the_same_bits(painted_root, tmp_path, repository):
    whole = train(config(painted_root, tmp_path, name="whole", epochs=2, batch_size=2, test_split="none"))
    config(painted_root, tmp_path, name="killed", epochs=2, batch_size=2, test_split="none").save(tmp_path / "c.json")
    command = [sys.executable, "-c", DIES_IN_THE_SECOND_EPOCH, tmp_path / "c.json"]
    killed = subprocess.run(command, cwd=repository, stderr=subprocess.PIPE, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert [row["epoch"] for row in log_rows(tmp_path / "killed")] == ["1"]
    assert resume(tmp_path / "killed").epochs == 2
    assert_same_run(whole.folder, tmp_path / "killed")
