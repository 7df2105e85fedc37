"""Names in a folder of results: each is given once, and what others put there stays."""

import os
import sys
import time
import tracemalloc

import pytest

from yolo.errors import UserError
from yolo.inference import output_files
from yolo.inference.output_files import WRITTEN, OutputFiles, plain, video_name


def write(folder, wanted, text="ours"):
    """A run that writes files of those names; returns the names that they were given."""
    run = OutputFiles(folder)
    paths = [run.new(name) for name in wanted]
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
    run = OutputFiles(tmp_path)
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
        OutputFiles(tmp_path)


def test_one_name_is_given_once_in_upper_or_lower_case(tmp_path):
    assert write(tmp_path, ["a.png", "A.PNG", "a.png", "a-2.png"]) == ["a.png", "A-2.PNG", "a-3.png", "a-2-2.png"]


def test_names_that_some_systems_take_for_the_same_are_told_apart(tmp_path):
    composed, decomposed = "\u00e9.png", "e\u0301.png"
    assert write(tmp_path, [composed, decomposed]) == [composed, "e\u0301-2.png"]


@pytest.mark.parametrize("mark", ["\n", "\r", "\x85", "\u2028", "\x1c"])
def test_a_name_with_a_line_break_is_one_name(tmp_path, mark):
    (tmp_path / "b.png").write_text("theirs")
    for _ in range(2):
        assert write(tmp_path, [f"a{mark}b.png"]) == [f"a{mark}b.png"]
        assert write(tmp_path, ["b.png"]) == ["b-2.png"]
    assert (tmp_path / "b.png").read_text() == "theirs"


def old_list(folder, *listed):
    """The list as it was before it was JSON: names alone, one a line."""
    time.sleep(0.05)
    (folder / WRITTEN).write_text("".join(f"{name}\n" for name in listed), encoding="utf-8")


def test_a_list_of_an_older_version_is_read_and_written_anew(tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_text("ours")
    old_list(tmp_path, "a.png", "b.png")
    assert write(tmp_path, ["a.png"]) == ["a.png"]
    assert write(tmp_path, ["b.png"]) == ["b.png"]
    (tmp_path / "b.png").write_text("theirs")
    assert write(tmp_path, ["a.png", "b.png"]) == ["a.png", "b-2.png"]


@pytest.mark.parametrize("present", [True, False])
def test_a_list_of_an_older_version_with_a_line_break_in_a_name_is_not_trusted(tmp_path, present):
    (tmp_path / "holiday.png").write_text("theirs")
    if present:
        (tmp_path / "trip").write_text("theirs")
        (tmp_path / "trip\nholiday.png").write_text("ours")
    old_list(tmp_path, "trip\nholiday.png")
    assert write(tmp_path, ["holiday.png"]) == ["holiday-2.png"]


def test_what_is_complete_is_listed_at_once_so_that_a_killed_run_leaves_it_to_the_next(tmp_path):
    run = OutputFiles(tmp_path)
    for name in ("a.png", "b.png"):
        with run.file(name) as path:
            path.write_text("ours")
    run.new("video.mp4").write_text("half")  # not complete
    with (tmp_path / WRITTEN).open("a") as listed:
        listed.write('["c.p')  # and killed
    assert write(tmp_path, ["a.png", "b.png", "video.mp4"]) == ["a.png", "b.png", "video-2.mp4"]
    assert write(tmp_path, ["a.png", "b.png"]) == ["a.png", "b.png"]


def test_a_copy_that_is_changed_while_later_ones_are_written_is_kept(tmp_path):
    run = OutputFiles(tmp_path)
    with run.file("a.png") as path:
        path.write_text("ours")
    time.sleep(0.05)
    path.write_text("theirs")
    time.sleep(0.05)
    with run.file("b.png") as path:
        path.write_text("ours")
    run.close()
    assert write(tmp_path, ["a.png", "b.png"]) == ["a-2.png", "b.png"]


def test_the_list_does_not_grow_with_every_run(tmp_path, monkeypatch):
    monkeypatch.setattr(output_files, "SPARE", 5)
    for _ in range(9):
        assert write(tmp_path, ["a.png", "b.png"]) == ["a.png", "b.png"]
    assert (tmp_path / WRITTEN).read_text().count("\n") <= 5 + 2 * 2 + 2


@pytest.mark.parametrize(
    "content", ["[1, 2]\n", '["a.png"]\n["a.png", "x"]\n', '[]\n["a.png", 9' + "9" * 30 + ", 1]\n"]
)
def test_a_list_that_is_damaged_gives_no_leave(tmp_path, content):
    (tmp_path / "a.png").write_text("theirs")
    (tmp_path / WRITTEN).write_text(content)
    assert write(tmp_path, ["a.png"]) == ["a-2.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_list_that_is_a_link_to_somebody_elses_file_is_refused(tmp_path):
    (tmp_path / "theirs.txt").write_text("theirs")
    (tmp_path / WRITTEN).symlink_to(tmp_path / "theirs.txt")
    with pytest.raises(UserError, match="is a link"):
        OutputFiles(tmp_path)
    assert (tmp_path / "theirs.txt").read_text() == "theirs"


def test_memory_does_not_grow_with_the_number_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(output_files, "REMEMBERED", 100)
    run = OutputFiles(tmp_path)
    taken = []
    tracemalloc.start()
    for number in range(2000):
        with run.file(f"{number}.png"):
            pass
        if number in (999, 1999):
            taken.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    run.close()
    assert taken[1] - taken[0] < 20_000


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
