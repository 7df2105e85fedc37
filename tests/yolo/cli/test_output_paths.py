"""Files that commands are asked to write."""

import dataclasses
import json
import os
import sys

import numpy as np
import pytest

from yolo import picture_files
from yolo.benchmark.stages import StageTime
from yolo.evaluation.bootstrap import Interval
from yolo.evaluation.report import EvaluationReport
from yolo.explain.gate_report import GateReport


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
@pytest.mark.parametrize("verb", ["predict", "evaluate", "benchmark", "doctor"])
@pytest.mark.parametrize("place", ["loop", "loop/found.json"])
def test_a_place_where_no_json_can_be_written_is_told_in_one_sentence_before_the_work(yolo, tmp_path, verb, place):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "m.keras").touch()
    picture_files.write(tmp_path / "a.png", np.zeros((9, 12, 3), np.uint8))
    source = [str(tmp_path / "a.png")] if verb == "predict" else ["--data", str(tmp_path)]
    weights = [] if verb == "doctor" else ["--weights", str(tmp_path / "m.keras")]
    answer = yolo(verb, *source, *weights, "--json", str(tmp_path / place))
    assert answer.code == 2
    assert answer.err.startswith(f"error: cannot write {tmp_path / place}: ")
    assert answer.err.endswith("; give --json another name.\n")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("verb", "flag", "kind"),
    [
        ("evaluate", "--json", "an evaluation"),
        ("benchmark", "--json", "a benchmark"),
        ("anchors", "--output", "anchors"),
        ("doctor", "--json", "what doctor has found"),
    ],
)
def test_commands_refuse_a_file_of_the_user_before_the_work(yolo, tmp_path, verb, flag, kind):
    notes = tmp_path / "notes.txt"
    notes.write_text(json.dumps({"my": "notes"}), encoding="utf-8")
    (tmp_path / "m.keras").touch()
    asked = [] if verb in ("anchors", "doctor") else ["--weights", str(tmp_path / "m.keras")]
    answer = yolo(verb, "--data", str(tmp_path), flag, str(notes), *asked)
    assert answer.code == 2
    assert answer.err == f"error: {notes} exists and holds something else than {kind}: give another name.\n"
    assert notes.read_text(encoding="utf-8") == '{"my": "notes"}'


def test_attend_refuses_a_file_of_the_user_in_the_place_of_its_report(yolo, tmp_path):
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in pictures:
        picture_files.write(path, np.zeros((9, 12, 3), np.uint8))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "gates.json").write_text('{"gates": ["garden", "house"]}', encoding="utf-8")
    answer = yolo("attend", *map(str, pictures), "--output", str(tmp_path / "out"), "--runs", str(tmp_path))
    assert answer.code == 2
    assert "gates.json exists and holds something else than a report on gates" in answer.err


def test_what_a_command_has_written_it_may_write_again(yolo, tmp_path):
    row = StageTime.of(("keras", "float32"), "read", 1, (64, 96), [1.0])
    (tmp_path / "benchmark.json").write_text(json.dumps([dataclasses.asdict(row)]), encoding="utf-8")
    (tmp_path / "evaluate.json").write_text(
        EvaluationReport(0.5, Interval(0.4, 0.6), 0.5, {"AP": 0.1}, Interval(0, 0.2), [], 1, 1.0).to_json(),
        encoding="utf-8",
    )
    (tmp_path / "m.keras").touch()
    for verb in ("benchmark", "evaluate"):
        asked = ["--data", str(tmp_path / "nowhere"), "--weights", str(tmp_path / "m.keras")]
        answer = yolo(verb, *asked, "--json", str(tmp_path / f"{verb}.json"))
        assert answer.err.startswith(f"error: there are no data at {tmp_path / 'nowhere'}"), answer.err
    GateReport({}).save(tmp_path / "gates.json")
    for name in "ab":
        picture_files.write(tmp_path / f"{name}.png", np.zeros((9, 12, 3), np.uint8))
    answer = yolo("attend", str(tmp_path), "--output", str(tmp_path), "--runs", str(tmp_path / "runs"))
    assert answer.code == 2
    assert "exists" not in answer.err


def test_a_folder_without_permission_to_write_is_told_before_the_work(yolo, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith(str(tmp_path / "locked")))
    (tmp_path / "locked").mkdir()
    for words in (["--json", "locked/found.json"], ["--fix", "locked/deep/fixed"]):
        answer = yolo("doctor", "--data", str(tmp_path / "none"), words[0], str(tmp_path / words[1]))
        assert answer.code == 2
        assert answer.err.startswith(f"error: cannot write {'to ' * (words[0] == '--fix')}{tmp_path / words[1]}: Perm")
        assert answer.out == ""
