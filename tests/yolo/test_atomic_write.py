"""A file is the one before or the new one, whatever happens."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from yolo.atomic_write import atomic_write, put_in_place, write_whole


def test_text_and_bytes_replace_what_was_there_and_the_file_before_is_kept_where_asked(tmp_path):
    path, kept = tmp_path / "été.json", tmp_path / "before.json"
    atomic_write(path, "grün\n", keep=kept)
    assert path.read_bytes() == "grün\n".encode()
    atomic_write(path, b"\x00\r\n", keep=kept)
    assert (path.read_bytes(), kept.read_text(encoding="utf-8")) == (b"\x00\r\n", "grün\n")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["before.json", "été.json"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_what_the_system_refuses_leaves_the_file_before_and_nothing_else(tmp_path, monkeypatch, failing):
    path = tmp_path / "a.bin"
    atomic_write(path, b"before")

    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, refuse)
    with pytest.raises(OSError, match="No space left"):
        atomic_write(path, b"after")
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]
    assert path.read_bytes() == b"before"


def test_the_bytes_are_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    done, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: done.append("flushed") or fsync(file))
    monkeypatch.setattr(os, "replace", lambda *names: done.append("renamed") or replace(*names))
    atomic_write(tmp_path / "a.bin", b"a")
    assert done[:2] == ["flushed", "renamed"]


@pytest.mark.parametrize("write", [atomic_write, write_whole])
def test_a_file_system_that_is_full_leaves_the_file_before(tmp_path, write):
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted: that needs root, on Linux")
    try:
        path = tmp_path / "a.bin"
        write(path, b"before")
        with pytest.raises(OSError, match="No space left"):
            write(path, bytes(2**20))
        assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.bin", b"before")]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("content", ["grün\n", b"\x00\r\n"])
def test_a_file_is_written_whole_where_there_was_one_and_where_there_was_none(tmp_path, content):
    for _ in range(2):
        write_whole(tmp_path / "a.txt", content)
        assert (tmp_path / "a.txt").read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_name_as_long_as_the_system_takes_can_be_written(tmp_path):
    path = tmp_path / ("a" * 255)
    write_whole(path, b"a")
    assert path.read_bytes() == b"a"


def test_a_folder_is_no_file_to_write(tmp_path):
    for folder in (tmp_path, "/", ""):
        with pytest.raises(OSError, match=r"irectory|denied"):
            write_whole(folder, b"a")
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_is_not_touched_before_the_new_file_is_whole(tmp_path, monkeypatch):
    path, replace, seen = tmp_path / "a.bin", os.replace, []
    write_whole(path, b"before")
    monkeypatch.setattr(os, "replace", lambda *names: seen.append(path.read_bytes()) or replace(*names))
    write_whole(path, b"after")
    assert (seen, path.read_bytes()) == ([b"before"], b"after")


def test_two_that_write_the_same_file_do_not_mix_their_contents(tmp_path, monkeypatch):
    path, replace = tmp_path / "a.bin", os.replace

    def second(*names):
        monkeypatch.setattr(os, "replace", replace)
        write_whole(path, b"of the second")
        replace(*names)

    monkeypatch.setattr(os, "replace", second)
    write_whole(path, b"of the first, which ends last")
    assert path.read_bytes() == b"of the first, which ends last"
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path, link):
    (tmp_path / "a.txt").write_text("before")
    link(tmp_path / "b.txt", tmp_path / "a.txt")
    write_whole(tmp_path / "b.txt", "after")
    assert (tmp_path / "a.txt").read_text() == "after"
    assert (tmp_path / "b.txt").samefile(tmp_path / "a.txt")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o666, 0o755])
def test_a_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.write_text("before")
    path.chmod(mode)
    write_whole(path, "after")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("after", mode)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_stays(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit((tmp_path / "pipe").read_bytes)
        write_whole(tmp_path / "pipe", b"through")
        assert read.result(timeout=10) == b"through"
    assert (tmp_path / "pipe").is_fifo()


REFUSED = """
import os, sys
from pathlib import Path
from yolo.atomic_write import write_whole
if os.geteuid() == 0:  # who may write everywhere
    os.setreuid(65534, 65534)
