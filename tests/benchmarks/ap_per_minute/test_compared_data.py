import yaml

from benchmarks.ap_per_minute.compared_data import prepare
from tests.yolo.data.folders import voc_root, xml


def test_ultralytics_is_given_the_same_pictures_to_train_on_and_one_of_them_to_validate(tmp_path):
    objects = {f"{i}": xml(("dog", 3, 3, 20, 20), ("cat", 1, 1, 9, 9)) for i in range(5)}
    lists = {"train": "0\n1\n", "val": "2\n", "trainval": "0\n1\n2\n", "test": "3\n4\n"}
    voc_root(tmp_path / "shared" / "bccd", objects, lists)
    (tmp_path / "work").mkdir()
    for _ in range(2):  # as when the command goes on
        data = prepare("bccd", tmp_path / "shared", tmp_path / "work")
    assert (data.train, len(data.test), data.test.class_names) == (3, 2, ("cat", "dog"))
    assert [path.rpartition("/")[2] for path in data.pictures] == ["3.jpg", "4.jpg"]
    described = yaml.safe_load(data.yaml.read_text(encoding="utf-8"))
    assert described["names"] == {0: "cat", 1: "dog"}
    root = data.yaml.parent / "bccd-yolo"
    assert described["path"] == str(root)
    train = [line for name in described["train"] for line in (root / name).read_text(encoding="utf-8").split()]
    assert [line.rpartition("/")[2] for line in train] == ["0.jpg", "1.jpg", "2.jpg"]
    assert all((root / line).is_file() for line in train)
    assert (root / described["val"]).read_text(encoding="utf-8").split() == train[:1]
    label = (root / train[0]).parents[2] / "labels" / "train" / "0.txt"
    assert sorted(line.split()[0] for line in label.read_text(encoding="utf-8").splitlines()) == ["0", "1"]
