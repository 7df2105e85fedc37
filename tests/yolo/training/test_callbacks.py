"""Scores, the printed line, and the two ways in which a run ends by itself."""

import logging
import math
from pathlib import Path

import numpy as np
import pytest

from tests.yolo.evaluation.scenes import NAMES, Answers, found, known, perfect
from yolo import picture_files
from yolo.data import data_folder
from yolo.errors import UserError
from yolo.training import callbacks
from yolo.training.callbacks import EarlyStopping, EpochProgress, StopWhenNotFinite, Validation


def pictures(epoch, step):
    return [Path(f"bilder/{epoch}-{step}-{i}.png") for i in range(2)]


@pytest.fixture
def watching(trainer, tmp_path):
    """A `StopWhenNotFinite` in the fifth epoch of a run of three steps each."""
    callback = StopWhenNotFinite(pictures, tmp_path / "last.weights.h5")
    callback.set_model(trainer())
    callback.set_params({"steps": 3})
    callback.on_epoch_begin(4)
    return callback


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_the_run_and_names_the_pictures(watching, loss):
    watching.on_train_batch_end(0, {"loss": 1e30})
    with pytest.raises(UserError, match=rf"{loss} in epoch 5 by batch 2 \(4-1.* or batch 3 \(4-2-0\.png, 4-2-1\.png\)"):
        watching.on_train_batch_end(2, {"loss": loss})
    with pytest.raises(UserError, match=rf"{loss} in epoch 5 by batch 1 \(4-0-0\.png, 4-0-1\.png\);"):
        watching.on_train_batch_end(0, {"loss": loss})


def test_it_says_where_the_last_good_weights_are(watching, tmp_path):
    (tmp_path / "last.weights.h5").touch()
    with pytest.raises(UserError, match=r"the last good weights are in .*last\.weights\.h5"):
        watching.on_train_batch_end(1, {"loss": math.nan})


def test_weights_broken_by_the_last_step_of_an_epoch_are_found_before_they_are_saved(watching):
    """The loss is of before the step, so it is still a number."""
    watching.on_epoch_end(4, {"loss": 1.0})
    kernel = watching.model.network.get_layer("c4_conv").kernel
    broken = kernel.numpy()
    broken[0, 0, 0, 0] = np.nan
    kernel.assign(broken)
    with pytest.raises(UserError, match=r"inf in epoch 5 by batch 3 \(4-2-0\.png, 4-2-1\.png\);"):
        watching.on_epoch_end(4, {"loss": 1.0})


class Model:
    stop_training = False


@pytest.mark.parametrize(
    ("scores", "patience", "counted_from", "stops"),
    [
        ([0.5], 1, 0, False),
        ([0.5, 0.4], 1, 0, True),
        ([0.5, 0.5], 1, 0, True),  # as good is not better
        ([0.5, 0.4, 0.6], 2, 0, False),
        ([0.5, 0.4, 0.4], 2, 0, True),
        ([0.0, 0.0, 0.0], 3, 0, False),
        ([0.5, 0.4, 0.3], 0, 0, False),  # 0: never
        ([0.5, 0.4, 0.4], 2, 3, False),  # waiting begins when all is trained at full size
        ([0.5, 0.4, 0.4, 0.4], 2, 3, False),
        ([0.5, 0.4, 0.4, 0.4, 0.4], 2, 3, True),
        ([0.5, 0.4, 0.4, 0.4, 0.6, 0.5], 2, 3, False),
    ],
)
def test_a_run_stops_after_so_many_epochs_without_a_better_score(scores, patience, counted_from, stops):
    history = [{"epoch": i + 1, "val_ap": score} for i, score in enumerate(scores)]
    callback = EarlyStopping(history, "val_ap", patience, counted_from)
    callback.set_model(Model())
    callback.on_epoch_end(len(scores) - 1, {})
    assert callback.model.stop_training is stops


def test_the_score_of_an_epoch_is_that_of_the_evaluation(painted_root):
    dataset = data_folder.load(painted_root, "val")
    right = [perfect(annotation, names=dataset.class_names) for annotation in dataset.annotations]
    logs = {}
    Validation(Answers(right), dataset).on_epoch_end(0, logs)
    assert logs == {"val_ap50": 1.0, "val_ap": pytest.approx(1.0)}


