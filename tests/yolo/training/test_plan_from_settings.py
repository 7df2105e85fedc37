"""What is settled before the first step."""

import dataclasses
import json
import logging
import shutil

import numpy as np
import pytest

from tests.yolo.data.folders import write_text, xml
from tests.yolo.training.thin import SIZE, painted_set
from yolo import anchors
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.training import plan_from_settings, precision, run_datasets
from yolo.training.network_plan import choose_anchors
from yolo.training.plan import TrainingPlan
from yolo.training.plan_from_settings import check_start, make_plan
from yolo.training.run_length import batch_size_for, epochs_for


@pytest.fixture
def root(tmp_path, painted_root):
    """A copy of the painted set that may be spoilt."""
    return shutil.copytree(painted_root, tmp_path / "gemalt")


def config(root, **settings):
    usual = {"input_size": SIZE, "precision": "float32", "weights": "none"}
    return TrainConfig(data=str(root), **usual | settings)


def loaded(asked):
    """The data of a run from random weights."""
    return make_plan(asked, None)[1]


def stems(dataset):
    return [annotation.path.stem for annotation in dataset.annotations]


def test_every_choice_is_made_once_and_stands_in_the_plan_and_in_the_settings_that_are_kept(painted_root, monkeypatch):
    monkeypatch.setattr(precision, "choose", {"auto": "mixed_float16"}.get)
    asked = TrainConfig(data=str(painted_root), weights="none")
    plan, data = make_plan(asked, None)
    there = str(painted_root.resolve())  # so that the run can be resumed from any folder
    chosen = {"data": there, "epochs": 120, "batch_size": 4, "precision": "mixed_float16", "resize": "letterbox"}
    assert TrainConfig(**plan.settings) == dataclasses.replace(asked, **chosen)
    assert (plan.data, plan.epochs, plan.full_size_from, plan.gentle_from) == (there, 120, 72, 84)
    assert (plan.learning_rate, plan.weight_decay, plan.cache, plan.workers) == (0.002, 0.02, True, 0)
    assert plan.splits == run_datasets.RunSplits("train", "val", "test", held_out=False)
    assert (plan.class_list, plan.class_names, data.class_names) == (None, *[("grün", "rot")] * 2)
    assert plan.network["dtype"] == "mixed_float16"
    assert [len(x) for x in (data.train, data.validation, data.test)] == [6, 3, 3]


def test_a_plan_reads_back_from_its_file_as_it_was(painted_root, tmp_path):
    settings = {"labels": "rot", "freeze_epochs": 1, "epochs": 9, "horizontal_flip": 0.25, "resize": "stretch"}
    plan, data = make_plan(config(painted_root, **settings), None)
    plan.save(tmp_path)
    again = TrainingPlan.read(tmp_path)
    assert again == plan
    assert [type(value) for value in vars(again).values()] == [type(value) for value in vars(plan).values()]
    assert plan_from_settings.load_data(again).digest() == data.digest()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": "one"}, "its 'seed' has the wrong type"),
        ({"class_list": [1, 2]}, "its 'class_list' has the wrong type"),
        ({"phases": []}, "its phases cannot be of a run"),
        ({"phases": [{"first": 0}]}, "no plan of a run"),
        (
            {"phases": [{"first": "a", "last": 2, "frozen": False, "input_size": [64, 64]}]},
            "'first' has the wrong type",
        ),
        ({"network": {}}, "its network cannot be of a run"),
        ({"splits": None}, "no plan of a run"),
        ({"speed": 1}, "unexpected keyword argument 'speed'"),
    ],
)
def test_a_file_that_is_no_plan_is_told(painted_root, tmp_path, change, message):
    make_plan(config(painted_root), None)[0].save(tmp_path)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        TrainingPlan.read(tmp_path)


@pytest.mark.parametrize(("pictures", "epochs"), [(1, 120), (300, 43), (100000, 30)])
def test_a_run_shows_about_thirteen_thousand_pictures_in_30_to_120_epochs(pictures, epochs):
    assert epochs_for(pictures) == epochs


