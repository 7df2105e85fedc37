"""Which pictures int8 is calibrated on."""

import numpy as np
import pytest

from tests.yolo.training.thin import painted_set
from yolo import picture_files
from yolo.cli import benchmark
from yolo.cli.calibration_pictures import calibration_files, thinned
from yolo.config import BenchmarkConfig
from yolo.data import data_folder
from yolo.errors import UserError


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder with a data set in `daten`: train 0 to 5, val 6 to 8, test 9 to 11."""
    monkeypatch.chdir(tmp_path)
    painted_set(tmp_path / "daten")
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "split", "numbers"), [(None, "test", range(6)), ("daten/JPEGImages", "val", [*range(6), 9, 10, 11])]
)
def test_none_of_them_is_scored(place, folder, split, numbers):
    source = data_folder.DataFolder("daten")
    files = calibration_files(folder, source, source.load(split).annotations)
    assert [file.stem for file in files] == [f"bild {number:02d}" for number in numbers]


@pytest.mark.parametrize(
    ("folder", "where"), [(None, "the train list of daten"), ("daten/JPEGImages", "daten/JPEGImages")]
)
def test_where_everything_is_scored_none_is_left(place, folder, where):
    source = data_folder.DataFolder("daten")
    with pytest.raises(UserError, match=f"^{where} holds no picture to calibrate on beside those that are scored"):
        calibration_files(folder, source, source.load("all").annotations)


def test_a_set_without_a_train_list_asks_for_a_folder(place):
    lists = place / "daten" / "ImageSets" / "Main"
    (lists / "train.txt").rename(lists / "test.txt")  # val and test leave pictures for training otherwise
    (lists / "val.txt").write_text("\n".join(f"bild {number:02d}" for number in range(6, 12)), encoding="utf-8")
    with pytest.raises(UserError, match="daten has no train list to calibrate int8 on: give a folder with --calib"):
        calibration_files(None, data_folder.DataFolder("daten"), ())


def test_pictures_below_a_folder_are_found_and_hidden_ones_left_out(tmp_path):
    for name in ("b.jpg", "._b.jpg", ".thumbnails/c.jpg", "deeper/a.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert calibration_files(tmp_path, None, ()) == [tmp_path / "b.jpg", tmp_path / "deeper" / "a.jpg"]


def test_pictures_that_cannot_be_read_are_named_and_the_others_measured(tmp_path, caplog):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    picture_files.write(tmp_path / "good.png", np.zeros((9, 12, 3), np.uint8))
    config = BenchmarkConfig(pictures=str(tmp_path))
    assert benchmark.measured_pictures(config, None, tmp_path) == [tmp_path / "good.png"]
    assert "left out: cannot decode" in caplog.text
    assert "bad.jpg" in caplog.text
    (tmp_path / "good.png").unlink()
    with pytest.raises(UserError, match="none of the pictures to detect in can be read"):
        benchmark.measured_pictures(config, None, tmp_path)


def test_many_pictures_are_thinned_out_evenly():
    assert thinned(range(10), 4) == [0, 2, 5, 7]
    assert thinned([3, 1], 4) == [3, 1]
