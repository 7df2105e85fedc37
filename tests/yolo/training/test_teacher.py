"""Runs with a teacher: what it is asked, what is learned from it, and that such a run is resumed without it."""

import json
import logging
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.folders import write_text
from tests.yolo.training.painted_teacher import PaintedTeacher
from tests.yolo.training.runs import assert_same_run, config
from tests.yolo.training.test_engine import train_and_die
from tests.yolo.training.thin import painted_set, thin_networks
from yolo import picture_files
from yolo.boxes import iou_matrix
from yolo.config import TrainConfig
from yolo.data.training_batches import TrainingData
from yolo.errors import UserError
from yolo.temperature import scaled
from yolo.training import teacher
from yolo.training.engine import resume, train
from yolo.training.lessons import Lessons
from yolo.training.plan import TrainingPlan
from yolo.training.plan_from_settings import make_plan
from yolo.weights.model_format import ModelFormat
from yolo.weights.resolve_model import ModelFile

SURE = {"rot": 0.9, "grün": 0.3}


@pytest.fixture(autouse=True)
def _thin(monkeypatch):
    thin_networks(monkeypatch)


@pytest.fixture(scope="module")
def more(tmp_path_factory):
    """Seven pictures without labels: two empty ones, five with a red and a green thing; one of them is turned by EXIF.

    One more is damaged.
    """
    folder = tmp_path_factory.mktemp("mehr") / "ohne"
    root = painted_set(tmp_path_factory.mktemp("alle"), pictures=20, lists=False)
    folder.mkdir()
    for number in (12, 13, 14, 15, 16, 18, 19):
        shutil.copy(root / "JPEGImages" / f"bild {number}.png", folder)
    blank = np.full((60, 80, 3), 90, np.uint8)
    picture_files.write(folder / "leer.png", blank)
    turned = Image.open(folder / "bild 13.png").transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees, clockwise
    turned.save(folder / "gedreht.png", exif=exif)
    (folder / "kaputt.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture
def taught_by(monkeypatch, tmp_path):
    """Makes the file of a teacher, which `PaintedTeacher` stands for: `taught_by({"rot": 0.9})`."""

    def make(scores=SURE, **settings):
        (tmp_path / "teacher.onnx").write_bytes(b"a stand-in")
        runtime = PaintedTeacher(scores, **settings)
        monkeypatch.setattr(teacher, "open_runtime", lambda model, allow_imports: runtime)
        return str(tmp_path / "teacher.onnx")

    return make


def are_apart(boxes):
    """Whether there are two boxes and neither hides a part of the other, of which the teacher then sees less."""
    return len(boxes) == 2 and iou_matrix(boxes[:1], boxes[1:])[0, 0] == 0


def learned(asked):
    """The data of a run as its teacher leaves them, and the lessons."""
    _, data = make_plan(asked, None)
    lessons = teacher.ask(teacher.resolve_teacher(asked), data, False)
    return lessons.applied(data), lessons


def test_labels_are_softened_and_pictures_without_labels_get_objects(painted_root, more, taught_by, tmp_path, caplog):
    asked = config(painted_root, tmp_path, teacher=taught_by(), unlabelled=str(more))
    with caplog.at_level(logging.INFO, "yolo"):
        data, _ = learned(asked)
    green, red = (data.class_names.index(name) for name in ("grün", "rot"))
    apart = [known for known in data.train.annotations if are_apart(known.boxes)]
    assert len(apart) > 1
    for known in apart:
        np.testing.assert_allclose(known.scores, np.where(known.labels == red, 0.95, 0.65), rtol=1e-6)
        assert not known.difficult.any()
    doubted = sum(int((known.scores < 0.75).sum()) for known in data.train.annotations)
    beside = sum(int(known.difficult.sum()) for known in data.train.annotations)
    pictures = {each.path.name: each for each in data.unlabelled}
    assert "kaputt.jpg" not in pictures
    assert len(pictures) == 9
    for name, each in pictures.items():
        assert each.is_complete
        assert each.labels.tolist() == ([] if name in ("leer.png", "bild 17.png") else [red, green]), name
        np.testing.assert_allclose(each.scores, [0.9, 1][: len(each.labels)], rtol=1e-6)
        assert each.difficult.tolist() == [False, True][: len(each.labels)]
    assert "1 of 10 unlabelled pictures left out because not readable: kaputt.jpg" in caplog.text
    assert (
        f"it doubts {doubted} of 10 labelled objects, and leaves {beside} open that no label says; in 9 pictures "
        "without labels it teaches 8 objects, leaves 8 open, and sees nothing in 1"
    ) in caplog.text


def test_boxes_are_in_pixels_of_the_upright_picture(painted_root, more, taught_by, tmp_path):
    data, _ = learned(config(painted_root, tmp_path, teacher=taught_by(), unlabelled=str(more)))
    boxes = {each.path.name: each.boxes for each in data.unlabelled}
    np.testing.assert_array_equal(boxes["gedreht.png"], boxes["bild 13.png"])
    image = picture_files.read(more / "bild 13.png").astype(int)
    rows, columns = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 60))
    extent = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(boxes["bild 13.png"][0], extent, atol=0.6)