@pytest.mark.parametrize(
    ("settings", "batch_size"), [({"epochs": 1}, 4), ({"epochs": 4000}, 8), ({"batch_size": 3}, 3)]
)
def test_a_short_run_has_smaller_batches_unless_the_user_names_their_size(painted_root, settings, batch_size):
    plan, _ = make_plan(config(painted_root, **{"batch_size": None} | settings), None)
    assert plan.batch_size == plan.settings["batch_size"] == batch_size


def test_the_batches_of_a_run_without_a_number_of_epochs_are_those_of_its_own_number():
    assert [batch_size_for(shown) for shown in (1, 3999, 4000, 10**6)] == [4, 4, 8, 8]


def test_a_plan_of_before_there_were_rectangular_batches_has_none(painted_root, tmp_path):
    plan, _ = make_plan(config(painted_root, rectangular_batches=True), None)
    plan.save(tmp_path)
    path = tmp_path / "plan.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content.pop("rectangular_batches") is content["settings"].pop("rectangular_batches") is True
    path.write_text(json.dumps(content), encoding="utf-8")
    old = TrainingPlan.read(tmp_path)
    assert old.rectangular_batches is old.settings["rectangular_batches"] is False


def test_without_a_validation_list_a_tenth_is_held_out_the_same_each_time(root, caplog):
    (root / "ImageSets" / "Main" / "val.txt").unlink()
    with caplog.at_level(logging.INFO, "yolo"):
        first, again = loaded(config(root)), loaded(config(root))
    assert stems(first.validation) == stems(again.validation)
    assert len(first.validation) == 1
    assert sorted(stems(first.train) + stems(first.validation)) == [f"bild {i:02d}" for i in range(6)]
    assert "held out" in caplog.text


def test_validation_and_test_can_be_left_out(painted_root):
    data = loaded(config(painted_root, val_split="none", test_split="none"))
    assert data.validation is data.test is None
    assert len(data.train) == 6


def test_a_list_that_chooses_the_epoch_is_not_scored_again_as_the_test(painted_root):
    data = loaded(config(painted_root, val_split="test"))
    assert stems(data.validation) == ["bild 09", "bild 10", "bild 11"]
    assert data.test is None


def test_a_missing_list_is_a_users_mistake(painted_root):
    with pytest.raises(UserError, match="no split 'vale': choose from test, train, val, all, did you mean 'val'"):
        loaded(config(painted_root, val_split="vale"))


def test_early_stopping_needs_a_validation_score(painted_root):
    with pytest.raises(UserError, match="--patience"):
        loaded(config(painted_root, val_split="none", patience=3))


