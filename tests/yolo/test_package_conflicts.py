"""What is said of packages that do not go together."""

import os
import subprocess
import sys

import pytest

from yolo.package_conflicts import ALBUMENTATIONS, OPENCV, albumentations_conflict, opencv_conflict

WINDOWS, NONE = "  GUI:                           QT5\n", "  GUI:                           NONE\n"


@pytest.mark.parametrize(
    ("plain", "headless", "build", "part"),
    [
        ("4.13.0.92", "4.13.0.92", WINDOWS, None),
        ("4.13.0.92", None, WINDOWS, None),
        (None, "4.13.0.92", NONE, None),  # a server may have only that
        ("4.13.0.92", "5.0.0.93", WINDOWS, "share one folder and differ"),
        ("4.13.0.92", "4.13.0.92", NONE, "the files in its folder are those of opencv-python-headless"),
    ],
)
def test_wheels_of_opencv_that_disturb_each_other_are_told(plain, headless, build, part):
    conflict = opencv_conflict(plain, headless, build)
    assert (conflict is None) if part is None else (part in conflict)


def test_the_versions_named_in_messages_are_those_of_the_requirements(repository):
    lines = [line.partition("#")[0].strip() for line in (repository / "requirements.txt").read_text().splitlines()]
    pinned = {f"opencv-python=={OPENCV}", f"opencv-python-headless=={OPENCV}", f"albumentations=={ALBUMENTATIONS}"}
    assert pinned <= set(lines)


@pytest.mark.parametrize(
    ("found", "successor", "part"),
    [
        ("2.0.8", None, None),
        (None, None, None),
        ("2.0.9", None, "albumentations 2.0.9 is installed, where 2.0.8 is expected"),
        ("2.0.8", "2.5.0", "whose licence is AGPL"),
    ],
)
def test_another_albumentations_is_told(found, successor, part):
    conflict = albumentations_conflict(found, successor)
    assert (conflict is None) if part is None else (part in conflict)


RUN = "import sys, runpy; sys.argv = ['{0}', '--help']; runpy.run_path('{0}', run_name='__main__')"


@pytest.mark.parametrize("statement", ["import yolo", RUN.format("predict.py"), RUN.format("train.py")])
def test_what_needs_no_augmentation_does_not_import_albumentations(statement, repository):
    script = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('albumentations' in sys.modules or 'yaml' in sys.modules))\n"
        f"{statement}\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "False", done.stderr


@pytest.mark.parametrize(
    "module",
    ["import_albumentations", "visible_share", "project_transforms", "box_paste", "augmentation", "augment_file"],
)
def test_importing_albumentations_asks_no_server(module, repository):
    env = {name: value for name, value in os.environ.items() if name != "NO_ALBUMENTATIONS_UPDATE"}
    script = (
        "import socket\n"
        "def refuse(*_):\n    raise AssertionError('a connection was tried')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "import warnings\nwarnings.simplefilter('error')\n"
        f"import yolo.data.{module}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
