"""Write and read what a run keeps: weights, optimizer, average and progress, in one file that is always whole."""

import csv
import io
import json
import logging
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from yolo.atomic_write import InMemoryFile, atomic_write
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.run_folders import BEST, CONFIG, PREVIOUS, STATE, WEIGHTS
from yolo.training.next_commands import resume_command
from yolo.training.plan import TrainingPlan
from yolo.training.run_state import DAMAGE, LOG, SCORE, damaged, newest
from yolo.weights.hdf5_checks import datasets
from yolo.wording import counted

log = logging.getLogger("yolo")


class Checkpoint(keras.callbacks.Callback):
    """Before the first step, and after each epoch with the best model and the log, writes what a run is resumed from.

    The state travels inside the weights file, which is renamed into place: killed at any moment, a run finds weights
    and progress of the same epoch. The file of the epoch before is kept. `state.json` and `log.csv` are copies for
    people.

    Args:
        folder: the run's.
        state: {"epoch": epochs done, "history": one row per epoch, ...}; changed as the run goes on.
        score: name of the number in the row that the best epoch has the most of, or None to keep the last. Of epochs
            with the same score the last is kept.
    """

    def __init__(self, folder, state, score):
        super().__init__()
        self.folder = folder
        self.state = state
        self.score = score
        self.whole = state["epoch"]  # the last epoch that is on disk
        self._first = None

    def on_train_begin(self, logs=None):
        """Collect the first checkpoint, and write it while TensorFlow traces the first step."""
        if not (self.folder / WEIGHTS).exists():
            content, pool = _checkpoint_bytes(self.model, self.state), ThreadPoolExecutor(1)
            try:
                self._first = pool.submit(self._keep, content)
            finally:
                pool.shutdown(wait=False)  # also on a signal while the thread is started, which is waited for else

    def on_train_batch_end(self, batch, logs=None):
        self.settle()

    def settle(self):
        """Wait until the first checkpoint is written; raises UserError when it cannot be."""
        if self._first:
            first, self._first = self._first, None
            first.result()

    def settle_in_trouble(self):
        """The same where another error is on its way, which goes first."""
        try:
            self.settle()
        except UserError as error:
            log.warning(error)

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1} | {name: float(value) for name, value in (logs or {}).items()}
        history = self.state["history"]
        best_before = max((r[self.score] for r in history), default=-1.0) if self.score else -1.0
        history.append(row)
        self.state["epoch"] = epoch + 1
        if self.score is None or row[self.score] >= best_before:
            self._write(BEST, _model_bytes(self.model.averaged))
        self._copy(LOG, _table(history))
        self.save()

    def save(self):
        """Write the checkpoint, and its state for people."""
        self._keep(_checkpoint_bytes(self.model, self.state))

    def _keep(self, content):
        self._write(WEIGHTS, content, keep=self.folder / PREVIOUS)
        self.whole = self.state["epoch"]
        self._copy(STATE, _json(self.state))

    def _write(self, name, content, keep=None):
        with self._told(name):
            atomic_write(self.folder / name, content, keep)

    def _copy(self, name, text):
        """Write what nothing depends on; a spreadsheet that has it open bars the way on Windows."""
        with self._told(name):
            try:
                atomic_write(self.folder / name, text)
            except PermissionError as error:
                path = self.folder / name
                log.warning(f"{path} was not brought up to date ({error.strerror}): is it open elsewhere?")

    def _told(self, name):
        """Say of what cannot be written how the run goes on."""
        way = ": make room and start again"
        if newest(self.folder):
            safe = f"epoch {self.whole}" if self.whole else "the start"
            way = f"; {safe} is safe: make room and go on with {resume_command(self.folder)}"
        return os_errors_as_user_errors(f"cannot write {self.folder / name}", way)


def load(trainer, path):
    """Read weights, average and optimizer of a checkpoint into a trainer; raises UserError when the file is damaged."""
    try:
        _check_arrays(trainer, path)
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # what Keras leaves out, it only warns of
            trainer.load_weights(InMemoryFile(WEIGHTS, path.read_bytes()))  # Keras leaves open what it cannot read
    except (*DAMAGE, UserWarning) as error:
        raise damaged(path, error) from error


def adopt(path: Path, state: dict[str, Any], plan: TrainingPlan) -> None:
    """Make the checkpoint that was loaded the newest one of its run; raises UserError when it cannot be of the run."""
    if state["epoch"] > plan.epochs:
        raise UserError(
            f"{path.parent} has already gone on to epoch {state['epoch']}, and its {CONFIG} asks for "
            f"{counted(plan.epochs, 'epoch')}: ask for at least {state['epoch']} there to resume it."
        )
    if plan.is_validated and state["history"] and SCORE not in state["history"][0]:
        raise damaged(path, f"its state has no '{SCORE}'")
    if path.name != WEIGHTS:
        with os_errors_as_user_errors(f"cannot rename {path}"):
            os.replace(path, path.with_name(WEIGHTS))


def mark_finished(folder, state):
    """Remove the spare checkpoint of a run that needs it no more, and say so to those who come later."""
    with os_errors_as_user_errors(f"cannot write {folder / STATE}"):
        atomic_write(folder / STATE, _json(state | {"finished": True}))
        (folder / PREVIOUS).unlink(missing_ok=True)


def _check_arrays(trainer, path):
    """Raise ValueError unless a file holds the arrays that this trainer would write, all of them finite numbers."""
    with h5py.File(path) as file, h5py.File(_weights_file(trainer)) as wanted:
        expected, found = datasets(wanted), datasets(file)
        wrong = sorted(expected.keys() ^ found.keys())
        if "optimizer/vars/0" in found and wrong and all(name.startswith("optimizer/") for name in wrong):
            raise UserError(
                f"{path} is of another optimizer than {path.with_name(CONFIG)} asks for: set 'optimizer' back "
                "there, or start a new run from its weights."
            )
        if wrong:
            raise ValueError(f"{wrong[0]} is {'missing' if wrong[0] in expected else 'not of this run'}")
        for name, like in expected.items():
            if (found[name].shape, found[name].dtype) != (like.shape, like.dtype):
                raise ValueError(f"{name} is {found[name].shape} {found[name].dtype}, not {like.shape} {like.dtype}")
            if not np.isfinite(found[name][()]).all():
                raise ValueError(f"{name} holds what is no finite number")


def _checkpoint_bytes(trainer, state):
    file = _weights_file(trainer)
    with h5py.File(file, "a") as content:
        content.attrs["state"] = json.dumps(state)
    return file.getbuffer()


def _weights_file(trainer):
    """Made in memory, as HDF5's library ends the process when the disk is full."""
    file = InMemoryFile(WEIGHTS)
    trainer.save_weights(file)
    return file


def _model_bytes(model):
    file = InMemoryFile(BEST)
    model.save(file)
    return file.getbuffer()


def _table(history):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(history[0]))
    writer.writeheader()
    writer.writerows(history)
    return text.getvalue()


def _json(state):
    return json.dumps(state, indent=2) + "\n"