def test_tensorboard_is_asked_for_only_where_it_is_installed(painted_root, monkeypatch):
    monkeypatch.setattr(plan_from_settings.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install tensorboard"):
        loaded(config(painted_root, tensorboard=True))


def test_a_picture_that_cannot_be_decoded_is_named_and_left_out(root, caplog):
    (root / "JPEGImages" / "bild 02.png").write_bytes(b"no picture")
    data = loaded(config(root))
    assert stems(data.train) == ["bild 00", "bild 01", "bild 03", "bild 04", "bild 05"]
    assert "bild 02.png" in caplog.text
    assert "1 of 6 training pictures left out" in caplog.text


def test_when_no_picture_can_be_decoded_the_run_does_not_start(root):
    for path in (root / "JPEGImages").iterdir():
        path.write_bytes(b"no picture")
    with pytest.raises(UserError, match="none of the 6 training pictures can be read"):
        loaded(config(root))


@pytest.mark.parametrize(
    "annotation",
    [
        xml(),
        xml(("rot", 1, 1, 30, 30)).replace("<bndbox>", "<difficult>1</difficult><bndbox>"),
    ],
    ids=["nothing annotated", "only difficult objects"],
)
@pytest.mark.parametrize("chosen", ["auto", "default"])
def test_pictures_without_an_object_to_learn_are_a_users_mistake(root, annotation, chosen):
    for path in (root / "Annotations").iterdir():
        write_text(path, annotation)
    write_text(root / "classes.txt", "rot")
    with pytest.raises(UserError, match="no object that could be learned"):
        loaded(config(root, classes=str(root / "classes.txt"), anchors=chosen))


def test_annotations_without_any_object_and_no_class_list_are_a_users_mistake(root):
    for path in (root / "Annotations").iterdir():
        write_text(path, xml())
    with pytest.raises(UserError, match="hold no object, so there is nothing to learn"):
        loaded(config(root))


def test_a_class_list_decides_the_order_of_the_labels(root):
    write_text(root / "classes.txt", "rot\nblau\ngrün\n")
    data = loaded(config(root, classes=str(root / "classes.txt")))
    assert data.class_names == ("rot", "blau", "grün")
    assert set(np.concatenate([a.labels for a in data.train.annotations])) == {0, 2}


def test_anchors_are_those_asked_for(painted_root, tmp_path):
    given = tmp_path / "anchors.txt"
    given.write_text("1,2, 3,4, 5,6, 7,8, 9,10, 11,12", encoding="utf-8")
    train = loaded(config(painted_root)).train
    assert choose_anchors("default", train, SIZE, "letterbox", 0) == anchors.DEFAULT
    assert choose_anchors(str(given), train, SIZE, "letterbox", 0).tolist()[5] == [11, 12]
    auto = choose_anchors("auto", train, SIZE, "letterbox", 0)
    sizes = np.concatenate([a.boxes[:, 2:] - a.boxes[:, :2] for a in train.annotations]) * 64 / 60
    assert auto.shape == (6, 2)
    assert anchors.average_best_iou(sizes, auto) > 0.85


def test_without_a_data_folder_the_demo_set_is_made_and_named(painted_root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan_from_settings.demo_set, "ensure", lambda folder, progress: painted_set(folder))
    plan, data = make_plan(TrainConfig(precision="float32", weights="none"), None)
    assert (plan.data, plan.epochs) == (str(tmp_path / "demo-data"), plan_from_settings.DEMO_EPOCHS)
    assert len(data.train) == 6


def test_several_data_paths_are_joined_and_kept_as_absolute_ones(root, painted_root, monkeypatch):
    monkeypatch.chdir(root.parent)
    plan, data = make_plan(config(f"gemalt, {painted_root}"), None)
    assert plan.data == plan.settings["data"] == f"{root},{painted_root}"
    assert [len(x) for x in (data.train, data.validation, data.test)] == [12, 6, 6]
    assert data.train.annotations[11].path.is_relative_to(painted_root)


def lists(root):
    return root / "ImageSets" / "Main"


def test_validation_pictures_that_are_trained_on_are_refused(root):
    with pytest.raises(UserError, match=r"3 pictures are both in 'all' and in 'val'.*--val-split none"):
        loaded(config(root, train_split="all"))


def test_it_is_known_whether_the_test_pictures_are_unseen(root):
    assert loaded(config(root)).test_is_unseen
    assert not loaded(config(root, train_split="all", val_split="none")).test_is_unseen


def test_only_the_usual_test_list_may_be_absent(root):
    with pytest.raises(UserError, match="no split 'tset'"):
        loaded(config(root, test_split="tset"))
    (lists(root) / "test.txt").unlink()
    assert loaded(config(root)).test is None


def test_pictures_that_cannot_be_read_are_left_out_of_validation_and_test_too(root, caplog):
    for stem in ("bild 06", "bild 09"):
        (root / "JPEGImages" / f"{stem}.png").write_bytes(b"no picture")
    data = loaded(config(root))
    assert [len(x) for x in (data.train, data.validation, data.test)] == [6, 2, 2]
    assert "1 of 3 validation pictures" in caplog.text
    assert "1 of 3 test pictures" in caplog.text


def test_a_box_outside_its_picture_is_left_out_once_and_named(root, caplog):
    source = root / "Annotations" / "bild 00.xml"
    write_text(source, xml(("rot", 5, 5, 20, 20), ("rot", 500, 5, 600, 20), ("rot", 61, 11, 400, 30)))
    data = loaded(config(root))
    np.testing.assert_array_equal(data.train.annotations[0].boxes, [[4, 4, 20, 20], [60, 10, 80, 30]])
    assert caplog.text.count("1 box outside the picture left out: bild 00.png") == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weights": "absent.keras"}, "no weights file absent.keras"),
        ({"weights": "coc"}, "no weights can be read from coc, did you mean .coco.?"),
        ({"strict": True}, "--strict is about the file of --weights: name that file, or leave out --strict"),
        ({"weights": "auto", "strict": True}, "--strict is about the file of --weights"),
        ({"cfg": "a.cfg"}, "--cfg is about the file of --weights"),
        ({"weights": "auto", "anchors_file": "a.txt"}, "--anchors-file is about the file of --weights"),
        ({"anchors": "absent.txt"}, "cannot read the anchors file absent.txt"),
    ],
)
def test_files_that_a_run_starts_from_are_looked_for_without_the_pictures(root, settings, message):
    with pytest.raises(UserError, match=message):
        check_start(config(root, **settings))


