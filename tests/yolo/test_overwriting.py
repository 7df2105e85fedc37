"""A file that a command would replace is kept unless it is one of the kind that it writes."""

import numpy as np
import pytest

from yolo import anchors
from yolo.errors import UserError
from yolo.overwriting import json_with, refuse_foreign


@pytest.mark.parametrize("content", ["", '{"a": 1, "b": 2}', '[{"a": 1, "b": 2, "c": 3}]'])
def test_what_is_empty_or_holds_the_keys_may_be_replaced(tmp_path, content):
    path = tmp_path / "found.json"
    path.write_text(content, encoding="utf-8")
    refuse_foreign(path, "numbers", json_with("a", "b"))
    refuse_foreign(tmp_path / "new.json", "numbers", json_with("a", "b"))


@pytest.mark.parametrize("content", ["notes", "[]", "{}", "3", '{"a": 1}', '[{"a": 1, "b": 2}, 5]', "[" * 100_000])
def test_anything_else_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "found.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=r"found\.json exists and holds something else than numbers: give another name"):
        refuse_foreign(path, "numbers", json_with("a", "b"))


def test_a_file_called_as_standard_output_is_not_looked_at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_text("notes", encoding="utf-8")
    refuse_foreign("-", "numbers", json_with("a"))


def test_anchors_that_were_written_before_may_be_replaced(tmp_path):
    path = tmp_path / "anchors.txt"
    anchors.write(path, np.float32(anchors.DEFAULT))
    refuse_foreign(path, "six anchors", anchors.holds_anchors)
    anchors.write(path, np.float32(anchors.DEFAULT[::-1]))
    refuse_foreign(path, "six anchors", anchors.holds_anchors)
