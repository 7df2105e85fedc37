"""Write and read checkpoints: weights, optimizer, average and progress of a run in one file that is always whole."""

import csv
import io
import json
import logging
import os
import warnings
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import h5py
import keras
import numpy as np

from yolo.atomic_write import InMemoryFile, atomic_write
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.model import YoloV4Tiny
from yolo.run_folders import BEST, CONFIG, PREVIOUS, STATE, WEIGHTS
from yolo.training.next_commands import resume_command
from yolo.training.plan import PLAN, TrainingPlan
from yolo.training.run_state import DAMAGE, LOG, SCORE, EpochRow, RunState, damaged, newest
from yolo.training.training_model import TrainingModel
from yolo.weights.hdf5_checks import datasets
from yolo.wording import counted

log = logging.getLogger("yolo")


class Checkpoint(keras.callbacks.Callback):
    """A callback that writes checkpoints: before the first step, and after each epoch with the best model and the log.

    The progress is inside the weights file, which is renamed into place: killed at any moment, a run finds weights
    and progress of the same epoch. The checkpoint of the epoch before is kept. `state.json` and `log.csv` are copies
    for people.

    Args:
        folder: the folder of the run.
        state: the progress, which this callback updates.
        score: the name of the score that chooses the best epoch, or None to keep the last. Of epochs with the same
            score the last is kept.
    """

    def __init__(self, folder: Path, state: RunState, score: str | None) -> None:
        super().__init__()
        self.folder = folder
        self.state = state
        self.score = score
        self.whole = state["epoch"]  # the last epoch that is on disk
        self._first: Future[None] | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Make the first checkpoint in memory, and write it while TensorFlow traces the first step."""
        if not (self.folder / WEIGHTS).exists():
            content, pool = _checkpoint_bytes(self.model, self.state), ThreadPoolExecutor(1)
            try:
                self._first = pool.submit(self._keep, content)
            finally:
                pool.shutdown(wait=False)  # also on a signal while the thread starts: nothing is to wait for it

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.settle()

    def settle(self) -> None:
        """Wait until the first checkpoint is written.

        Raises:
            UserError: it cannot be written.
        """
        if self._first:
            first, self._first = self._first, None
            first.result()

    def settle_in_trouble(self) -> None:
        """Wait for it while another error is handled, and only log that it cannot be written."""
        try:
            self.settle()
        except UserError as error:
            log.warning(error)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        row: EpochRow = {"epoch": epoch + 1} | {name: float(value) for name, value in (logs or {}).items()}
        history = self.state["history"]
        best_before = max((before[self.score] for before in history), default=-1.0) if self.score else -1.0
        history.append(row)
        self.state["epoch"] = epoch + 1
        if self.score is None or row[self.score] >= best_before:
            self._write(BEST, _model_bytes(self.model.averaged))
        self._copy(LOG, _table(history))
        self.save()

    def save(self) -> None:
        """Write the checkpoint, and the copy of its progress for people."""
        self._keep(_checkpoint_bytes(self.model, self.state))

    def _keep(self, content: memoryview) -> None:
        self._write(WEIGHTS, content, keep=self.folder / PREVIOUS)
        self.whole = self.state["epoch"]
        self._copy(STATE, _json(self.state))

    def _write(self, name: str, content: memoryview, keep: Path | None = None) -> None:
        with self._explained_errors(name):
            atomic_write(self.folder / name, content, keep)

    def _copy(self, name: str, text: str) -> None:
        """Write a copy for people; on Windows a spreadsheet program that has it open prevents that."""
        with self._explained_errors(name):
            try:
                atomic_write(self.folder / name, text)
            except PermissionError as error:
                path = self.folder / name
                log.warning(f"{path} was not brought up to date ({error.strerror}): is it open elsewhere?")

    def _explained_errors(self, name: str) -> AbstractContextManager[None]:
        """Return a context in which the error for a file that cannot be written says how to go on with the run."""
        way = ": make room and start again"
        if newest(self.folder):
            safe = f"epoch {self.whole}" if self.whole else "the start"
            way = f"; {safe} is safe: make room and go on with {resume_command(self.folder)}"
        return os_errors_as_user_errors(f"cannot write {self.folder / name}", way)


def load(trainer: TrainingModel, path: Path) -> None:
    """Read weights, average and optimizer of a checkpoint into a trainer.

    Raises:
        UserError: the file is damaged, or of another optimizer.
    """
    try:
        _check_arrays(trainer, path)
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras only warns about weights that it leaves out
            # from memory, because Keras does not close a file that it cannot read
            trainer.load_weights(InMemoryFile(WEIGHTS, path.read_bytes()))
    except (*DAMAGE, UserWarning) as error:
        raise damaged(path, error) from error


def adopt(path: Path, state: RunState, plan: TrainingPlan) -> None:
    """Make the checkpoint that was loaded the newest one of its run.

    Raises:
        UserError: it does not fit the plan of the run, or cannot be renamed.
    """
    if state["epoch"] > plan.epochs:
        raise UserError(
            f"{path.parent} has already gone on to epoch {state['epoch']}, and its {_decider(path)} asks for "
            f"{counted(plan.epochs, 'epoch')}: ask for at least {state['epoch']} there to resume it."
        )
    if plan.is_validated and state["history"] and SCORE not in state["history"][0]:
        raise damaged(path, f"its state has no '{SCORE}'")
    if path.name != WEIGHTS:
        with os_errors_as_user_errors(f"cannot rename {path}"):
            os.replace(path, path.with_name(WEIGHTS))


def _decider(path: Path) -> str:
    """Return the name of the file that says what the run of a checkpoint does; earlier versions had no plan."""
    return PLAN if path.with_name(PLAN).exists() else CONFIG


def mark_finished(folder: Path, state: RunState) -> None:
    """Write into `state.json` that a run is finished, and remove its spare checkpoint.

    Raises:
        UserError: the file cannot be written.
    """
    with os_errors_as_user_errors(f"cannot write {folder / STATE}"):
        atomic_write(folder / STATE, _json(state | {"finished": True}))
        (folder / PREVIOUS).unlink(missing_ok=True)


def _check_arrays(trainer: TrainingModel, path: Path) -> None:
    """Raise ValueError unless a file contains the arrays that this trainer would write, with finite numbers only."""
    with h5py.File(path) as file, h5py.File(_weights_file(trainer)) as wanted:
        expected, found = datasets(wanted), datasets(file)
        wrong = sorted(expected.keys() ^ found.keys())
        if "optimizer/vars/0" in found and wrong and all(name.startswith("optimizer/") for name in wrong):
            raise UserError(
                f"{path} is of another optimizer than {path.with_name(_decider(path))} asks for: set 'optimizer' back "
                "there, or start a new run from its weights."
            )
        if wrong:
            raise ValueError(f"{wrong[0]} is {'missing' if wrong[0] in expected else 'not of this run'}")
        for name, like in expected.items():
            if (found[name].shape, found[name].dtype) != (like.shape, like.dtype):
                raise ValueError(f"{name} is {found[name].shape} {found[name].dtype}, not {like.shape} {like.dtype}")
            if not np.isfinite(found[name][()]).all():
                raise ValueError(f"{name} has values that are not finite")


def _checkpoint_bytes(trainer: TrainingModel, state: RunState) -> memoryview:
    file = _weights_file(trainer)
    with h5py.File(file, "a") as content:
        content.attrs["state"] = json.dumps(state)
    return file.getbuffer()


def _weights_file(trainer: TrainingModel) -> InMemoryFile:
    """Return the weights file of a trainer, made in memory: HDF5's library ends the process when a disk is full."""
    file = InMemoryFile(WEIGHTS)
    trainer.save_weights(file)
    return file


def _model_bytes(model: YoloV4Tiny) -> memoryview:
    file = InMemoryFile(BEST)
    model.save(file)
    return file.getbuffer()


def _table(history: list[EpochRow]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(history[0]))
    writer.writeheader()
    writer.writerows(history)
    return text.getvalue()


def _json(state: Mapping[str, object]) -> str:
    return json.dumps(state, indent=2) + "\n"
