"""`augment` as it is typed: the sheet, the milliseconds, and a mistake in one line."""

import numpy as np
import pytest

from tests.yolo.data.painted import painted
from tests.yolo.training.thin import painted_set
from yolo import picture_files
from yolo.cli import augment
from yolo.data.demo.demo_set import ensure

OWN = """
transform:
  __class_fullname__: Compose
  transforms:
  - {__class_fullname__: BoxPaste}
  - {__class_fullname__: VerticalFlip, p: 0.5}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return ensure(tmp_path_factory.mktemp("demo") / "set", 12)


def test_the_sheet_shows_the_pictures_each_transform_alone_and_all_of_them(yolo, demo, tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN, encoding="utf-8")
    call = ["augment", "--data", str(demo), "--augment", str(tmp_path / "mine.yaml"), "--input-size", "96", "128"]
    for name in ("mine.jpg", "mine-2.jpg"):  # what is there is not replaced
        answer = yolo(*call, "--output", str(tmp_path / "out"))
        assert answer.code == 0
        assert f"written to {tmp_path / 'out' / name}" in answer.out
    lines = [line.split()[1] for line in answer.out.splitlines()[:3]]
    assert lines == ["BoxPaste", "VerticalFlip", "all"]
    rows = 1 + 2 + augment.TOGETHER
    assert picture_files.read(tmp_path / "out/mine.jpg").shape == (rows * (96 + 30), augment.SHOWN * 128, 3)


def test_a_slow_transform_is_named(yolo, demo, tmp_path, monkeypatch):
    monkeypatch.setattr(augment, "milliseconds", lambda step, samples: 158.0)
    answer = yolo("augment", "--data", str(demo), "--augment", "light", "--output", str(tmp_path / "out"))
    assert "Warp                         158.0 ms a picture   slow: over 20 ms" in answer.out


def test_each_row_shows_what_its_transform_alone_does():
    from yolo.data.augmentation import Augmentation
    from yolo.data.import_albumentations import A

    samples = [painted((20, 30, 60, 50), labels=[0])] * augment.SHOWN
    whole = Augmentation([A.HorizontalFlip(p=1.0), A.VerticalFlip(p=1.0)])
    steps = [*whole.alone(), ("all together", whole)]
    rows = augment.sheet(steps, [1.0] * 3, samples, ("thing",), 0).reshape(-1, 160 + 30, augment.SHOWN * 256, 3)
    pictures = rows[:, 30:, :256].astype(int)  # below the captions, the first column
    corners = [(40, 30), (225, 40), (40, 120), (225, 120), (225, 120), (225, 120)]  # (x, y) within each red rectangle
    for picture, (x, y) in zip(pictures, corners, strict=True):
        assert np.abs(picture[y - 3 : y + 4, x - 3 : x + 4] - [255, 0, 0]).max(axis=-1).min() == 0
    assert len(rows) == 1 + 2 + augment.TOGETHER


def test_a_mistake_is_one_line(yolo, demo):
    answer = yolo("augment", "--data", str(demo), "--augment", "strnog")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: there is no augmentation 'strnog', did you mean 'strong'?")
    assert answer.err.count("\n") == 1


def test_a_transform_that_fails_on_some_pictures_is_one_line(yolo, tmp_path):
    (tmp_path / "tight.yaml").write_text(
        "transform: {__class_fullname__: BBoxSafeRandomCrop, erosion_rate: 1.0, p: 1}", encoding="utf-8"
    )
    data = painted_set(tmp_path / "data")
    answer = yolo("augment", "--data", str(data), "--augment", str(tmp_path / "tight.yaml"), "--input-size", "64", "96")
    taken, error = answer.err.splitlines()
    assert (answer.code, taken) == (2, "VOC XML: 2 classes, 6 train, 3 val, 3 test")
    assert error.startswith(f"error: BBoxSafeRandomCrop fails on the picture {data / 'JPEGImages'}")
    assert not (tmp_path / "augmentation").exists()
