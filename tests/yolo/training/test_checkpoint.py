"""What a run keeps is of one and the same epoch, at whatever moment it is killed."""

import json
import os

import h5py
import keras
import numpy as np
import pytest

from tests.yolo.training.runs import log_rows
from yolo.errors import UserError
from yolo.training.checkpoint import BEST, LOG, STATE, WEIGHTS, Checkpoint, read_state

SCORE = "val_ap"


class Killed(BaseException):
    """Stands in for the end of the process."""


def fresh(folder, trainer, score=SCORE):
    return following(folder, trainer, {"epoch": 0, "history": [], "pictures": 7}, score)


def following(folder, trainer, state, score=SCORE):
    callback = Checkpoint(folder, state, score)
    callback.set_model(trainer)
    return callback


def every_weight(trainer):
    """The network's and the average's; `trainer.weights` lacks the latter in Keras 3.12, which saves them even so."""
    return [*trainer.network.weights, *trainer.averaged.weights]


def end_epoch(callback, epoch, score):
    """End an epoch, counted from 1, after which every weight and the optimizer's count are its number."""
    for weight in every_weight(callback.model):
        weight.assign(np.full(weight.shape, epoch, np.float32))
    callback.model.optimizer.iterations.assign(epoch)
    callback.on_epoch_end(epoch - 1, {"loss": 1 / epoch, SCORE: score})


def epoch_of_weights(trainer):
    """The one number that all weights and the optimizer's count have."""
    values = {float(v) for weight in every_weight(trainer) for v in np.unique(weight.numpy())}
    (value,) = values | {float(trainer.optimizer.iterations)}
    return value


def epoch_of_best(folder):
    model = keras.models.load_model(folder / BEST, compile=False)
    (value,) = {float(v) for weight in model.weights for v in np.unique(weight.numpy())}
    return value


def test_one_file_holds_weights_average_optimizer_and_progress_and_copies_stand_beside_it(tmp_path, trainer):
    folder = tmp_path / "été"
    folder.mkdir()
    callback = fresh(folder, trainer())
    end_epoch(callback, 1, 0.25)
    end_epoch(callback, 2, 0.5)
    assert sorted(path.name for path in folder.iterdir()) == sorted([BEST, LOG, STATE, WEIGHTS])
    state = read_state(folder)
    assert state == {
        "epoch": 2,
        "history": [{"epoch": 1, "loss": 1.0, SCORE: 0.25}, {"epoch": 2, "loss": 0.5, SCORE: 0.5}],
        "pictures": 7,
    }
    assert json.loads((folder / STATE).read_text(encoding="utf-8")) == state
    assert log_rows(folder) == [
        {"epoch": "1", "loss": "1.0", SCORE: "0.25"},
        {"epoch": "2", "loss": "0.5", SCORE: "0.5"},
    ]
    other = trainer()
    other.load_weights(folder / WEIGHTS)
    assert epoch_of_weights(other) == 2
    assert epoch_of_weights(other) == epoch_of_best(folder)