def test_scores_are_those_that_the_temperature_of_the_teacher_makes(painted_root, taught_by, tmp_path):
    asked = config(painted_root, tmp_path, teacher=taught_by({"rot": 0.9, "grün": 0.02}, temperature=2.0))
    _, lessons = learned(asked)
    found = [record for records in lessons.labelled.values() for record in records]
    scores = {name: {record["score"] for record in found if record["label"] == name} for name in SURE}
    assert scores == {name: {round(float(scaled(score, 2.0)), 5)} for name, score in (("rot", 0.9), ("grün", 0.02))}
    assert min(scores["grün"]) > 0.1 > 0.02


def test_classes_are_matched_by_name_also_in_another_writing_and_others_are_left_out(
    painted_root, more, taught_by, tmp_path
):
    scores, own = {"hund": 0.9, "GRÜN": 0.8, "Rot": 0.9}, {"Rot": "rot", "GRÜN": "grün", "hund": "rot"}
    asked = config(painted_root, tmp_path, teacher=taught_by(scores, own=own), unlabelled=str(more))
    data, lessons = learned(asked)
    assert lessons.classes == {"grün": "GRÜN", "rot": "Rot"}
    seen = [tuple(each.labels.tolist()) for each in data.unlabelled]
    assert set(seen) == {(), (1, 0)}


def test_a_teacher_of_other_classes_is_refused_with_the_names_of_both(painted_root, taught_by, tmp_path):
    with pytest.raises(UserError, match=r"teacher\.onnx knows none of the classes grün, rot; it knows cat, dog"):
        learned(config(painted_root, tmp_path, teacher=taught_by({"cat": 0.9, "dog": 0.9})))


def test_what_a_teacher_does_not_know_is_not_background(painted_root, more, taught_by, tmp_path, caplog):
    asked = config(painted_root, tmp_path, teacher=taught_by({"rot": 0.9}), unlabelled=str(more))
    with caplog.at_level(logging.INFO, "yolo"):
        data, _ = learned(asked)
    assert not any(each.is_complete for each in data.unlabelled)
    assert all(each.is_complete for each in data.train.annotations)
    green = [score for each in data.train.annotations for score in each.scores[each.labels == 0].tolist()]
    assert set(green) == {1}, "labels of such a class are as sure as ever"
    assert "the teacher does not know grün: in pictures without labels nothing is taken for background" in caplog.text


def test_of_chosen_labels_only_these_are_asked_for(painted_root, more, taught_by, tmp_path):
    asked = config(painted_root, tmp_path, teacher=taught_by(), unlabelled=str(more), labels="rot")
    data, lessons = learned(asked)
    assert lessons.classes == {"rot": "rot"}
    assert {tuple(each.labels.tolist()) for each in data.unlabelled} == {(), (0,)}
    assert all(each.is_complete for each in data.unlabelled)


