"""What a run keeps is of one and the same epoch, at whatever moment it is killed."""

import errno
import json
import os
from types import SimpleNamespace

import h5py
import keras
import numpy as np
import pytest

from tests.yolo.training.runs import log_rows
from yolo.errors import UserError
from yolo.run_folders import BEST, PREVIOUS, WEIGHTS
from yolo.training.checkpoint import Checkpoint, adopt, load
from yolo.training.run_state import LOG, STATE, newest, read_state

SCORE = "val_ap"


class Killed(BaseException):
    """Stands in for the end of the process."""


def started():
    """The state of a run before its first step."""
    return {"epoch": 0, "history": [], "halvings": 0, "network": {"class_names": ["rot"]}, "data": "7 pictures"}


def fresh(folder, trainer, score=SCORE):
    return following(folder, trainer, started(), score)


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
    assert sorted(path.name for path in folder.iterdir()) == sorted([BEST, LOG, PREVIOUS, STATE, WEIGHTS])
    state = read_state(folder)
    history = [{"epoch": 1, "loss": 1.0, SCORE: 0.25}, {"epoch": 2, "loss": 0.5, SCORE: 0.5}]
    assert state == started() | {"epoch": 2, "history": history}
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


@pytest.mark.parametrize("moment", range(10))
def test_killed_at_any_moment_a_run_finds_weights_and_progress_of_one_epoch_and_goes_on(
    tmp_path, trainer, monkeypatch, moment
):
    """Killed in the second epoch before or after each of the five times that a file is renamed."""
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
    load(resumed, newest(tmp_path))
    assert epoch_of_weights(resumed) == state["epoch"] == len(state["history"])
    assert state["epoch"] == (1 if moment < 7 else 2), "the fourth is the one that counts"
    adopt(newest(tmp_path), state, SimpleNamespace(epochs=3, is_validated=True))

    callback = following(tmp_path, resumed, state)
    for epoch, score in [(2, 0.5), (3, 0.125)][state["epoch"] - 1 :]:
        end_epoch(callback, epoch, score)
    assert [(row["epoch"], row[SCORE]) for row in log_rows(tmp_path)] == [("1", "0.25"), ("2", "0.5"), ("3", "0.125")]
    assert epoch_of_best(tmp_path) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([BEST, LOG, PREVIOUS, STATE, WEIGHTS])


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


@pytest.mark.parametrize("name", [BEST, LOG, WEIGHTS, STATE])
def test_a_full_disk_is_one_sentence_that_names_the_safe_epoch_and_leaves_nothing_half_written(
    tmp_path, trainer, monkeypatch, name
):
    callback = fresh(tmp_path, trainer())
    end_epoch(callback, 1, 0.25)
    replace = os.replace

    def full(descriptor):
        if any(tmp_path.glob(f"partial-{name}")):
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        safe = 2 if name == STATE else 1
        with pytest.raises(UserError, match=rf"{name}: No space left on device; epoch {safe} is safe: .*--resume"):
            end_epoch(callback, 2, 0.5)
    assert os.replace is replace
    assert list(tmp_path.glob("partial-*")) == []
    assert read_state(tmp_path)["epoch"] == safe
    resumed = trainer()
    load(resumed, tmp_path / WEIGHTS)
    assert epoch_of_weights(resumed) == safe


def test_the_start_is_collected_before_the_first_step_and_on_disk_after_it(tmp_path, trainer):
    callback = fresh(tmp_path, trainer())
    for weight in every_weight(callback.model):
        weight.assign(np.full(weight.shape, 7, np.float32))
    callback.on_train_begin()
    for weight in every_weight(callback.model):  # as the first step does
        weight.assign(np.zeros(weight.shape, np.float32))
    callback.on_train_batch_end(0)
    resumed = trainer()
    load(resumed, tmp_path / WEIGHTS)
    assert {float(v) for weight in every_weight(resumed) for v in np.unique(weight.numpy())} == {7.0}


