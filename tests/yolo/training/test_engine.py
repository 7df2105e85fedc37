"""Whole runs on a small detector and twelve painted pictures."""

import json
import logging
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.yolo.training.runs import assert_same_run, config, contents, log_rows
from tests.yolo.training.thin import NAMES, SIZE, thin_networks
from yolo import anchors, machine
from yolo.config import TrainConfig
from yolo.data import training_batches
from yolo.data.training_batches import TrainingData
from yolo.errors import UserError
from yolo.evaluation.report import EvaluationReport
from yolo.inference.detector import Detector
from yolo.nets.model import YoloV4Tiny
from yolo.run_folders import PREVIOUS
from yolo.training import callbacks, engine, plan_from_settings, train_phase
from yolo.training.engine import resume, train
from yolo.training.first_step import quick_start
from yolo.training.run_augmentation import choose_augmentation
from yolo.training.run_lock import locked
from yolo.training.run_state import read_state
from yolo.weights.load_network import load_network

COPIES = ["config.json", "log.csv", "plan.json", "state.json"]
FILES = sorted(["augment.yaml", "best.keras", "eval", "last.weights.h5", "samples", *COPIES])


class Killed(BaseException):
    """Stands in for the end of the process."""


@pytest.fixture(autouse=True)
def _thin(monkeypatch):
    thin_networks(monkeypatch)


@pytest.fixture(scope="module")
def backbone():
    """The backbone's weights after each step of `finished`: a list of {path: array}."""
    return []


@pytest.fixture(scope="module")
def finished(painted_root, tmp_path_factory, backbone):
    """A run of two frozen epochs and one more, with everything that is random switched on."""
    on_train_batch_end = callbacks.StopWhenNotFinite.on_train_batch_end

    def noting(callback, batch, logs=None):
        weights = [w for w in callback.model.network.weights if w.path.startswith(("stem_", "c4_", "c5_"))]
        backbone.append({weight.path: weight.numpy() for weight in weights})
        on_train_batch_end(callback, batch, logs)

    with pytest.MonkeyPatch.context() as patched:
        thin_networks(patched)
        patched.setattr(callbacks.StopWhenNotFinite, "on_train_batch_end", noting)
        settings = {"epochs": 3, "freeze_epochs": 2, "mosaic": 0.5, "mixup": 0.5, "attention": "se"}
        return train(config(painted_root, tmp_path_factory.mktemp("läufe"), **settings))


def test_a_run_folder_holds_all_that_was_promised(finished, painted_root):
    folder = finished.folder
    assert folder.name == "gemalt"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert (folder / "samples" / "train.jpg").stat().st_size > 0
    settings = TrainConfig.read(folder / "config.json")
    assert (settings.data, settings.epochs, settings.input_size) == (str(painted_root), 3, SIZE)
    rows = log_rows(folder)
    assert set(rows[0]) == {"epoch", "box", "class", "loss", "objectness", "val_ap", "val_ap50"}
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    assert (state["epoch"], state["finished"]) == (3, True)


def test_the_frozen_epochs_leave_the_backbone_as_it_is_and_the_next_step_changes_all_of_it(finished, backbone):
    assert len(backbone) == 6
    assert {"stem_1_bn/moving_mean", "c5_bn/moving_variance", "c4_conv/kernel"} <= backbone[0].keys()
    for path, first in backbone[0].items():
        assert all(step[path].tobytes() == first.tobytes() for step in backbone[1:4]), path
        assert (backbone[4][path] != first).any(), path


def test_the_result_is_that_of_the_files(finished):
    assert (finished.epochs, finished.best_model) == (3, finished.folder / "best.keras")
    best = max(log_rows(finished.folder), key=lambda row: float(row["val_ap"]))
    assert finished.best == float(best["val_ap50"])
    assert isinstance(finished.report, EvaluationReport)
    saved = json.loads((finished.folder / "eval" / "test.json").read_text(encoding="utf-8"))
    assert (saved["images"], saved["ap50"]) == (3, pytest.approx(finished.report.ap50, nan_ok=True))
    assert (finished.folder / "eval" / "test.png").stat().st_size > 0
    assert (finished.folder / "eval" / "reliability.png").stat().st_size > 0
    kept = json.loads((finished.folder / "eval" / "thresholds.json").read_text(encoding="utf-8"))
    assert (kept["pictures"], kept["images"]) == ("validation", 3)
    runtime = Detector.load(finished.best_model).runtime
    assert (list(runtime.score_thresholds), runtime.temperature) == (
        [*kept["thresholds"].values()],
        kept["temperature"],
    )


