"""Which pictures `--unlabelled` takes: never one of the data, nor a copy of one."""

import logging
import shutil

import pytest

from tests.yolo.data.folders import write_picture, write_text
from yolo.data.data_folder import DataFolder
from yolo.errors import UserError
from yolo.training.unlabelled import find_unlabelled


@pytest.fixture
def more(tmp_path):
    """Three pictures of several sizes, a text and a hidden file."""
    for i in range(3):
        write_picture(tmp_path / "mehr" / f"ü{i}.png", height=20 + i)
    write_text(tmp_path / "mehr" / "notes.md", "no picture")
    write_picture(tmp_path / "mehr" / ".hidden.png")
    return tmp_path / "mehr"


def names(named, root, splits=("train",)):
    folder = DataFolder(root)
    return [each.path.name for each in find_unlabelled(str(named), folder, [folder.load(name) for name in splits])]


def test_a_folder_a_glob_a_picture_and_a_list_of_them_are_taken(more, painted_root, tmp_path):
    assert names(more, painted_root) == ["ü0.png", "ü1.png", "ü2.png"]
    assert names(more / "*[12].png", painted_root) == ["ü1.png", "ü2.png"]
    assert names(more / "ü1.png", painted_root) == ["ü1.png"]
    write_text(tmp_path / "list.txt", f"mehr/ü2.png\n\n{more / 'ü0.png'}\nmehr/ü2.png\n")
    assert names(tmp_path / "list.txt", painted_root) == ["ü2.png", "ü0.png"]


def test_pictures_have_no_objects_and_absolute_paths(more, painted_root, monkeypatch):
    monkeypatch.chdir(more.parent)
    folder = DataFolder(painted_root)
    found = find_unlabelled("mehr", folder, [])
    assert [len(each.labels) for each in found] == [0, 0, 0]
    assert all(each.path.is_absolute() for each in found)


def test_pictures_of_the_run_links_to_them_and_copies_are_left_out_and_named(more, painted_root, caplog):
    pictures = painted_root / "JPEGImages"
    shutil.copy(pictures / "bild 00.png", more / "copy.png")
    (more / "link.png").symlink_to(pictures / "bild 01.png")
    with caplog.at_level(logging.INFO, "yolo"):
        assert names(more, painted_root) == ["ü0.png", "ü1.png", "ü2.png"]
    assert "2 pictures of --unlabelled left out, as they are among the training, validation or test" in caplog.text
    assert "copy.png, link.png" in caplog.text


def test_validation_and_test_pictures_are_left_out_also_if_the_run_does_not_use_them(more, painted_root):
    pictures = painted_root / "JPEGImages"
    for name in ("bild 07.png", "bild 10.png"):  # of the lists val and test
        shutil.copy(pictures / name, more / name)
    assert names(more, painted_root) == ["ü0.png", "ü1.png", "ü2.png"]
    with pytest.raises(UserError, match=r"every picture of --unlabelled .*JPEGImages is among those of .*gemalt"):
        names(pictures, painted_root)


def test_a_picture_of_the_data_that_is_in_no_list_is_taken(painted_root, tmp_path):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    train = root / "ImageSets" / "Main" / "train.txt"
    train.write_text(train.read_text(encoding="utf-8").replace("bild 03\n", ""), encoding="utf-8")
    assert names(root / "JPEGImages", root) == ["bild 03.png"]


def test_a_damaged_picture_is_left_out_counted_and_named(more, painted_root, caplog):
    (more / "broken.jpg").write_bytes(b"no picture")
    assert names(more, painted_root) == ["ü0.png", "ü1.png", "ü2.png"]
    assert "1 of 4 unlabelled pictures left out because not readable: broken.jpg" in caplog.text


def test_an_empty_folder_a_missing_one_and_a_video_are_told(more, painted_root, tmp_path):
    (tmp_path / "leer").mkdir()
    write_text(tmp_path / "empty.txt", "\n")
    for named, message in (
        (tmp_path / "leer", "leer holds no picture"),
        (tmp_path / "absent", "there is no picture, folder or video .*absent"),
        (more / "*.gif", r"no picture or video is named like .*\.gif"),
        (tmp_path / "empty.txt", r"--unlabelled .*empty\.txt names no picture"),
    ):
        with pytest.raises(UserError, match=message):
            names(named, painted_root)
