"""Run folders are found and numbered."""

import os
import sys

import pytest

from yolo.errors import UserError
from yolo.run_folders import best_in, describe_newest, new_run_folder, newest_best, refuse_taken


def test_the_newest_run_that_has_a_model_is_taken(tmp_path):
    for age, name in ((30, "old"), (10, "new"), (20, "middle")):
        folder = new_run_folder(tmp_path, name)
        (folder / "best.keras").touch()
        os.utime(folder / "best.keras", (1e9 - age, 1e9 - age))
    new_run_folder(tmp_path, "unfinished")
    assert newest_best(tmp_path) == tmp_path / "new" / "best.keras"


@pytest.mark.parametrize("runs", ["empty", "absent"])
def test_without_a_run_the_user_is_told_to_train(tmp_path, runs):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"train first .* or give --weights"):
        newest_best(tmp_path / runs)


def test_a_taken_name_is_numbered(tmp_path):
    assert [new_run_folder(tmp_path / "runs", "bccd").name for _ in range(3)] == ["bccd", "bccd-2", "bccd-3"]


def test_a_name_given_by_the_user_must_be_free(tmp_path):
    new_run_folder(tmp_path, "mine", numbered=False)
    with pytest.raises(UserError, match="mine exists"):
        new_run_folder(tmp_path, "mine", numbered=False)


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(UserError, match="runs"):
        new_run_folder(tmp_path / "runs", "a")


def test_a_name_that_no_system_takes_is_none_that_is_there(tmp_path):
    refuse_taken(tmp_path, "x" * 300)
    assert best_in("x" * 300) == "x" * 300
    with pytest.raises(UserError, match="cannot make the run folder"):
        new_run_folder(tmp_path, "x" * 300)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_nowhere_is_named_and_not_tried_for_ever(tmp_path):
    (tmp_path / "runs").symlink_to(tmp_path / "nowhere" / "runs")
    with pytest.raises(UserError, match=r"cannot make the run folder .*: a file of that name is in the way"):
        new_run_folder(tmp_path / "runs", "a")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_name_that_is_a_link_to_nowhere_is_taken(tmp_path):
    (tmp_path / "mine").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError, match="mine exists"):
        new_run_folder(tmp_path, "mine", numbered=False)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ('{"epoch": 7, "finished": true}', " (newest run)"),
        ('{"epoch": 7}', " (newest run, not finished: 7 epochs so far)"),
        ('{"epoch": 1, "finished": false}', " (newest run, not finished: 1 epoch so far)"),
        ("[1]", " (newest run)"),
        ("{", " (newest run)"),
        ("{}", " (newest run)"),
        (None, " (newest run)"),
    ],
)
def test_a_run_that_is_not_finished_is_told(tmp_path, state, said):
    if state:
        (tmp_path / "state.json").write_text(state, encoding="utf-8")
    assert describe_newest(tmp_path / "best.keras") == said