def test_the_kept_model_needs_nothing_else_to_be_used(finished):
    detector = Detector.load(finished.best_model, score_threshold=0.0)
    assert detector.class_names == NAMES
    assert detector.runtime.input_size == SIZE
    assert len(detector(np.zeros((50, 120, 3), np.uint8))) > 0


def test_resuming_a_finished_changes_nothing_and_gives_its_result(finished, tmp_path):
    copy = shutil.copytree(finished.folder, tmp_path / "kopie")
    again = resume(copy)
    assert (again.epochs, again.best) == (3, finished.best)
    assert again.report.images == 3
    assert_same_run(finished.folder, copy)


def train_and_die(settings, when, monkeypatch):
    """Train until that (epoch, batch), then stop without another word."""
    on_train_batch_end = callbacks.StopWhenNotFinite.on_train_batch_end

    def dying(callback, batch, logs=None):
        if (callback.epoch, batch) == when:
            raise Killed
        on_train_batch_end(callback, batch, logs)

    with monkeypatch.context() as patched:
        patched.setattr(callbacks.StopWhenNotFinite, "on_train_batch_end", dying)
        with pytest.raises(Killed):
            train(settings)


def test_a_run_killed_within_a_frozen_epoch_ends_as_if_it_had_not_been(finished, tmp_path, monkeypatch):
    train_and_die(TrainConfig.read(finished.folder / "config.json", runs=str(tmp_path)), (1, 0), monkeypatch)
    run = resume(tmp_path / "gemalt")
    assert run.epochs == 3
    assert_same_run(finished.folder, run.folder)


def test_a_run_is_resumed_without_the_files_it_started_from(painted_root, finished, tmp_path):
    for name, path in (("weights", finished.best_model), ("classes", tmp_path / "a.txt"), ("anchors", tmp_path / "b")):
        if name == "weights":
            shutil.copy(path, tmp_path / "first.keras")
        else:
            path.write_text("rot\ngrün" if name == "classes" else "1,2, 3,4, 5,6, 7,8, 9,10, 11,12", encoding="utf-8")
    asked = {"weights": "first.keras", "classes": "a.txt", "anchors": "b", "epochs": 1}
    files = {name: str(tmp_path / value) for name, value in asked.items() if name != "epochs"}
    run = train(config(painted_root, tmp_path / "runs", epochs=1, **files))
    for path in files.values():
        Path(path).unlink()
    assert resume(run.folder).epochs == 1


def test_a_run_of_an_earlier_version_has_no_plan_and_ends_as_if_it_had_not_stopped(finished, tmp_path, monkeypatch):
    train_and_die(TrainConfig.read(finished.folder / "config.json", runs=str(tmp_path)), (1, 0), monkeypatch)
    (tmp_path / "gemalt" / "plan.json").unlink()
    assert_same_run(finished.folder, resume(tmp_path / "gemalt").folder)


@pytest.mark.parametrize("content", [None, b"junk"])
def test_best_weights_that_are_lost_are_told_before_anything_is_trained(finished, tmp_path, content):
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    (run / "best.keras").unlink()
    if content:
        (run / "best.keras").write_bytes(content)
        (run / "state.json").unlink()  # else nothing is left to be done
    before = (run / "last.weights.h5").read_bytes()
    with pytest.raises(UserError, match=r"has lost its best weights \(.*--weights .*last\.weights\.h5"):
        resume(run)
    assert (run / "last.weights.h5").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "sgd"}, r"config\.json was changed since the run began, in --optimizer: .*Set that back"),
        ({"input_size": (96, 96), "epochs": 9}, "in --input-size, --epochs: a run is resumed as it was planned"),
        *(
            ({name: value}, f"in --{name.replace('_', '-')}: ")
            for name, value in {
                "freeze_epochs": 1,
                "small_epochs": 0.9,
                "gentle_epochs": 0.9,
                "test_split": "none",
            }.items()
        ),
        ({"anchors": "default", "learning_rate": 0.5}, "in --anchors, --learning-rate: "),
    ],
)
def test_settings_that_were_changed_since_are_told(finished, tmp_path, change, message):
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    TrainConfig.read(run / "config.json", **change).save(run / "config.json")
    (run / "state.json").unlink()
    with pytest.raises(UserError, match=message):
        resume(run)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "sgd"}, r"is of another optimizer than .*config\.json asks for: set 'optimizer' back"),
        ({"input_size": (96, 96)}, "changed since the run began, in --input-size"),
    ],
)
def test_settings_that_the_checkpoint_of_an_earlier_version_cannot_follow_are_told(finished, tmp_path, change, message):
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    TrainConfig.read(run / "config.json", **change).save(run / "config.json")
    (run / "state.json").unlink()
    (run / "plan.json").unlink()
    with pytest.raises(UserError, match=message):
        resume(run)