def test_a_wrong_attention_is_found_before_any_picture_is_read(root, monkeypatch):
    monkeypatch.setattr(run_datasets, "clean", None)
    with pytest.raises(UserError, match="unknown attention 'cbma'"):
        loaded(config(root, attention="cbma"))


def test_more_frozen_epochs_than_epochs_are_refused(root):
    with pytest.raises(UserError, match="--freeze-epochs must be less than the 2 epochs; got 2"):
        loaded(config(root, epochs=2, freeze_epochs=2))


def test_fewer_classes_than_annotated_can_be_learned(root, caplog):
    data = loaded(config(root, labels="rot"))
    whole = loaded(config(root))
    assert data.class_names == ("rot",)
    red = [whole.class_names.index("rot")]
    for part in ("train", "validation", "test"):
        kept, before = getattr(data, part).annotations, getattr(whole, part).annotations
        assert [len(known.labels) for known in kept] == [np.isin(known.labels, red).sum() for known in before]
    assert "of classes that --labels does not name left out: grün" in caplog.text


@pytest.mark.parametrize(
    ("labels", "message"), [("rod", "no class 'rod', did you mean 'rot'"), (" , ", "names no class")]
)
def test_a_label_that_no_object_has_is_a_users_mistake(root, labels, message):
    with pytest.raises(UserError, match=message):
        loaded(config(root, labels=labels))


def test_a_broken_annotation_is_left_out_of_training_and_named(root, caplog):
    write_text(root / "Annotations" / "bild 02.xml", "<annotation>")
    assert stems(loaded(config(root)).train) == ["bild 00", "bild 01", "bild 03", "bild 04", "bild 05"]
    assert "1 annotation that cannot be read left out: bild 02.xml" in caplog.text


def test_pictures_without_annotation_are_kept_when_asked_for(root):
    (root / "Annotations" / "bild 02.xml").unlink()
    assert len(loaded(config(root)).train) == 5
    assert len(loaded(config(root, negatives=True)).train) == 6


def test_corners_counted_from_0_are_read_so_when_asked_for(root):
    first, zero = (loaded(config(root, corners=origin)).train.annotations[0].boxes for origin in ("auto", "0"))
    np.testing.assert_array_equal(zero - first, np.tile([1, 1, 0, 0], (len(first), 1)))


def test_the_same_picture_in_training_and_test_is_told(root, caplog):
    shutil.copy(root / "JPEGImages" / "bild 00.png", root / "JPEGImages" / "bild 09.png")
    loaded(config(root))
    assert "in more than one split, so that scores flatter: bild 00.png (train) = bild 09.png (test), " in caplog.text


def test_the_digest_of_the_data_is_the_same_wherever_the_folder_lies(root, painted_root):
    assert loaded(config(root)).digest() == loaded(config(painted_root)).digest()
    write_text(root / "Annotations" / "bild 02.xml", xml())
    assert loaded(config(root)).digest() != loaded(config(painted_root)).digest()


def test_a_short_run_from_other_weights_keeps_the_usual_batches(painted_root, tmp_path):
    YoloV4Tiny(("rot",), input_size=SIZE).save(tmp_path / "other.keras")
    asked = config(painted_root, batch_size=None, epochs=1, weights=str(tmp_path / "other.keras"))
    initial = plan_from_settings.open_initial(asked, check_start(asked))
    assert make_plan(asked, initial)[0].batch_size == 8
