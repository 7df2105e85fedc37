"""Names in a folder of results: each is given once, and what others put there stays."""

import os
import sys
import time

import pytest

from yolo.errors import UserError
from yolo.inference.names import WRITTEN, Names, plain, video_name


def write(folder, names, text="ours"):
    """A run that writes files of those names; returns the names that they were given."""
    run = Names(folder)
    paths = [run.new(name) for name in names]
    for path in paths:
        path.write_text(text)
    run.close()
    return [path.name for path in paths]


def test_a_second_run_replaces_what_the_first_has_written(tmp_path):
    assert write(tmp_path / "out", ["a.png", "b.png"]) == ["a.png", "b.png"]
    assert write(tmp_path / "out", ["b.png", "a.png"], "again") == ["b.png", "a.png"]
    assert write(tmp_path / "out", ["a.png"]) == ["a.png"]
    assert sorted(os.listdir(tmp_path / "out")) == [WRITTEN, "a.png", "b.png"]
    assert write(tmp_path / "out", ["b.png"]) == ["b.png"]  # of the second run still


def test_a_file_of_somebody_else_is_kept(tmp_path):
    (tmp_path / "a.png").write_text("theirs")
    (tmp_path / "b.png").mkdir()
    for _ in range(2):
        assert write(tmp_path, ["a.png", "b.png", "c.png"]) == ["a-2.png", "b-2.png", "c.png"]
    assert (tmp_path / "a.png").read_text() == "theirs"


def test_a_copy_that_somebody_has_changed_since_is_kept(tmp_path):
    write(tmp_path, ["a.png", "b.png"])
    (tmp_path / "a.png").write_text("theirs")
    later = time.time_ns() + 10**9
    os.utime(tmp_path / "a.png", ns=(later, later))
    for _ in range(2):
        assert write(tmp_path, ["a.png", "b.png"]) == ["a-2.png", "b.png"]
    assert (tmp_path / "a.png").read_text() == "theirs"


def test_a_file_of_somebody_else_that_was_moved_over_a_copy_is_kept(tmp_path):
    write(tmp_path / "out", ["a.png"])
    (tmp_path / "theirs.png").write_text("theirs")
    os.utime(tmp_path / "theirs.png", (10**9, 10**9))  # in 2001, which moving does not change
    time.sleep(0.05)  # more than a tick of the file system's clock
    os.replace(tmp_path / "theirs.png", tmp_path / "out" / "a.png")
    assert write(tmp_path / "out", ["a.png"]) == ["a-2.png"]
    assert (tmp_path / "out" / "a.png").read_text() == "theirs"


@pytest.mark.parametrize("again", [False, True])
def test_a_copy_that_somebody_changes_while_another_run_is_under_way_is_kept(tmp_path, again):
    write(tmp_path, ["a.png", "b.png"])
    run = Names(tmp_path)
    time.sleep(0.05)
    (tmp_path / "a.png").write_text("theirs")
    if again:
        assert run.new("a.png").name == "a-2.png"
    time.sleep(0.05)
    run.close()
    assert write(tmp_path, ["a.png", "b.png"]) == ["a-2.png", "b.png"]
    assert (tmp_path / "a.png").read_text() == "theirs"


def test_a_folder_whose_list_cannot_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / WRITTEN).mkdir()
    with pytest.raises(UserError, match="cannot read"):
        Names(tmp_path)


def test_one_name_is_given_once_in_upper_or_lower_case(tmp_path):
    assert write(tmp_path, ["a.png", "A.PNG", "a.png", "a-2.png"]) == ["a.png", "A-2.PNG", "a-3.png", "a-2-2.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no file names that are not text")
def test_a_name_that_is_no_text_is_remembered(tmp_path):
    name = os.fsdecode(b"caf\xe9 \xf1.png")
    assert write(tmp_path, [name]) == write(tmp_path, [name]) == [name]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a/dog.mov", "dog.mp4"),
        ("webcam-0", "webcam-0.mp4"),
        ("rtsp://10.0.0.7:554/live?channel=1", "rtsp_10.0.0.7_554_live_channel_1.mp4"),
    ],
)
def test_videos_are_called_by_their_source(source, name):
    assert video_name(source) == name


def test_plain_text_is_never_empty():
    assert [plain("a/b: c"), plain("::"), plain("猫 1")] == ["a_b_c", "_", "猫_1"]