def test_settings_of_the_machine_may_be_others_when_a_run_is_resumed(finished, tmp_path, monkeypatch):
    monkeypatch.setattr(plan_from_settings.importlib.util, "find_spec", lambda name: None)
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    TrainConfig.read(run / "config.json", workers=1, cache="no").save(run / "config.json")
    assert resume(run).epochs == 3
    TrainConfig.read(run / "config.json", tensorboard=True).save(run / "config.json")
    with pytest.raises(UserError, match="pip install tensorboard"):
        resume(run)


@pytest.mark.parametrize("change", [{"input_size": [96, 96]}, {"attention": "evil:Thing"}])
def test_a_plan_of_another_network_than_the_checkpoint_is_refused(finished, tmp_path, change):
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    plan["network"] |= change
    plan["settings"] |= change
    (run / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (run / "config.json").write_text(json.dumps(plan["settings"]), encoding="utf-8")
    with pytest.raises(UserError, match=r"plan\.json has another network than the checkpoint"):
        resume(run)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", 0),
        ("optimizer", "nope"),
        ("mosaic", 7.0),
        ("learning_rate", 0.5),
        ("phases", None),
        ("data", None),
    ],
)
def test_a_plan_that_does_not_follow_from_its_settings_is_refused(finished, tmp_path, name, value):
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    others = {"phases": plan["phases"][:1], "data": f"{plan['data']}/."}  # the same data by another path
    plan[name] = others.get(name, value)
    (run / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(UserError, match=rf"plan\.json was changed, in {name}: put back"):
        resume(run)


def test_from_the_flags_to_the_first_step_the_settings_are_replaced_once(painted_root, tmp_path, monkeypatch):
    made, check = [], TrainConfig.__post_init__
    asked = config(painted_root, tmp_path, epochs=1, test_split="none")
    monkeypatch.setattr(TrainConfig, "__post_init__", lambda settings: (made.append(settings), check(settings))[1])
    monkeypatch.setattr(engine, "train_phase", lambda *arguments: sys.exit("the first step"))
    with pytest.raises(SystemExit, match="the first step"):
        train(asked)
    assert [settings.epochs for settings in made if settings.runs == asked.runs and settings != asked] == [1]


def test_the_data_that_changed_since_are_noticed(finished, painted_root, tmp_path):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    resume(run, data=root)
    lists = root / "ImageSets" / "Main" / "train.txt"
    lists.write_text(lists.read_text(encoding="utf-8").replace("bild 00\n", ""), encoding="utf-8")
    with pytest.raises(UserError, match=r"have changed since .* was started"):
        resume(run)


@pytest.mark.parametrize("is_planned", [True, False])
def test_data_that_have_moved_are_taken_when_they_are_the_same(
    finished, painted_root, tmp_path, monkeypatch, is_planned
):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    runs = tmp_path / "runs"
    train_and_die(
        TrainConfig.read(finished.folder / "config.json", data=str(root), runs=str(runs)), (1, 0), monkeypatch
    )
    run, moved = runs / "gemalt", root.rename(tmp_path / "elsewhere")
    if not is_planned:  # as by an earlier version
        (run / "plan.json").unlink()
    with pytest.raises(UserError, match=r"no longer in .*gemalt: say where they are now, .*--resume .* --data DATA"):
        resume(run)
    assert_same_run(finished.folder, resume(run, data=moved).folder)
    assert TrainConfig.read(run / "config.json").data == str(moved)


def test_of_several_data_paths_those_that_are_gone_are_named_and_one_may_be_moved(painted_root, tmp_path):
    root = shutil.copytree(painted_root, tmp_path / "nass, kalt")
    settings = config(f"{painted_root},{root}", tmp_path / "runs", epochs=1, test_split="none")
    run = train(settings).folder
    assert run.name == "gemalt+nass, kalt"
    moved = root.rename(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=r"are no longer in [^,]*nass, ?kalt: say where they are now, "):
        resume(run)
    with pytest.raises(UserError, match=r"there are no data in .*nowhere: give the place of the data of "):
        resume(run, data=f"{painted_root},{tmp_path / 'nowhere'}")
    assert resume(run, data=f"{painted_root}, {moved}").epochs == 1
    assert TrainConfig.read(run / "config.json").data == f"{painted_root},{moved}"


def test_a_run_stopped_by_the_user_says_how_to_go_on(painted_root, tmp_path, monkeypatch, caplog):
    def stopping(callback, batch, logs=None):
        if (callback.epoch, batch) == (1, 0):
            raise KeyboardInterrupt

    monkeypatch.setattr(callbacks.StopWhenNotFinite, "on_train_batch_end", stopping)
    with pytest.raises(KeyboardInterrupt):
        train(config(painted_root, tmp_path / "läufe", epochs=2, test_split="none"))
    assert "epoch 1 of 2 is safe, go on with: python train.py --resume" in caplog.messages[-1]
    assert sorted(path.name for path in (tmp_path / "läufe" / "gemalt").iterdir()) == sorted(
        {*FILES, PREVIOUS} - {"eval"}
    )


def test_a_picture_that_vanishes_is_named_and_counted_and_the_run_goes_on_to_its_end(
    painted_root, tmp_path, monkeypatch, caplog
):
    """Pictures in memory are read anew where the epochs of smaller ones end."""
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    on_epoch_begin = callbacks.StopWhenNotFinite.on_epoch_begin

    def losing(callback, epoch, logs=None):
        for stem in ("bild 01", "bild 07", "bild 10"):  # one to learn from, one to validate, one to test
            (root / "JPEGImages" / f"{stem}.png").unlink(missing_ok=True)
        on_epoch_begin(callback, epoch, logs)

    monkeypatch.setattr(callbacks.StopWhenNotFinite, "on_epoch_begin", losing)
    run = train(config(root, tmp_path / "runs", epochs=2, small_epochs=0.5, cache="yes"))
    assert (run.epochs, run.report.images) == (2, 2)
    assert len([line for line in caplog.messages if "bild 01.png" in line and "in its place" in line]) == 1
    assert len([line for line in caplog.messages if "bild 07.png" in line and "goes on without" in line]) == 1
    assert "2 pictures could not be read any more during this run: bild 01.png, bild 07.png" in caplog.messages


def test_a_run_all_of_whose_pictures_vanish_ends_with_one_sentence(painted_root, tmp_path, monkeypatch):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    on_train_begin = callbacks.EpochProgress.on_train_begin

    def losing(callback, logs=None):
        shutil.rmtree(root / "JPEGImages", ignore_errors=True)
        on_train_begin(callback, logs)

    monkeypatch.setattr(callbacks.EpochProgress, "on_train_begin", losing)
    with pytest.raises(UserError, match=r"none of the 6 pictures can be read any more .*--resume"):
        train(config(root, tmp_path / "runs", epochs=4, cache="no", val_split="none", test_split="none"))


def test_another_fault_of_the_pipeline_keeps_its_traceback(painted_root, tmp_path, monkeypatch):
    def broken(data, epoch, position):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("yolo.training.engine.draw_samples", lambda *arguments: None)
    monkeypatch.setattr(TrainingData, "sample", broken)
    with pytest.raises(tf.errors.OpError, match="a fault of ours"):
        train(config(painted_root, tmp_path, epochs=1, val_split="none", test_split="none"))


def test_of_two_processes_at_one_run_the_second_is_refused(finished, monkeypatch):
    monkeypatch.setattr("yolo.training.run_lock._mine", set())
    with locked(finished.folder):
        monkeypatch.setattr("yolo.training.run_lock._mine", set())  # as another process would find it
        with pytest.raises(UserError, match="in use by another process"):
            resume(finished.folder)


def test_an_annotation_edited_since_is_noticed(finished, painted_root, tmp_path):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    run = shutil.copytree(finished.folder, tmp_path / "lauf")
    resume(run, data=root)
    edited = root / "Annotations" / "bild 00.xml"
    edited.write_text(edited.read_text(encoding="utf-8").replace("rot", "grün"), encoding="utf-8")
    with pytest.raises(UserError, match=r"have changed since .* was started"):
        resume(run)


def test_a_run_killed_within_its_first_epoch_ends_as_if_it_had_not_been(finished, tmp_path, monkeypatch):
    settings = TrainConfig.read(finished.folder / "config.json", runs=str(tmp_path), name="lauf")
    train_and_die(settings, (0, 1), monkeypatch)
    with pytest.raises(UserError, match=r"lauf exists: choose another --name, or --resume it"):
        train(settings)
    assert_same_run(finished.folder, resume(tmp_path / "lauf").folder)


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="Grappler stays where there is a GPU")
def test_grappler_is_left_out_of_training_alone():
    def is_off():
        return tf.config.optimizer.get_experimental_options().get("disable_meta_optimizer", False)

    assert not is_off()
    with quick_start():
        assert is_off()
    assert not is_off()


