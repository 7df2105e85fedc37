"""Ultralytics' own loader reads the same boxes from label files, and the same pictures by a data.yaml."""

import numpy as np
import pytest

from tests.yolo.data.folders import write_text
from tests.yolo.data.formats.yolo_sets import YAML, found, labels, pictures
from yolo.data.formats import yolo_pose, yolo_txt

POLYGON = "0 0.1 0.2 0.5 0.1 0.9 0.4 0.6 0.95 0.2 0.8"


@pytest.fixture
def utils(tmp_path, monkeypatch):
    """The module `ultralytics.data.utils`, which writes its settings into a folder of the test and asks no server."""
    monkeypatch.setenv("YOLO_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("YOLO_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    module = pytest.importorskip("ultralytics.data.utils", exc_type=ImportError)
    monkeypatch.setattr(module, "check_font", lambda *_: None)  # it would be downloaded
    return module


def boxes(utils, folder, text, keypoints=0):
    """What Ultralytics reads, as sorted (class, left, top, right, bottom); None where it takes the file for corrupt."""
    pictures(folder, "a.jpg")
    (folder / "a.txt").write_bytes(text.encode())
    dimensions = 3 if keypoints else 0
    arguments = (str(folder / "a.jpg"), str(folder / "a.txt"), "", bool(keypoints), 3, keypoints, dimensions, False)
    read = utils.verify_image_label(arguments)[1]
    if read is None:
        return None
    return sorted((str(int(c)), x - w / 2, y - h / 2, x + w / 2, y + h / 2) for c, x, y, w, h in read.tolist())


def ours(path, read=yolo_txt.read):
    written = read(path)
    return sorted({(name, *box) for name, box in zip(written.names, np.reshape(written.numbers, (-1, 4)), strict=True)})


def agree(found, expected):
    assert [each[0] for each in found] == [each[0] for each in expected]
    np.testing.assert_allclose([each[1:] for each in found], [each[1:] for each in expected], atol=1e-6)  # float32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 0.5 0.5 0.25 0.5\n\n2 1.005 0.5 0.1 1\r\n",
        "\ufeff1.0\t0.5 0.5  0.25 0.5\n",
        "0 0.5 0.5 0 0.5\n",
        "0 0.5 0.5 0.25 0.5\n0 0.5 0.5 0.25 0.5\n",
        f"{POLYGON}\n1 -0.2 0.1 0.7 1.05 0.3 0.7\n",
        "2 0.5 0.3 0.7 0.5 0.5 0.7 0.3 0.5\n",
        "\n".join(f"{i % 3} {0.3 + i / 1e3:.6f} 0.4 {i / 1e3:.9f} 1e-3" for i in range(300)),
    ],
)
def test_the_same_boxes_are_read(utils, tmp_path, text):
    agree(boxes(utils, tmp_path, text), ours(tmp_path / "a.txt"))


def test_the_boxes_of_poses_are_the_same(utils, tmp_path):
    text = "".join(f"{i % 3} 0.5 0.4{i} 0.2 0.1 0.4 0.3 2 0.5 0.5 1\n" for i in range(9))
    agree(boxes(utils, tmp_path, text, keypoints=2), ours(tmp_path / "a.txt", yolo_pose.read))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0 0.5 0.5 0.25 0.5\n-1 0.5 0.5 0.25 0.5\n", 1),
        ("0 0.5 0.5 0.25 0.5\n0 0.5 0.5 nan\n", 1),
        ("0 0.5 0.5 0.25 0.5\n0 20 12 8 12\n", 1),
        ("0 0.5 0.5 0.25 0.5 0.9\n", 1),
        (f"0 0.5 0.5 0.25 0.5\n{POLYGON}\n", 2),
    ],
)
def test_a_file_that_it_leaves_out_as_a_whole_keeps_its_good_lines_here(utils, tmp_path, text, kept):
    assert boxes(utils, tmp_path, text) is None
    assert len(ours(tmp_path / "a.txt")) == kept


@pytest.mark.parametrize("path", ["", "path: .\n", "path: ROOT\n", "path: ROOT/../set\n"])
@pytest.mark.parametrize("train", ["images/train", "../train", "list.txt", "[images/train, images/more]"])
def test_the_same_pictures_are_found(utils, tmp_path, monkeypatch, path, train):
    root = pictures(
        tmp_path / "set", "images/train/b.jpg", "images/train/deep/a.jpg", "images/more/c.jpg", "train/d.jpg"
    )
    labels(root, "labels/train/b.txt", "train/d.txt")
    write_text(root / "list.txt", "./images/more/c.jpg\n./images/train/b.jpg\n")
    write_text(root / "data.yaml", path.replace("ROOT", str(root)) + YAML.format(train) + "val: images/train\n")
    monkeypatch.chdir(root)
    data = utils.check_det_dataset(str(root / "data.yaml"), autodownload=False)
    from ultralytics.data.dataset import YOLODataset

    read = YOLODataset(img_path=data["train"], data=data, task="detect", imgsz=32, augment=False)
    layout = found(root / "data.yaml")
    expected = {label["im_file"]: len(label["cls"]) for label in read.labels}
    stems = layout.stems_of("train")
    assert {str(layout.pictures[stem]): int(stem in layout.annotations) for stem in stems} == expected