def test_the_teacher_looks_at_every_picture_once(painted_root, more, tmp_path, taught_by):
    asked = config(painted_root, tmp_path, teacher=taught_by(), unlabelled=str(more))
    _, data = make_plan(asked, None)
    runtime = PaintedTeacher(SURE)
    teacher.open_runtime = lambda model, allow_imports: runtime  # `taught_by` puts it back
    teacher.ask(ModelFile("x.onnx", more, ModelFormat.ONNX), data, False)
    assert runtime.seen == 6 + 9


def test_pictures_without_labels_need_a_teacher(painted_root, more, tmp_path):
    with pytest.raises(UserError, match=r"--unlabelled needs --teacher FILE"):
        train(config(painted_root, tmp_path, unlabelled=str(more)))
    assert not list(tmp_path.iterdir())


def test_a_teacher_that_is_not_there_is_told_before_anything_else(tmp_path):
    with pytest.raises(UserError, match=r"there is no weights file absent\.keras"):
        train(config("no data", tmp_path, teacher="absent.keras"))


def test_a_file_without_class_names_takes_those_of_the_data(tmp_path):
    (tmp_path / "t.weights").write_bytes(b"")
    write_text(tmp_path / "names.txt", "rot\ngrün\n")
    asked = TrainConfig(data="x", teacher=str(tmp_path / "t.weights"), classes=str(tmp_path / "names.txt"))
    assert teacher.resolve_teacher(asked).class_names == ("rot", "grün")


def test_a_teacher_that_is_sure_of_nothing_is_told(painted_root, more, taught_by, tmp_path, caplog):
    data, _ = learned(
        config(painted_root, tmp_path, teacher=taught_by({"rot": 0.4, "grün": 0.05}), unlabelled=str(more))
    )
    assert "the teacher is sure of nothing in the pictures without labels" in caplog.text
    assert {tuple(each.labels.tolist()) for each in data.unlabelled} == {(), (1,)}, "0.05 is too little to be left open"
    assert all(each.difficult.all() for each in data.unlabelled)


RANDOM = {"epochs": 2, "mosaic": 0.5, "mixup": 0.5, "small_epochs": 0.5}


@pytest.fixture(scope="module")
def finished(painted_root, more, tmp_path_factory):
    """A run with a teacher and pictures without labels."""
    folder = tmp_path_factory.mktemp("läufe")
    (folder / "teacher.onnx").write_bytes(b"a stand-in")
    with pytest.MonkeyPatch.context() as patched:
        thin_networks(patched)
        patched.setattr(teacher, "open_runtime", lambda model, allow_imports: PaintedTeacher(SURE))
        asked = config(
            painted_root, folder, teacher=str(folder / "teacher.onnx"), unlabelled=str(more), name="ganz", **RANDOM
        )
        return train(asked).folder


def test_its_lessons_are_in_the_folder_of_the_run_and_all_pictures_are_in_an_epoch(finished, more):
    kept = json.loads((finished / "teacher.json").read_text(encoding="utf-8"))
    assert kept["classes"] == {"grün": "grün", "rot": "rot"}
    assert len(kept["unlabelled"]) == 9
    plan = TrainingPlan.read(finished)
    assert plan.is_taught
    assert (plan.settings["teacher"], plan.settings["unlabelled"]) == (str(finished.parent / "teacher.onnx"), str(more))