def test_the_first_epochs_show_smaller_pictures(painted_root, tmp_path, monkeypatch, caplog):
    batches, asked = TrainingData.batches, []

    def noting(data, first, last, workers):
        asked.append((data.input_size, first, last))
        return batches(data, first, last, workers)

    monkeypatch.setattr(TrainingData, "batches", noting)
    monkeypatch.setattr(machine, "processor_quota", lambda: 0.5)
    monkeypatch.setattr(machine, "usable_cores", lambda: 2)
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    with caplog.at_level(logging.INFO, "yolo"):
        run = train(config(painted_root, tmp_path, epochs=2, small_epochs=0.5, test_split="none"))
    assert asked == [((64, 64), 0, 1), (SIZE, 1, 2)]
    assert (
        "2 epochs of 2 steps, pictures of 64 x 64 in the first 1, float32, threads: 1 (a quota leaves 0.5 of 2 cores)"
        in caplog.text
    )
    assert Detector.load(run.best_model).runtime.input_size == SIZE


def test_without_validation_the_last_average_is_kept_and_a_broken_picture_is_left_out(painted_root, tmp_path, caplog):
    root = shutil.copytree(painted_root, tmp_path / "gemalt")
    (root / "JPEGImages" / "bild 03.png").write_bytes(b"no picture")
    with caplog.at_level(logging.INFO, "yolo"):
        run = train(
            config(root, tmp_path, epochs=1, val_split="none", test_split="none", name="ohne", resize="stretch")
        )
    assert "bild 03.png" in caplog.text
    assert "5 training pictures" in caplog.text
    assert (run.best, run.report, run.folder) == (None, None, tmp_path / "ohne")
    assert (run.fitted.pictures, run.fitted.images, run.fitted.temperature) == ("training", 5, 1)
    assert not (run.folder / "eval" / "reliability.png").exists()
    assert sorted(path.name for path in run.folder.iterdir()) == FILES
    assert not [name for name in log_rows(run.folder)[0] if name.startswith("val_")]
    averaged = Detector.load(run.best_model)
    assert averaged.runtime.resize_mode == "stretch"


