"""The whole comparison, with a checkout and an environment whose detectors are made up."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import rows
from benchmarks.ap_per_minute import __main__, training_process
from benchmarks.ap_per_minute.compared_data import ROOT
from benchmarks.ap_per_minute.rival_environment import VERSION
from tests.yolo.data.folders import voc_root, write_text, xml

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2, reason="it takes two cores and Linux"
)

# finds the dog of every picture, and a cat that is not there
OURS = {
    "train.py": "",
    "yolo/__init__.py": "",
    "yolo/cli/__init__.py": "def set_up(): pass",
    "yolo/cli/train.py": "import time\ndef main(flags):\n    time.sleep(0.3)\n    if '7' in flags: raise SystemExit(3)",
    "yolo/inference/__init__.py": "",
    "yolo/inference/detector.py": """
import numpy, types
class Detector:
    load = classmethod(lambda cls, path: cls())
    def __call__(self, picture, **settings):
        boxes, scores = numpy.array([[2, 2, 20, 20], [0, 0, 9, 9]]), numpy.array([0.75, 0.5])
        return types.SimpleNamespace(names=["dog", "cat"], scores=scores, boxes=boxes)
""",
    "yolo/training/__init__.py": "",
    "yolo/training/engine.py": "",
}
ULTRALYTICS = {
    "ultralytics/__init__.py": """
import numpy, types
class YOLO:
    def __init__(self, model): assert model == "yolo11n.yaml"
    def train(self, *, data, epochs, imgsz, project, name, **settings): assert epochs == 2
    def predict(self, picture, *, imgsz, conf, max_det, device, verbose):
        array = numpy.array
        boxes = types.SimpleNamespace(cls=array([1.0]), conf=array([0.5]), xyxy=array([[2.0, 2, 20, 20]]))
        return [types.SimpleNamespace(names={0: "cat", 1: "dog"}, boxes=boxes)]
""",
    f"ultralytics-{VERSION}.dist-info/METADATA": f"Name: ultralytics\nVersion: {VERSION}\n",
    "torch-2.0.dist-info/METADATA": "Name: torch\nVersion: 2.0\n",
}


@pytest.fixture
def compare(tmp_path):
    """Runs the command on a small data set: `compare("--seeds", "0")`; returns its exit status."""
    pictures = {f"{i}": xml(("dog", 3, 3, 20, 20)) for i in range(4)} | {"4": xml(("cat", 3, 3, 20, 20))}
    lists = {"train": "0\n4\n", "val": "1\n", "trainval": "0\n1\n4\n", "test": "2\n3\n"}
    voc_root(tmp_path / "shared" / "bccd", pictures, lists)
    for name, text in OURS.items():
        write_text(tmp_path / "checkout" / name, text)

    def run(*flags):
        folders = ["--shared", str(tmp_path / "shared"), "--work", str(tmp_path / "work"), "--output", str(tmp_path)]
        ours = ["--data", "bccd", "--ours", f"ours={tmp_path / 'checkout'}", "--rivals"]
        before = os.sched_getaffinity(0)
        try:
            with pytest.raises(SystemExit) as left:
                __main__.main([*folders, *ours, "--seeds", "0", "--budgets", "0.011", *flags])
        finally:
            os.sched_setaffinity(0, before)
        return left.value.code

    return run


def test_the_trainings_are_done_once_scored_and_shown(compare, tmp_path, capfd):
    # 0.1 s to begin and 0.1 s an epoch: 5 in 0.66 s
    for trial, seconds in (([1, False], 0.2), ([3, False], 0.4), ([3, True], 0.4)):
        key = {"data": "bccd", "detector": "ours", "machine": __main__.machine_name(), "trial": trial}
        rows.add(tmp_path / "rows.jsonl", key | {"seconds": seconds})
    assert compare() == 0
    (row,) = rows.read(tmp_path / "rows.jsonl")[3:]
    assert (row["epochs"], row["AP"], row["AP50"], row["trained"], row["scored"]) == (5, 1.0, 1.0, 3, 2)
    assert row["seconds"] < row["command_seconds"]
    assert "| bccd | ours | random | 0.011 | 1 | 5 | 1.000 |" in (tmp_path / "ap_per_minute.md").read_text("utf-8")
    assert (tmp_path / "ap_per_minute.png").read_bytes().startswith(b"\x89PNG")
    assert not list((tmp_path / "work").glob("training-*"))
    assert compare("--seeds", "0", "1", "--minutes-in-all", "0") == 0
    assert "1 training left: the same command continues with them" in capfd.readouterr().out
    assert compare("--seeds", "0", "1") == 0
    assert [each.get("seed") for each in rows.read(tmp_path / "rows.jsonl")[3:]] == [0, 1]


def test_a_training_that_fails_is_named_with_its_log_and_tried_again(compare, tmp_path, capfd):
    assert compare("--seeds", "7") == 1
    done = [row["trial"] for row in rows.read(tmp_path / "rows.jsonl")]
    assert sorted(done) == [[1, False], [3, False], [3, True]]  # two at a time, so in any order
    assert "bccd, ours, random weights, 0.011 minutes, seed 7: failed with status 3, see " in capfd.readouterr().out
    assert len(list((tmp_path / "work").glob("training-*/log.txt"))) == 1


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--ours", "here"], "--ours wants NAME=PATH"),
        (["--ours", f"a={ROOT}", f"a={ROOT}"], "two detectors have the same name"),
        (["--rivals", "a=b"], "--rivals wants NAME=ARCHITECTURE.yaml"),
        (["--weights", "missing.weights"], "there is no weights file"),
    ],
)
def test_a_wrong_flag_is_told_before_anything_is_written(compare, tmp_path, capsys, flags, message):
    assert compare(*flags) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


def test_ultralytics_is_given_its_settings_and_its_boxes_are_kept_with_their_names(tmp_path):
    for name, text in ULTRALYTICS.items():
        write_text(tmp_path / name, text)
    settings = {"model": "yolo11n.yaml", "data": "a.yaml", "epochs": 2, "imgsz": 416}
    job = {"kind": "ultralytics", "settings": settings, "folder": str(tmp_path), "pictures": ["a.jpg"]}
    write_text(tmp_path / "job.json", json.dumps(job | {"output": str(tmp_path / "result.json")}))
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, training_process.__file__, tmp_path / "job.json"], env=environment, check=True)
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert result["found"] == [{"names": ["dog"], "scores": [0.5], "boxes": [[2, 2, 20, 20]]}]
    assert result["versions"]["ultralytics"] == VERSION
    assert 0 <= result["seconds"] < 60