def test_a_start_that_cannot_be_written_ends_the_run_after_its_first_step(tmp_path, trainer, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    callback = fresh(tmp_path, trainer())
    monkeypatch.setattr(os, "fsync", full)
    callback.on_train_begin()
    with pytest.raises(UserError, match=rf"{WEIGHTS}: No space left on device: make room and start again"):
        callback.on_train_batch_end(0)
    assert list(tmp_path.glob("partial-*")) == []


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ((0.2, 0.6, 0.4), 2),
        ((0.0, 0.0, 0.0), 3),  # nothing found yet, and the last of equals
        ((0.3, 0.2, 0.3), 3),
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
    callback = following(tmp_path, trainer(), started() | {"epoch": 1000, "history": history})
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
        with pytest.raises(UserError, match=r"last\.weights\.h5 is damaged \(.*--data DATA --weights "):
            read_state(tmp_path)


def test_of_a_damaged_checkpoint_the_one_before_is_named_and_can_be_taken(tmp_path, trainer):
    callback = fresh(tmp_path, trainer())
    for epoch in (1, 2):
        end_epoch(callback, epoch, 0.5)
    (tmp_path / WEIGHTS).write_bytes(b"half")
    with pytest.raises(UserError, match=r"after epoch 1, is kept; .*--resume .*previous\.weights\.h5"):
        read_state(tmp_path)
    state, resumed = read_state(tmp_path / PREVIOUS), trainer()
    load(resumed, tmp_path / PREVIOUS)
    adopt(tmp_path / PREVIOUS, state, SimpleNamespace(epochs=3, is_validated=True))
    assert epoch_of_weights(resumed) == state["epoch"] == 1
    end_epoch(following(tmp_path, resumed, state), 2, 0.5)
    assert (read_state(tmp_path)["epoch"], read_state(tmp_path / PREVIOUS)["epoch"]) == (2, 1)


def drop(file):
    del file["layers/conv2d/vars/0"]


def reshape(file):
    drop(file)
    file["layers/conv2d/vars/0"] = np.zeros((2, 2), np.float32)


def spoil(name):
    def damage(file):
        values = file[name][()]
        values.flat[-1] = np.nan
        file[name][...] = values

    return damage


DAMAGES = {
    "an array is missing": drop,
    "an array has another shape": reshape,
    "a weight is nan": spoil("layers/conv2d/vars/0"),
    "an averaged weight is nan": spoil("averaged/layers/conv2d/vars/0"),
    "a moment of the optimizer is nan": spoil("optimizer/vars/5"),
    "an array too many": lambda file: file.create_dataset("layers/conv2d/vars/7", data=np.zeros(3, np.float32)),
    "an array of whole numbers": lambda file: (drop(file), file.create_dataset("layers/conv2d/vars/0", data=[1, 2])),
    "no optimizer": lambda file: file.__delitem__("optimizer"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_arrays_that_are_not_those_of_the_run_are_refused(tmp_path, trainer, damage):
    end_epoch(fresh(tmp_path, trainer()), 1, 0.5)
    with h5py.File(tmp_path / WEIGHTS, "a") as file:
        DAMAGES[damage](file)
    with pytest.raises(UserError, match=r"last\.weights\.h5 is damaged"):
        load(trainer(), tmp_path / WEIGHTS)


ROW = {"epoch": 1, "loss": 0.5, SCORE: 0.25}
STATES = [
    None,
    "{half",
    "[]",
    {"network": None},
    {"network": []},
    {"data": 7},
    {"epoch": []},
    {"epoch": True},
    {"epoch": 1.0},
    {"epoch": -1},
    {"epoch": 2},
    {"history": None},
    {"history": {}},
    {"history": [7]},
    {"history": [{}]},
    {"history": [ROW | {"epoch": 2}]},
    {"history": [ROW | {"loss": float("nan")}]},
    {"history": [ROW | {"loss": "small"}]},
    {"history": [{"epoch": 1}]},
    {"epoch": 2, "history": [ROW, {"epoch": 2, "loss": 0.5}]},
    {"halvings": 4},
    {"halvings": "none"},
]


@pytest.mark.parametrize("changes", STATES, ids=str)
def test_a_state_that_no_run_can_have_is_refused(tmp_path, changes):
    state = changes if changes is None or isinstance(changes, str) else started() | {"epoch": 1, "history": [ROW]}
    if isinstance(changes, dict):
        state = json.dumps({name: value for name, value in (state | changes).items() if value is not None})
    with h5py.File(tmp_path / WEIGHTS, "w") as file:
        if state:
            file.attrs["state"] = state
    with pytest.raises(UserError, match=r"last\.weights\.h5 is damaged \(.*start the run again"):
        read_state(tmp_path)


def test_a_state_of_a_run_from_before_rates_were_halved_has_none(tmp_path):
    with h5py.File(tmp_path / WEIGHTS, "w") as file:
        file.attrs["state"] = json.dumps({name: value for name, value in started().items() if name != "halvings"})
    assert read_state(tmp_path) == started()


def test_more_epochs_than_the_run_has_and_missing_scores_are_refused(tmp_path):
    state = started() | {"epoch": 1, "history": [{"epoch": 1, "loss": 0.5}]}
    plan = SimpleNamespace(epochs=1, is_validated=False)
    adopt(tmp_path / WEIGHTS, state, plan)
    with pytest.raises(UserError, match="is damaged"):
        adopt(tmp_path / WEIGHTS, state, SimpleNamespace(epochs=1, is_validated=True))
    with pytest.raises(
        UserError, match=r"already gone on to epoch 2, and its config\.json asks for 1 epoch: ask for at"
    ):
        adopt(tmp_path / WEIGHTS, state | {"epoch": 2}, plan)