def spoil(monkeypatch, times, epoch=1):
    """The first batch of an epoch, by default of the second, is of nan, as often as `times` says."""
    batches, left = TrainingData.batches, [times]

    def spoilt(data, first, *arguments):
        def spoil_one(number, batch):
            spoils = tf.numpy_function(lambda n: np.bool_(n == epoch * data.steps and take()), [number], tf.bool)
            return batch[0] * tf.where(spoils, np.nan, 1.0), batch[1]

        def take():
            left[0] -= 1
            return left[0] >= 0

        made = batches(data, first, *arguments)
        return (
            made.enumerate(start=first * data.steps)
            .map(spoil_one)
            .map(lambda x, y: (tf.ensure_shape(x, (data.batch_size, *data.input_size, 3)), y))
        )

    monkeypatch.setattr(TrainingData, "batches", spoilt)
    return left


def test_a_loss_that_stays_no_number_ends_the_run_names_the_pictures_and_leaves_the_epoch_before(
    painted_root, tmp_path, monkeypatch, caplog
):
    spoil(monkeypatch, times=99)
    monkeypatch.setattr(train_phase, "HALVINGS", 1)
    with pytest.raises(
        UserError, match=r"nan in epoch 2 by batch 1 .*halving the learning rate 1 time did not"
    ) as trouble:
        train(config(painted_root, tmp_path, epochs=2, small_epochs=0.0, test_split="none"))
    assert len([number for number in range(6) if f"bild {number:02d}.png" in str(trouble.value)]) == 4
    assert len([line for line in caplog.messages if "going back to epoch 1, with half the learning rate" in line]) == 1
    folder = tmp_path / "gemalt"
    assert all(np.isfinite(array).all() for array in contents(folder / "last.weights.h5").values())
    assert [row["epoch"] for row in log_rows(folder)] == ["1"]
    assert read_state(folder)["halvings"] == 1
    assert Detector.load(folder / "best.keras").class_names == NAMES