def test_where_nothing_is_found_or_nothing_is_to_be_found_the_score_is_0(painted_root):
    dataset = data_folder.load(painted_root, "val")
    nothing = found(names=dataset.class_names)
    logs = {}
    Validation(Answers([nothing] * 3), dataset).on_epoch_end(0, logs)
    assert logs == {"val_ap50": 0.0, "val_ap": 0.0}
    empty = data_folder.Dataset(
        tuple(a for a in data_folder.load(painted_root, "all").annotations if not len(a.labels)),
        dataset.class_names,
        (),
    )
    assert len(empty) == 2
    Validation(Answers([nothing] * 2), empty).on_epoch_end(0, logs)
    assert logs == {"val_ap50": 0.0, "val_ap": 0.0}


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"val_ap50": 0.75, "val_ap": 0.5}, "epoch   2/9  loss 6.000  box 1.000  objectness 2.000  class 3.000  "
                                            "AP50 0.750  AP 0.500  "),
        ({}, "epoch   2/9  loss 6.000  box 1.000  objectness 2.000  class 3.000  "),
    ],
)  # fmt: skip
def test_an_epoch_is_one_line(caplog, scores, expected):
    callback = EpochProgress(epochs=9, batch_size=4)
    callback.set_params({"steps": 2})
    logs = {"loss": 6.0, "box": 1.0, "objectness": 2.0, "class": 3.0}
    with caplog.at_level(logging.INFO, "yolo"):
        callback.on_epoch_begin(1)
        callback.on_train_batch_end(0, logs)
        callback.on_train_batch_end(1, logs)
        callback.on_epoch_end(1, logs | scores)
    (line,) = caplog.messages
    assert line.startswith(expected)
    assert line.endswith(" pictures/s")


class Clock:
    """Stands in for `time`; goes only when told."""

    now = 0.0

    def perf_counter(self):
        return self.now


def test_the_rate_leaves_the_traced_step_out_and_the_time_left_counts_pixels(caplog, monkeypatch):
    """5 steps of 4 pictures: 100 s of tracing, 2 s a step; then an epoch of 10 s, and two that cost twice as much."""
    clock = Clock()
    monkeypatch.setattr(callbacks, "time", clock)
    progress = EpochProgress(epochs=4, batch_size=4, costs=[1, 1, 2, 2])
    progress.set_params({"steps": 5})
    logs = {"loss": 6.0, "box": 1.0, "objectness": 2.0, "class": 3.0}
    with caplog.at_level(logging.INFO, "yolo"):
        progress.on_train_begin()
        for epoch, first in ((0, 100), (1, 2)):
            progress.on_epoch_begin(epoch)
            for step in range(5):
                clock.now += 2 if step else first
                progress.on_train_batch_end(step, logs)
            progress.on_epoch_end(epoch, logs)
    ends = [line.partition("class 3.000")[2] for line in caplog.messages]
    assert ends == ["  50 s left  2.0 pictures/s", "  40 s left  2.0 pictures/s"]


def test_an_epoch_of_the_traced_step_alone_tells_no_rate(caplog):
    progress = EpochProgress(epochs=1, batch_size=4)
    progress.set_params({"steps": 1})
    with caplog.at_level(logging.INFO, "yolo"):
        progress.on_train_begin()
        progress.on_epoch_begin(0)
        logs = {"loss": 6.0, "box": 1.0, "objectness": 2.0, "class": 3.0}
        progress.on_train_batch_end(0, logs)
        progress.on_epoch_end(0, logs)
    assert caplog.messages == ["epoch   1/1  loss 6.000  box 1.000  objectness 2.000  class 3.000"]


def test_what_is_true_of_the_pictures_is_said_in_the_first_epoch_alone(caplog, tmp_path):
    crowd = known(*((0, (4 * i, 0, 4 * i + 3, 9)) for i in range(120)), path=tmp_path / "crowd.png")
    picture_files.write(crowd.path, np.zeros((10, 480, 3), np.uint8))
    dataset = data_folder.Dataset((crowd,), NAMES, ())
    validate = Validation(Answers([perfect(crowd)] * 2), dataset)
    for epoch in range(2):
        logs = {}
        validate.on_epoch_end(epoch, logs)
        assert logs["val_ap50"] == pytest.approx(1)
    assert caplog.text.count("1 picture holds more objects") == 1
