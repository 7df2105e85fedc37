"""Files that commands are asked to write."""

import json

import pytest


@pytest.mark.parametrize(
    ("verb", "flag", "kind"),
    [
        ("evaluate", "--json", "an evaluation"),
        ("benchmark", "--json", "a benchmark"),
        ("anchors", "--output", "six anchors"),
    ],
)
def test_commands_refuse_a_file_of_the_user_before_the_work(yolo, tmp_path, verb, flag, kind):
    notes = tmp_path / "notes.txt"
    notes.write_text(json.dumps({"my": "notes"}), encoding="utf-8")
    asked = [] if verb == "anchors" else ["--weights", str(tmp_path / "m.keras")]
    answer = yolo(verb, "--data", str(tmp_path), flag, str(notes), *asked)
    assert answer.code == 2
    assert answer.err == f"error: {notes} exists and holds something else than {kind}: give another name.\n"
    assert notes.read_text(encoding="utf-8") == '{"my": "notes"}'