def test_after_a_loss_that_is_no_number_the_run_goes_on_with_half_the_rate_and_can_be_resumed_to_the_same_bits(
    painted_root, tmp_path, monkeypatch
):
    settings = {"epochs": 2, "small_epochs": 0.0, "val_split": "none", "test_split": "none"}
    spoil(monkeypatch, times=1)
    whole = train(config(painted_root, tmp_path, name="whole", **settings))
    assert (whole.epochs, read_state(whole.folder)["halvings"]) == (2, 1)
    spoil(monkeypatch, times=1)
    train_and_die(config(painted_root, tmp_path, name="killed", **settings), (1, 1), monkeypatch)  # after going back
    assert read_state(tmp_path / "killed")["halvings"] == 1
    assert_same_run(whole.folder, resume(tmp_path / "killed").folder)


def test_after_a_first_loss_that_is_no_number_the_run_begins_again(painted_root, tmp_path, monkeypatch):
    spoil(monkeypatch, times=1, epoch=0)
    run = train(config(painted_root, tmp_path, epochs=1, val_split="none", test_split="none"))
    assert (run.epochs, read_state(run.folder)["halvings"]) == (1, 1)


@pytest.mark.parametrize(
    ("epochs", "small_epochs", "trained"),
    [(9, 0.0, 2), (5, 0.4, 3)],  # waiting for a better score begins with the epochs at full size
)
def test_a_run_that_stopped_early_is_finished_and_resuming_it_trains_no_further(
    painted_root, tmp_path, monkeypatch, epochs, small_epochs, trained
):
    report = EvaluationReport(0.5, (0.4, 0.6), 0.5, {"AP": 0.5}, (0.4, 0.6), [], 3, 0.0)
    monkeypatch.setattr(callbacks, "evaluate", lambda *arguments, **settings: report)
    settings = {"epochs": epochs, "small_epochs": small_epochs, "patience": 1, "test_split": "none"}
    run = train(config(painted_root, tmp_path, **settings))
    assert run.epochs == trained
    assert resume(run.folder).epochs == trained
    assert len(log_rows(run.folder)) == trained


def test_pictures_kept_in_memory_serve_on_when_the_backbone_is_set_free(painted_root, tmp_path, monkeypatch):
    read, load_sample = [], training_batches.load_sample
    monkeypatch.setattr(training_batches, "load_sample", lambda known: read.append(known.path) or load_sample(known))
    train(config(painted_root, tmp_path, epochs=2, freeze_epochs=1, small_epochs=0.0, test_split="none", cache="yes"))
    assert len(read) == len(set(read)) == 6


def test_the_flips_asked_for_are_those_of_the_training_pictures():
    choice = choose_augmentation("default", {"horizontal_flip": 0.0, "vertical_flip": 0.25})
    warp = choice.augmentation.transforms[0]
    assert (warp.horizontal_flip, warp.vertical_flip) == (0.0, 0.25)


@pytest.fixture
def source(tmp_path):
    """A detector of the painted classes with constants of its own, saved: its path and it."""
    settings = {"masks": ((3, 4, 5), (1, 2, 3)), "scale_xy": 1.0, "epsilon": 1e-3, "resize_mode": "stretch"}
    network = YoloV4Tiny(NAMES, anchors=[(10 + i, 12 + i) for i in range(6)], input_size=(96, 64), **settings)
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(0.5, 1, values.shape) for values in network.get_weights()])
    network.save(tmp_path / "été.keras")
    return tmp_path / "été.keras", network


def started(settings, monkeypatch):
    """The network that a run begins its first step with, and the configuration that the run has."""
    seen = {}

    def noting(plan, data, augmentation, network, folder, state, started):
        seen.update(network=network, config=TrainConfig.read(folder / "config.json"), state=state)

    monkeypatch.setattr(engine, "_run", noting)
    train(settings)
    return seen["network"], seen["config"]