def test_the_moments_of_the_optimizer_are_kept_even_while_layers_are_frozen(tmp_path, trainer):
    first = trainer()
    rng = np.random.default_rng(0)
    for variable in first.optimizer.variables[2:]:
        variable.assign(rng.normal(size=variable.shape))
    first.network.get_layer("stem_1_conv").trainable = False
    first.compile(first.optimizer, jit_compile=False)
    fresh(tmp_path, first).on_epoch_end(0, {SCORE: 0.5})
    second = trainer()
    second.load_weights(tmp_path / WEIGHTS)
    for a, b in zip(first.optimizer.variables, second.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.parametrize("moment", range(8))
def test_killed_at_any_moment_a_run_finds_weights_and_progress_of_one_epoch_and_goes_on(
    tmp_path, trainer, monkeypatch, moment
):
    """Killed in the second epoch before or after each of the four files is renamed into place."""
    callback = fresh(tmp_path, trainer())
    end_epoch(callback, 1, 0.25)
    replace, done = os.replace, []

    def dying(source, target):
        if moment == 2 * len(done):
            raise Killed
        replace(source, target)
        done.append(target)
        if moment == 2 * len(done) - 1:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", dying)
        with pytest.raises(Killed):
            end_epoch(callback, 2, 0.5)

    state = read_state(tmp_path)
    resumed = trainer()
    resumed.load_weights(tmp_path / WEIGHTS)
    assert epoch_of_weights(resumed) == state["epoch"] == len(state["history"])
    assert state["epoch"] == (1 if moment < 5 else 2), "the third file is the one that counts"

    callback = following(tmp_path, resumed, state)
    for epoch, score in [(2, 0.5), (3, 0.125)][state["epoch"] - 1 :]:
        end_epoch(callback, epoch, score)
    assert [(row["epoch"], row[SCORE]) for row in log_rows(tmp_path)] == [("1", "0.25"), ("2", "0.5"), ("3", "0.125")]
    assert epoch_of_best(tmp_path) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([BEST, LOG, STATE, WEIGHTS])


def test_a_log_that_another_program_has_open_is_left_behind_for_one_epoch(tmp_path, trainer, monkeypatch, caplog):
    callback = fresh(tmp_path, trainer())
    end_epoch(callback, 1, 0.25)
    replace = os.replace

    def barred(source, target):  # as Windows does while a spreadsheet shows the file
        if target.name in (LOG, STATE):
            raise PermissionError(13, "Permission denied", str(target))
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", barred)
        end_epoch(callback, 2, 0.5)
    assert [record.getMessage().partition(" was not brought up to date")[0] for record in caplog.records] == [
        str(tmp_path / LOG),
        str(tmp_path / STATE),
    ]
    assert len(log_rows(tmp_path)) == 1
    assert read_state(tmp_path)["epoch"] == epoch_of_best(tmp_path) == 2
    end_epoch(callback, 3, 0.4)
    assert len(log_rows(tmp_path)) == 3


def test_a_file_half_written_when_killed_is_not_taken_for_a_whole_one(tmp_path, trainer, monkeypatch):
    callback = fresh(tmp_path, trainer())
    end_epoch(callback, 1, 0.25)

    def half(path):
        path.write_bytes(b"half")
        raise Killed

    for name, method in ((BEST, callback.model.averaged), (WEIGHTS, callback.model)):
        with monkeypatch.context() as patched:
            patched.setattr(method, "save" if name == BEST else "save_weights", half)
            with pytest.raises(Killed):
                end_epoch(callback, 2, 0.5)
        assert read_state(tmp_path)["epoch"] == 1
        assert epoch_of_best(tmp_path) in (1, 2)


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ((0.2, 0.6, 0.4), 2),
        ((0.0, 0.0, 0.0), 1),  # nothing found yet, and the first of equals
        ((0.3, 0.2, 0.3), 1),
        ((0.0, 0.0, 0.1), 3),
    ],
)
def test_the_epoch_of_the_highest_score_is_kept(tmp_path, trainer, scores, best):
    callback = fresh(tmp_path, trainer())
    for epoch, score in enumerate(scores, start=1):
        end_epoch(callback, epoch, score)
    assert epoch_of_best(tmp_path) == best


def test_the_best_of_before_is_not_replaced_by_a_worse_epoch_after_resuming(tmp_path, trainer):
    end_epoch(fresh(tmp_path, trainer()), 1, 0.6)
    end_epoch(following(tmp_path, trainer(), read_state(tmp_path)), 2, 0.5)
    assert epoch_of_best(tmp_path) == 1


def test_without_a_score_the_last_epoch_is_kept(tmp_path, trainer):
    callback = fresh(tmp_path, trainer(), score=None)
    for epoch in (1, 2):
        callback.model.averaged.weights[0].assign(np.full(callback.model.averaged.weights[0].shape, epoch))
        callback.on_epoch_end(epoch - 1, {"loss": 1.0})
    kept = keras.models.load_model(tmp_path / BEST, compile=False)
    assert np.unique(kept.weights[0].numpy()) == [2]
    assert list(log_rows(tmp_path)[0]) == ["epoch", "loss"]


def test_a_thousand_epochs_fit(tmp_path, trainer):
    history = [{"epoch": i + 1, "loss": 1 / 3, SCORE: 2 / 3} for i in range(1000)]
    callback = following(tmp_path, trainer(), {"epoch": 1000, "history": history})
    end_epoch(callback, 1001, 0.5)
    assert len(read_state(tmp_path)["history"]) == len(log_rows(tmp_path)) == 1001


def test_a_folder_in_which_nothing_was_saved_cannot_be_resumed(tmp_path):
    with pytest.raises(UserError, match="nothing to resume"):
        read_state(tmp_path)


def test_a_damaged_file_is_a_users_mistake(tmp_path, trainer):
    end_epoch(fresh(tmp_path, trainer()), 1, 0.5)
    path = tmp_path / WEIGHTS
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"no weights at all", whole[:100] + bytes(len(whole) - 100)):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match=r"last\.weights\.h5 cannot be read"):
            read_state(tmp_path)


@pytest.mark.parametrize("state", [None, "{half"])
def test_weights_without_the_state_of_a_run_are_a_users_mistake(tmp_path, state):
    with h5py.File(tmp_path / WEIGHTS, "w") as file:
        if state:
            file.attrs["state"] = state
    with pytest.raises(UserError, match="cannot be resumed"):
        read_state(tmp_path)
