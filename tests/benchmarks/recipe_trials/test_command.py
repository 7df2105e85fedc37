"""The command with a training that is made up, and one real training of small pictures."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import rows
from benchmarks.recipe_trials import __main__
from tests.yolo.data.folders import voc_root, write_text, xml

TRAINING = """
import json, pathlib, sys
job = json.loads(pathlib.Path(sys.argv[1]).read_text())
assert (pathlib.Path(job["data"]) / "ImageSets/Main/held.txt").is_file() and job["epochs"] == 10
if job["seed"] == 7: sys.exit(3)
ap = 0.5 + 0.1 * (job["arm"] == "batch 4") * (1 + job["seed"])
pathlib.Path(job["output"]).write_text(json.dumps({"AP50": 0.75, "AP": ap, "AP75": 0.25, "seconds": 2.0}))
"""


@pytest.fixture
def compare(tmp_path, monkeypatch):
    """Runs the command on a small set: `compare("--seeds", "0")`; returns its exit status."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("it takes two cores and Linux")
    objects = {f"{i}": xml(("dog", 3, 3, 20, 20)) for i in range(20)}
    voc_root(tmp_path / "shared" / "bccd", objects, {"train": "\n".join(objects), "val": ""})
    monkeypatch.setattr(__main__, "TRAIN", (sys.executable, "-c", TRAINING))

    def run(*flags):
        folders = ["--shared", str(tmp_path / "shared"), "--work", str(tmp_path / "work"), "--output", str(tmp_path)]
        before = os.sched_getaffinity(0)
        try:
            with pytest.raises(SystemExit) as left:
                __main__.main([*folders, "--sets", "bccd", "--arms", "base", "batch 4", *flags])
        finally:
            os.sched_setaffinity(0, before)
        return left.value.code

    return run


def test_the_trials_are_done_once_and_shown_with_their_paired_difference(compare, tmp_path, capfd):
    assert compare("--minutes-in-all", "0") == 0
    assert "2 trials left: the same command continues with them" in capfd.readouterr().out
    assert compare() == 0
    assert "| batch 4 | bccd | 1 | 0.750 | 0.600 | 0.250 | +0.100 |" in (tmp_path / "trials.md").read_text("utf-8")
    assert compare("--seeds", "0", "1") == 0
    done = [(row["seed"], row["arm"], row["epochs"]) for row in rows.read(tmp_path / "rows.jsonl")]
    assert sorted(done) == [(0, "base", 10), (0, "batch 4", 10), (1, "base", 10), (1, "batch 4", 10)]
    text = (tmp_path / "trials.md").read_text("utf-8")
    # 0.1 and 0.2: 0.15 +- 12.706 * 0.05
    assert "| batch 4 | bccd | 2 | 0.750 | 0.650 | 0.250 | +0.150 [-0.485, +0.785] |" in text
    assert "| base | bccd | 2 | 0.750 | 0.500 | 0.250 |  |" in text
    assert not list((tmp_path / "work").iterdir())


def test_a_training_that_fails_is_named_with_its_log_and_has_no_row(compare, tmp_path, capfd):
    assert compare("--seeds", "7") == 1
    assert "base, bccd, seed 7: failed with status 3, see " in capfd.readouterr().out
    assert len(list((tmp_path / "work").glob("trial-*/log.txt"))) == 2
    assert not (tmp_path / "rows.jsonl").exists()


def test_missing_data_are_told_before_anything_is_written(compare, tmp_path, capsys):
    assert compare("--shared", str(tmp_path / "nowhere")) == 2
    assert "give --shared the folder that holds it" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


SMALL = """
import sys
from benchmarks.recipe_trials import arms, training_process
arms.BASE["input_size"] = (64, 64)
training_process.main()
"""


def test_a_training_with_a_changed_program_writes_its_scores(tmp_path):
    objects = {f"{i}": xml(("dog", 3, 3, 20, 20)) for i in range(6)}
    data = voc_root(tmp_path / "data", objects, {"fit": "0\n1\n2\n3\n", "held": "4\n5\n"})
    job = {"arm": "batch 4, precise batch norm", "epochs": 1, "seed": 0, "data": str(data)}
    job |= {"folder": str(tmp_path), "output": str(tmp_path / "result.json")}
    write_text(tmp_path / "job.json", json.dumps(job))
    subprocess.run([sys.executable, "-c", SMALL, str(tmp_path / "job.json")], cwd=__main__.ROOT, check=True)
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert list(result) == ["seconds", "processor", "pictures", "AP50", "AP", "AP75", "AR_100"]
    assert result["pictures"] == 2
    plan = json.loads((tmp_path / "run" / "plan.json").read_text("utf-8"))
    assert (plan["batch_size"], plan["rectangular_batches"], plan["network"]["scale_xy"]) == (4, False, 1.05)