def test_a_run_from_the_same_classes_keeps_what_the_weights_mean(painted_root, tmp_path, source, monkeypatch, caplog):
    path, theirs = source
    with caplog.at_level(logging.INFO, "yolo"):
        network, settings = started(config(painted_root, tmp_path, weights=str(path), strict=True), monkeypatch)
    same = ("anchors", "masks", "scale_xy", "epsilon", "resize_mode")
    assert [getattr(network, name) for name in same] == [getattr(theirs, name) for name in same]
    assert (network.input_size, settings.resize) == (SIZE, "stretch")
    for mine, other in zip(network.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    words = "batch norm's epsilon 0.001, anchors 10,12, 11,13, 12,14, 13,15, 14,16, 15,17, masks 3,4,5 and 1,2,3, "
    told = f"kept from {path}, because its weights were trained with them: {words}scale_x_y 1, stretched pictures"
    assert told in caplog.text
    assert "loaded" in caplog.text


@pytest.mark.parametrize(
    ("labels", "kept", "keeps_all"),
    [("rot\ngrün\nblau\n", [(0, 1), (1, 0)], True), ("rot", [(0, 1)], False)],
    ids=["one more", "one fewer"],
)
def test_a_run_from_other_classes_has_the_anchors_of_the_weights_only_if_it_keeps_all_their_classes(
    painted_root, tmp_path, source, monkeypatch, caplog, labels, kept, keeps_all
):
    path, theirs = source
    (tmp_path / "classes.txt").write_text("rot\ngrün\nblau\n", encoding="utf-8")
    chosen = {"classes": str(tmp_path / "classes.txt")} if keeps_all else {"labels": labels}
    with caplog.at_level(logging.INFO, "yolo"):
        network, _ = started(config(painted_root, tmp_path, weights=str(path), **chosen), monkeypatch)
    assert network.class_names == tuple(labels.split())
    decoding = (((3, 4, 5), (1, 2, 3)), 1.0) if keeps_all else (((3, 4, 5), (0, 1, 2)), 1.05)
    assert (network.masks, network.scale_xy, network.epsilon) == (*decoding, 1e-3)
    assert (network.anchors == theirs.anchors) == keeps_all
    np.testing.assert_array_equal(network.get_layer("c5_conv").kernel, theirs.get_layer("c5_conv").kernel)
    mine, old = (each.get_layer("p5_out").bias.numpy().reshape(3, -1) for each in (network, theirs))
    np.testing.assert_array_equal(mine[:, :5], old[:, :5])
    for label, other in kept:
        np.testing.assert_array_equal(mine[:, 5 + label], old[:, 5 + other])
    assert (mine[:, 5 + len(kept) :] == 0).all()
    assert ("classes kept: rot, grün; new: blau" if keeps_all else "classes kept: rot; new: none") in caplog.text


def test_a_class_is_added_to_a_finished_run_which_knows_the_others_as_before(painted_root, tmp_path, monkeypatch):
    run = train(config(painted_root, tmp_path / "runs", epochs=1, labels="rot"))
    network, _ = started(config(painted_root, tmp_path / "runs", weights=str(run.folder)), monkeypatch)
    assert network.class_names == ("grün", "rot")
    pictures = np.random.default_rng(0).random((2, 64, 96, 3), np.float32)
    before = load_network(run.best_model)
    (boxes, scores), (old_boxes, old_scores) = (
        map(np.asarray, each.decoder()(each(pictures, training=False))) for each in (network, before)
    )
    assert scores.shape == (*old_scores.shape[:2], 2)
    np.testing.assert_allclose(boxes, old_boxes, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(scores[..., 1:], old_scores, rtol=1e-5)


def test_an_augmentation_that_fails_is_refused_before_the_run_has_a_folder(painted_root, tmp_path, monkeypatch):
    thin_networks(monkeypatch)
    path = tmp_path / "torn.yaml"
    path.write_text("transform: {__class_fullname__: RandomGridShuffle}", encoding="utf-8")
    with pytest.raises(UserError, match="RandomGridShuffle tears objects apart"):
        train(config(painted_root, tmp_path / "runs", name="one", augment=str(path)))
    assert not (tmp_path / "runs").exists()


def test_a_transform_that_fails_on_some_pictures_ends_the_run_with_a_sentence_and_it_can_be_resumed_once_mended(
    painted_root, tmp_path
):
    path, text = (
        tmp_path / "tight.yaml",
        "transform: {{__class_fullname__: BBoxSafeRandomCrop, erosion_rate: {}, p: 1}}",
    )
    path.write_text(text.format(1.0), encoding="utf-8")
    settings = {"epochs": 20, "val_split": "none", "test_split": "none"}
    with pytest.raises(UserError) as trouble:
        train(config(painted_root, tmp_path / "runs", name="one", augment=str(path), **settings))
    assert trouble.value.__context__ is None  # TensorFlow's error would keep it at work on more batches until the end
    folder, said = tmp_path / "runs" / "one", str(trouble.value)
    assert 0 < read_state(folder)["epoch"] < 20
    assert re.match(r"BBoxSafeRandomCrop fails on the picture .*bild \d\d.png: We should have x_min < x_max", said)
    assert f"Do so in {folder / 'augment.yaml'}, then go on with python train.py --resume " in said
    with pytest.raises(UserError, match="BBoxSafeRandomCrop fails on the picture"):
        resume(folder)
    (folder / "augment.yaml").write_text(text.format(0.0), encoding="utf-8")
    assert resume(folder).epochs == 20


def test_too_little_memory_for_a_batch_ends_the_run_as_it_does_anywhere_else(painted_root, tmp_path, monkeypatch):
    def exhausted(data, epoch, step):
        raise MemoryError("Unable to allocate 12 GiB")

    monkeypatch.setattr(TrainingData, "batch", exhausted)
    with pytest.raises(MemoryError, match=r"^Unable to allocate 12 GiB$"):
        train(config(painted_root, tmp_path / "runs", name="one"))


def test_what_is_asked_for_goes_before_what_is_inherited(painted_root, tmp_path, source, monkeypatch):
    asked = config(painted_root, tmp_path, weights=str(source[0]), anchors="default", resize="letterbox")
    network, settings = started(asked, monkeypatch)
    assert network.anchors == anchors.DEFAULT
    assert (network.masks, network.resize_mode, settings.resize) == (((3, 4, 5), (0, 1, 2)), "letterbox", "letterbox")


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ({}, "cbam(ratio=4, identity_start=True)"),
        ({"identity_start": "no"}, "cbam(ratio=4)"),
        ({"weights": "none"}, "cbam(ratio=4)"),
        ({"weights": "none", "identity_start": "yes"}, "cbam(ratio=4, identity_start=True)"),
    ],
)
def test_attention_that_the_weights_lack_begins_as_the_identity(
    painted_root, tmp_path, source, monkeypatch, asked, written
):
    settings = {"weights": str(source[0]), "attention": "cbam(ratio=4)"} | asked
    network, kept = started(config(painted_root, tmp_path, **settings), monkeypatch)
    assert network.attention == kept.attention == written
    assert network.get_layer("attention_p5").identity_start == ("identity_start" in written)


