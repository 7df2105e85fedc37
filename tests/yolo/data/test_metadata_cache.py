"""What is remembered of files between starts, and when it is not."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_text, xml
from yolo.cli import doctor
from yolo.data import data_folder, metadata_cache
from yolo.data.readable_pictures import clean
from yolo.errors import UserError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache folder of the test's own; however few and young the files are, they are remembered."""
    folder = tmp_path / "caché"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(metadata_cache, "FEWEST", 1)
    monkeypatch.setattr(metadata_cache, "SETTLED", 0)
    return folder / "yolov4-tiny"


@pytest.fixture
def files(tmp_path):
    """Three files: a, b and ö."""
    for name in ("a", "b", "ö"):
        write_text(tmp_path / "data" / name, f"{name}1")
    return [tmp_path / "data" / name for name in ("a", "b", "ö")]


class Reader:
    """Reads texts and notes which were asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, paths):
        self.asked += [path.name for path in paths]
        return {path: [path.read_text(encoding="utf-8")] for path in paths}


def recalled(paths, what="texts"):
    """The values, and the names of those that were read."""
    reader = Reader()
    values = metadata_cache.cached(what, paths, reader)
    assert values.keys() == set(paths)
    return [values[path][0] for path in paths], reader.asked


def test_a_second_time_nothing_is_read_and_the_values_are_the_same(files):
    assert recalled(files) == (["a1", "b1", "ö1"], ["a", "b", "ö"])
    assert recalled(files) == (["a1", "b1", "ö1"], [])


def test_a_changed_file_alone_is_read_again(files):
    recalled(files)
    write_text(files[1], "longer")
    assert recalled(files) == (["a1", "longer", "ö1"], ["b"])
    assert recalled(files)[1] == []


def test_files_named_from_their_own_folder_are_remembered(files, monkeypatch):
    monkeypatch.chdir(files[0].parent)
    paths = [Path(path.name) for path in files]
    assert recalled(paths) == (["a1", "b1", "ö1"], ["a", "b", "ö"])
    assert recalled(files) == (["a1", "b1", "ö1"], [])


def test_a_change_that_keeps_the_size_is_seen_by_its_time(files):
    recalled(files)
    write_text(files[1], "b2")
    os.utime(files[1], ns=(5, 5))
    assert recalled(files) == (["a1", "b2", "ö1"], ["b"])


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of change")
def test_a_change_that_keeps_the_size_and_sets_the_old_time_again_is_seen_by_the_time_of_change(files):
    recalled(files)
    before = files[1].stat()
    while files[1].stat().st_ctime_ns == before.st_ctime_ns:  # until the clock of the file system ticks
        write_text(files[1], "b2")
        os.utime(files[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert recalled(files) == (["a1", "b2", "ö1"], ["b"])


def test_a_file_changed_a_moment_ago_is_not_remembered_as_it_could_change_again_within_a_tick(files, monkeypatch):
    monkeypatch.setattr(metadata_cache, "SETTLED", 60 * 10**9)
    assert recalled(files)[1] == ["a", "b", "ö"]
    assert recalled(files)[1] == ["a", "b", "ö"]


def test_added_files_are_read_and_removed_ones_forgotten(files, cache):
    recalled(files)
    added = files[0].with_name("c")
    write_text(added, "c1")
    files[1].unlink()
    remaining = [files[0], files[2], added]
    assert recalled(remaining) == (["a1", "ö1", "c1"], ["c"])
    (file,) = cache.iterdir()
    assert metadata_cache._load(file).keys() == {"a", "ö", "c"}


def test_a_part_of_a_folder_leaves_what_is_known_of_the_rest(files):
    recalled(files[:2])
    assert recalled(files[1:])[1] == ["ö"]
    assert recalled(files)[1] == []


def test_kinds_of_values_and_folders_of_one_name_are_kept_apart(files, tmp_path):
    recalled(files)
    assert recalled(files, "other kind")[1] == ["a", "b", "ö"]
    twin = tmp_path / "elsewhere" / "data" / "a"
    write_text(twin, "A1")
    stamp = files[0].stat()
    os.utime(twin, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert recalled([twin, files[0]]) == (["A1", "a1"], ["a"])


def flipped(content):
    """With one bit in the middle turned over."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        flipped,
        lambda content: content[:-9],
        lambda content: content[:20],
        lambda content: b"",
        lambda content: b"[1, {}]",
        lambda content: gzip.compress(b"[1, {"),
        lambda content: gzip.compress(b"5"),
        lambda content: gzip.compress(
            gzip.decompress(content).replace(b"[%d," % metadata_cache.VERSION, b"[0,", 1).replace(b"a1", b"A1")
        ),
    ],
    ids=["a bit", "cut at the end", "cut at the start", "empty", "not packed", "no JSON", "no list", "another version"],
)
def test_a_damaged_index_is_not_believed_and_made_anew(files, cache, damage):
    recalled(files)
    (file,) = cache.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert recalled(files) == (["a1", "b1", "ö1"], ["a", "b", "ö"])
    assert recalled(files)[1] == []