own = Path(sys.argv[1])
own.write_text("before")
own.chmod(0o444)
for name in sys.argv[1:]:
    try:
        write_whole(name, "after")
    except OSError as error:
        print(error.strerror)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_folder_that_takes_no_new_files_and_a_file_that_is_write_protected(repository):
    with tempfile.TemporaryDirectory() as folder:  # not below pytest's, into which other users cannot look
        names = ("open/own", "writable", "protected", "absent")
        own, writable, protected, absent = (Path(folder, name) for name in names)
        own.parent.mkdir()
        own.parent.chmod(0o777)
        for path, mode in ((writable, 0o666), (protected, 0o444)):
            path.write_text("before")
            path.chmod(mode)
        Path(folder).chmod(0o555)
        asked = [sys.executable, "-c", REFUSED, own, writable, protected, absent]
        done = subprocess.run(asked, cwd=repository, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["Permission denied"] * 3  # of all but the writable one
        assert [path.read_text() for path in (own, writable, protected)] == ["before", "after", "before"]
        assert (list(own.parent.iterdir()), absent.exists()) == ([own], False)
        Path(folder).chmod(0o755)


def test_a_file_that_is_mounted_by_itself_is_written(tmp_path):
    mount = ["mount", "--bind", str(tmp_path / "outside"), str(tmp_path / "inside")]
    for name in ("outside", "inside"):
        (tmp_path / name).write_text("before")
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a file cannot be mounted: that needs root, on Linux")
    try:
        write_whole(tmp_path / "inside", "after")
        assert (tmp_path / "outside").read_text() == "after"
    finally:
        subprocess.run(["umount", str(tmp_path / "inside")], check=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["inside", "outside"]


@pytest.mark.parametrize("there", [None, "file", "folder"])
def test_a_draft_is_put_in_the_place_of_what_is_there(tmp_path, there):
    path, drafts = tmp_path / "a", tmp_path / "drafts"
    drafts.mkdir()
    if there == "folder":
        for folder, name in ((path, "old"), (drafts / "a", "new")):
            folder.mkdir()
            (folder / name).write_text(name)
    else:
        (drafts / "a").write_text("new")
        if there:
            path.write_text("old")
    put_in_place(drafts / "a", path)
    shutil.rmtree(drafts)
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert (path / "new" if there == "folder" else path).read_text() == "new"


def test_a_folder_that_cannot_be_replaced_stays(tmp_path, monkeypatch):
    path, draft, replace = tmp_path / "a", tmp_path / "drafts" / "a", os.replace
    for folder, name in ((path, "old"), (draft, "new")):
        folder.mkdir(parents=True)
        (folder / name).write_text(name)

    def refuse(source, target):
        if source == draft:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        put_in_place(draft, path)
    assert [each.name for each in path.iterdir()] == ["old"]


def test_a_file_takes_no_folders_place(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "theirs").write_text("theirs")
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "a").write_text("new")
    with pytest.raises(OSError, match="irectory"):
        put_in_place(tmp_path / "drafts" / "a", tmp_path / "a")
    assert (tmp_path / "a" / "theirs").read_text() == "theirs"


KILLED = """
import os, signal, sys
from pathlib import Path
from yolo import atomic_write
os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
write, path = getattr(atomic_write, sys.argv[1]), Path(sys.argv[2])
if write is atomic_write.put_in_place:
    path.with_name("draft").write_text("after")
    write(path.with_name("draft"), path)
write(path, "after")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("function", ["atomic_write", "write_whole", "put_in_place"])
def test_a_kill_before_the_name_is_given_leaves_the_file_before(repository, tmp_path, function):
    path = tmp_path / "a.txt"
    path.write_text("before")
    done = subprocess.run([sys.executable, "-c", KILLED, function, str(path)], cwd=repository)
    assert (done.returncode, path.read_text()) == (-signal.SIGKILL, "before")