def test_attention_that_the_weights_have_is_taken_as_it_is(painted_root, tmp_path, monkeypatch):
    YoloV4Tiny(NAMES, attention="se").save(tmp_path / "a.keras")
    asked = config(painted_root, tmp_path, weights=str(tmp_path / "a.keras"), attention="se", strict=True)
    assert started(asked, monkeypatch)[0].attention == "se"


def test_a_strict_run_is_refused_before_it_has_a_folder(painted_root, tmp_path, source):
    with pytest.raises(UserError, match="would start from random weights: the file has none"):
        train(config(painted_root, tmp_path / "runs", weights=str(source[0]), strict=True, attention="se"))
    assert not (tmp_path / "runs").exists()


GHOST = """
import keras


class Ghost(keras.layers.Layer):
    def call(self, x):
        return x * 0.5
"""


def test_a_run_with_attention_of_ones_own_ends_without_leave_but_it_is_taken_up_and_loaded_only_with_it(
    painted_root, tmp_path, monkeypatch
):
    (tmp_path / "my_ghost.py").write_text(GHOST)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    run = train(config(painted_root, tmp_path / "runs", epochs=1, attention="se@p4, my_ghost:Ghost@p5"))
    assert run.report.images == 3
    with pytest.raises(UserError, match=r"the module 'my_ghost' would be imported and run.*--allow-imports"):
        resume(run.folder)
    assert resume(run.folder, allow_imports=True).epochs == 1
    for name in ("best.keras", "last.weights.h5"):
        with pytest.raises(UserError, match=r"the module 'my_ghost' would be imported and run.*--allow-imports"):
            Detector.load(run.folder / name)
        assert Detector.load(run.folder / name, allow_imports=True).class_names == NAMES
    with pytest.raises(UserError, match="my_ghost"):
        train(config(painted_root, tmp_path / "runs", epochs=1, weights=str(run.best_model)))
    again = config(painted_root, tmp_path / "runs", epochs=1, weights=str(run.best_model), allow_imports=True)
    assert train(again).epochs == 1