KILLED = """
import os, signal, sys
from pathlib import Path
from yolo.data import metadata_cache
metadata_cache.FEWEST, metadata_cache.SETTLED = 1, 0
metadata_cache.os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
metadata_cache.cached("texts", [Path(path) for path in sys.argv[1:]], lambda paths: {path: ["wrong"] for path in paths})
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_kill_in_the_middle_of_writing_leaves_the_index_as_it_was(files, cache, repository):
    recalled(files[:2])
    (file,) = cache.iterdir()
    before = file.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED, *map(str, files)], cwd=repository)
    assert killed.returncode == -9
    assert file.read_bytes() == before
    assert len(list(cache.iterdir())) == 2, "a part of the next one lies beside it"
    assert recalled(files) == (["a1", "b1", "ö1"], ["ö"])


def test_where_nothing_can_be_written_everything_is_read_every_time(files, cache, caplog):
    caplog.set_level("INFO", "yolo")
    write_text(cache, "a file where the folder should be")
    assert recalled(files)[1] == recalled(files)[1] == ["a", "b", "ö"]
    assert "cannot write" in caplog.text


def test_few_files_are_remembered_within_a_process_only(files, cache, monkeypatch):
    monkeypatch.setattr(metadata_cache, "FEWEST", 4)
    assert [recalled(files)[1] for _ in range(2)] == [["a", "b", "ö"], []]
    write_text(files[1], "changed")
    assert recalled(files) == (["a1", "changed", "ö1"], ["b"])
    assert not cache.exists()


def test_few_files_that_have_just_changed_are_not_remembered(files, monkeypatch):
    monkeypatch.setattr(metadata_cache, "FEWEST", 4)
    monkeypatch.setattr(metadata_cache, "SETTLED", 2 * 10**9)
    assert recalled(files)[1] == recalled(files)[1] == ["a", "b", "ö"]


def test_a_file_that_could_not_be_read_is_tried_again(files):
    def broken(paths):
        return {path: UserError("broken") for path in paths}

    assert all(isinstance(value, UserError) for value in metadata_cache.cached("texts", files, broken).values())
    assert recalled(files)[1] == ["a", "b", "ö"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_names_that_are_no_utf8_are_remembered_too(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path / "data") + b"/caf\xe9"))
    write_text(path, "1")
    assert recalled([path])[1] == [path.name]
    assert recalled([path]) == (["1"], [])


def test_annotations_come_back_as_they_were_read(tmp_path, monkeypatch):
    objects = xml(DOG, ("cat", 2.5, 3, 8.25, 9), ("cat", 5, 5, 4, 9))
    root = voc_root(
        tmp_path / "data", {"a": objects.replace("</name>", "</name><difficult>1</difficult>", 1), "b": xml()}
    )
    first = data_folder.load(root, "all")
    monkeypatch.setattr("yolo.data.formats.voc_xml._annotation", None)
    again = data_folder.load(root, "all")
    assert (again.class_names, again.problems) == (first.class_names, first.problems)
    for one, other in zip(first.annotations, again.annotations, strict=True):
        assert one.path == other.path
        for name in ("boxes", "labels", "difficult"):
            assert getattr(one, name).tolist() == getattr(other, name).tolist()
            assert getattr(one, name).dtype == getattr(other, name).dtype
    assert first.annotations[0].boxes.tolist() == [[0, 0, 10, 20], [1.5, 2, 8.25, 9]]


def test_doctor_reads_every_annotation_anew(tmp_path, cache, capsys):
    root = voc_root(tmp_path / "data", {"a": xml(DOG)})
    data_folder.load(root, "all")
    (file,) = cache.glob("*-voc_xml.json.gz")
    lying = gzip.decompress(file.read_bytes()).replace(b'["dog"]', b'["cat"]')
    file.write_bytes(gzip.compress(lying))
    assert data_folder.load(root, "all").class_names == ("cat",), "or this test shows nothing"
    doctor.main(["--data", str(root)])
    assert "1 class: dog 1\n" in capsys.readouterr().out


def test_pictures_are_decoded_once(tmp_path, monkeypatch):
    root = voc_root(tmp_path / "data", {"a": xml(DOG), "b": xml(("dog", 20, 1, 90, 90))})
    write_text(root / "JPEGImages" / "c.jpg", "no picture")
    write_text(root / "Annotations" / "c.xml", xml(DOG))
    dataset = data_folder.load(root, "all")
    first = clean(dataset, "training")
    read = []
    monkeypatch.setattr("yolo.data.readable_pictures.picture_files.check", lambda path: read.append(path.name) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clean(dataset, "training")
    assert read == ["c.jpg"], "what could not be read is tried again"
    (root / "JPEGImages" / "c.jpg").unlink()
    again = clean(data_folder.load(root, "all"), "training")
    assert [known.boxes.tolist() for known in first.annotations] == [[[0, 0, 10, 20]], [[19, 0, 32, 24]]]
    assert [known.boxes.tolist() for known in again.annotations] == [[[0, 0, 10, 20]], [[19, 0, 32, 24]]]


def test_indexes_that_were_not_written_for_months_are_deleted_when_another_is(files, cache):
    recalled(files, "first")
    recalled(files, "second")
    first, second = sorted(cache.iterdir())
    assert "first" in first.name
    os.utime(first, times=(0, 0))
    recalled(files, "third")
    assert not first.exists()
    assert second.exists()
    assert recalled(files, "first") == (["a1", "b1", "ö1"], ["a", "b", "ö"])
