"""What every test shares: a quiet TensorFlow, and the real pictures where they are at hand."""

import os
import signal
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read once, when TensorFlow is first imported

import pytest

from tests import shapes

shapes.install()  # before anything of this project is imported

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as background jobs do, and what they start
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository():
    """The folder that holds `yolo` and `attention`, from which commands are run."""
    return ROOT


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data sets: `$YOLO_TEST_DATA`, or `shared/data` beside the repository."""
    folder = Path(os.environ.get("YOLO_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not a folder; set YOLO_TEST_DATA to one")
    return folder
