"""The demo set on disk."""

import json

import numpy as np
import pytest

from yolo import picture_files
from yolo.data import data_folder
from yolo.data.demo import demo_set, drawing
from yolo.errors import UserError


def content(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_set.write(tmp_path_factory.mktemp("a") / "dämo set", pictures=20, seed=3)


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(demo, tmp_path):
    assert content(demo_set.write(tmp_path / "same", pictures=20, seed=3)) == content(demo)
    other = content(demo_set.write(tmp_path / "other", pictures=20, seed=4))
    assert other.keys() == content(demo).keys()
    assert all(other[path] != data for path, data in content(demo).items() if path.suffix == ".jpg")


def test_a_smaller_set_holds_the_same_pictures(demo, tmp_path):
    few = content(demo_set.write(tmp_path / "few", pictures=10, seed=3))
    assert all(content(demo)[path] == data for path, data in few.items() if path.suffix == ".jpg")


def test_the_lists_share_out_every_picture_once(demo):
    assert data_folder.splits(demo) == ("test", "train", "trainval", "val")
    parts = {
        split: {a.path.name for a in data_folder.load(demo, split).annotations} for split in data_folder.splits(demo)
    }
    assert [len(parts[split]) for split in ("train", "val", "test")] == [14, 2, 4]
    assert parts["train"] | parts["val"] == parts["trainval"]
    assert not parts["trainval"] & parts["test"]


def test_what_is_read_is_what_was_drawn(demo):
    dataset = data_folder.load(demo, "all", drawing.NAMES)
    assert dataset.problems == ()
    for number, annotation in enumerate(dataset.annotations):
        image, names, boxes, _ = drawing.draw(np.random.default_rng((3, number)))
        assert [drawing.NAMES[label] for label in annotation.labels] == list(names)
        assert annotation.boxes.tolist() == boxes.tolist()
        assert picture_files.read(annotation.path).shape == image.shape


def test_ensure_writes_once_and_then_leaves_the_set_alone(tmp_path):
    folder = demo_set.ensure(tmp_path / "deep" / "demo", pictures=10)
    (folder / "Annotations" / "shapes_00000.xml").write_text("mine", encoding="utf-8")
    assert demo_set.ensure(folder, pictures=10) == folder
    assert (folder / "Annotations" / "shapes_00000.xml").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_filled_and_a_demo_set_replaced(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    demo_set.write(folder, pictures=11)
    demo_set.write(folder, pictures=10, seed=1)
    assert json.loads((folder / demo_set.MARKER).read_text(encoding="utf-8"))["pictures"] == 10
    assert len(data_folder.load(folder, "all")) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_files_that_are_not_the_demo_sets_are_never_overwritten(tmp_path):
    foreign = tmp_path / "photos"
    foreign.mkdir()
    (foreign / "me.jpg").write_bytes(b"precious")
    with pytest.raises(UserError, match="not the demo set"):
        demo_set.write(foreign, pictures=10)
    with pytest.raises(UserError, match="not the demo set"):
        demo_set.ensure(foreign / "me.jpg", pictures=10)
    demo = demo_set.write(tmp_path / "demo", pictures=10)
    (demo / "JPEGImages" / "mine.jpg").write_bytes(b"precious")
    with pytest.raises(UserError, match=r"such as .*mine\.jpg"):
        demo_set.write(demo, pictures=10)
    assert (demo / "JPEGImages" / "mine.jpg").read_bytes() == b"precious"


def test_an_interrupted_run_leaves_nothing_behind(tmp_path):
    def interrupted(numbers):
        yield from list(numbers)[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo_set.write(tmp_path / "demo", pictures=10, progress=interrupted)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_users_mistake(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="cannot write the demo set"):
        demo_set.write(tmp_path / "file" / "demo", pictures=10)