def test_the_objects_of_the_teacher_reach_the_network(painted_root, more, taught_by, tmp_path, monkeypatch):
    seen = []
    batches = TrainingData.batches

    def noting(data, *arguments):
        made = batches(data, *arguments)
        seen.extend((y["scores"].numpy(), y["labels"].numpy(), data.steps) for _, y in made.take(data.steps))
        return made

    monkeypatch.setattr(TrainingData, "batches", noting)
    asked = config(painted_root, tmp_path, teacher=taught_by(), unlabelled=str(more), epochs=1, test_split="none")
    train(asked)
    scores = {round(float(score), 3) for rows, labels, _ in seen for score in rows[labels >= 0]}
    assert scores == {0.9, 0.95, 0.65, 0.5}, "0.5 where one thing hides another"
    assert {steps for *_, steps in seen} == {4}, "6 and 9 pictures in batches of 4"


def test_a_killed_run_ends_with_the_same_bits_though_its_teacher_is_gone(finished, tmp_path, monkeypatch):
    asked = TrainConfig.read(finished / "config.json", runs=str(tmp_path), name="tot")
    monkeypatch.setattr(teacher, "open_runtime", lambda model, allow_imports: PaintedTeacher(SURE))
    train_and_die(asked, (1, 0), monkeypatch)
    monkeypatch.setattr(teacher, "open_runtime", None)
    monkeypatch.setattr(teacher, "resolve_model", None)
    assert_same_run(finished, resume(tmp_path / "tot").folder)


def edited(change):
    """A function that edits teacher.json."""

    def edit(path):
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), r"cannot read what the teacher found, .*teacher\.json"),
        (lambda path: path.write_text("{", encoding="utf-8"), r"teacher\.json is no JSON"),
        (edited(lambda content: content.update(speed=1)), r"does not hold what a teacher found .*put back"),
        (edited(lambda content: content["labelled"]["0"][0].update(label="hund")), "does not hold what a teacher"),
        (edited(lambda content: content["labelled"]["0"][0].update(score=0.8)), r"have changed since .* was started"),
        (edited(lambda content: content["unlabelled"].popitem()), r"have changed since .* was started"),
    ],
)
def test_lessons_that_were_changed_are_told(finished, tmp_path, spoil, message):
    run = shutil.copytree(finished, tmp_path / "lauf")
    spoil(run / "teacher.json")
    with pytest.raises(UserError, match=message):
        resume(run)


def test_a_picture_without_labels_that_is_gone_is_told_and_a_new_one_does_not_matter(finished, more, tmp_path):
    run = shutil.copytree(finished, tmp_path / "lauf")
    shutil.copy(more / "bild 12.png", more / "neu.png")
    shutil.move(more / "bild 14.png", tmp_path / "bild 14.png")
    try:
        with pytest.raises(UserError, match=r"1 picture of --unlabelled cannot be read any more, so .*put back"):
            resume(run)
    finally:
        shutil.move(tmp_path / "bild 14.png", more / "bild 14.png")
        (more / "neu.png").unlink()
    assert resume(run).epochs == 2


def test_a_run_of_a_version_without_teachers_is_resumed(painted_root, tmp_path):
    run = train(config(painted_root, tmp_path, epochs=1, test_split="none")).folder
    assert not (run / "teacher.json").exists()
    for name in ("plan.json", "config.json"):
        content = json.loads((run / name).read_text(encoding="utf-8"))
        settings = content["settings"] if name == "plan.json" else content
        del settings["teacher"], settings["unlabelled"]
        (run / name).write_text(json.dumps(content), encoding="utf-8")
    (run / "state.json").unlink()
    assert resume(run).epochs == 1


def test_a_run_can_be_the_teacher_of_another(painted_root, more, tmp_path):
    first = train(config(painted_root, tmp_path, name="first", epochs=1, test_split="none")).folder
    asked = config(painted_root, tmp_path, name="second", teacher=str(first), unlabelled=str(more), epochs=1)
    assert train(asked).epochs == 1


def test_no_teacher_teaches_nothing(painted_root, tmp_path):
    data, lessons = learned(config(painted_root, tmp_path))
    assert lessons == Lessons()
    assert data.digest() == make_plan(config(painted_root, tmp_path), None)[1].digest()
    lessons.keep(tmp_path)
    assert not list(tmp_path.iterdir())
