"""What was read from a COCO JSON is kept, and read anew when anything about the file has changed."""

import logging
import time

import numpy as np
import pytest

from tests.yolo.data.formats.coco_sets import image, thing, write_coco
from yolo.data.formats import coco_cache, coco_json
from yolo.data.formats.coco_cache import cached


@pytest.fixture(autouse=True)
def eager(tmp_path, monkeypatch):
    """A cache of its own that also keeps small and new files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(coco_cache, "SMALLEST", 0)
    monkeypatch.setattr(coco_cache, "SETTLED", -(10**12))


@pytest.fixture
def path(tmp_path):
    images = [image(7, "a.jpg"), image("x", "ä b.jpg", width=None), image(1.5, "c.jpg")]
    things = [thing("x", [1, 2, 3, 4.25], 18), thing(7, [0, 0, 1, 1]), thing(7, None), thing(99, [1, 1, 1, 1], None)]
    return write_coco(tmp_path / "set.json", images, things)


def never(path):
    raise AssertionError("it was read again")


def contents(file):
    """All that a file holds, to compare."""
    sizes = {one.number: one.size for one in file.pictures}
    written = file.objects.annotations(file.categories, sizes)
    plain = {number: one._replace(numbers=list(one.numbers)) for number, one in written.items()}
    keys = [*file.objects.pictures], [*file.objects.categories], file.objects.lines_of({file.objects.pictures[99]})
    return file.pictures, list(file.categories.items()), file.above, file.problems, plain, keys


def kept(tmp_path):
    return list((tmp_path / "cache").rglob("*-coco.npz"))


def test_what_is_kept_is_what_was_read(tmp_path, path):
    read = coco_json.read(path)
    assert contents(cached(path, coco_json.read)) == contents(read)
    assert contents(cached(path, never)) == contents(read)
    assert len(kept(tmp_path)) == 1


def test_a_file_that_has_changed_is_read_anew(tmp_path, path):
    cached(path, coco_json.read)
    time.sleep(0.02)
    write_coco(path, [image(7, "b.jpg")], [])
    assert [one.name for one in cached(path, coco_json.read).pictures] == ["b.jpg"]
    assert [one.name for one in cached(path, never).pictures] == ["b.jpg"]


@pytest.mark.parametrize(("name", "value"), [("SETTLED", 2 * 10**9), ("SMALLEST", 10**6)])
def test_files_that_are_new_or_small_are_not_kept(tmp_path, path, monkeypatch, name, value):
    monkeypatch.setattr(coco_cache, name, value)
    cached(path, coco_json.read)
    assert kept(tmp_path) == []


def test_what_another_version_has_read_is_not_used(path, monkeypatch):
    cached(path, coco_json.read)
    monkeypatch.setattr(coco_cache, "VERSION", 0)
    with pytest.raises(AssertionError, match="read again"):
        cached(path, never)


@pytest.mark.parametrize("damage", [lambda content: content[:-30], lambda content: b"", lambda content: b"x" + content])
def test_a_damaged_cache_is_told_and_the_file_read_anew(tmp_path, path, caplog, damage):
    cached(path, coco_json.read)
    (file,) = kept(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    with caplog.at_level(logging.INFO, "yolo"):
        assert contents(cached(path, coco_json.read)) == contents(coco_json.read(path))
    assert "is damaged" in caplog.text
    assert contents(cached(path, never)) == contents(coco_json.read(path))


def test_a_flipped_bit_is_noticed(tmp_path, path):
    cached(path, coco_json.read)
    (file,) = kept(tmp_path)
    content = bytearray(file.read_bytes())
    content[content.index(np.float64(4.25 + 2).tobytes())] ^= 1
    file.write_bytes(content)
    with pytest.raises(AssertionError, match="read again"):
        cached(path, never)


def test_a_cache_that_cannot_be_written_is_told(tmp_path, path, caplog):
    (tmp_path / "cache").write_text("in the way")
    with caplog.at_level(logging.INFO, "yolo"):
        cached(path, coco_json.read)
    assert "cannot write" in caplog.text


def test_what_nobody_has_used_for_long_is_deleted(tmp_path, path, monkeypatch):
    cached(path, coco_json.read)
    monkeypatch.setattr(coco_cache, "OLDEST", -1)
    write_coco(tmp_path / "other.json", [image(1, "a.jpg")], [])
    cached(tmp_path / "other.json", coco_json.read)
    assert kept(tmp_path) == []
