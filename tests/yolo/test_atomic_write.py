"""A file is the one before or the new one, whatever happens."""

import errno
import os
import shutil
import subprocess

import pytest

from yolo.atomic_write import atomic_write


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


def test_a_file_system_that_is_full_leaves_the_file_before(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted: that needs root, on Linux")
    try:
        path = tmp_path / "a.bin"
        atomic_write(path, b"before")
        with pytest.raises(OSError, match="No space left"):
            atomic_write(path, bytes(2**20))
        assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.bin", b"before")]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
