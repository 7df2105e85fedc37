"""What a run keeps: weights, optimizer, average and progress in one file that is whole at every moment."""

import csv
import json
import logging
import os

import h5py
import keras

from yolo.errors import UserError
from yolo.runs import BEST

WEIGHTS, STATE, LOG = "last.weights.h5", "state.json", "log.csv"

log = logging.getLogger("yolo")


def read_state(folder):
    """The progress of the run in `folder`: {"epoch", "history", "network", "data"}; raises UserError."""
    path = folder / WEIGHTS
    if not path.exists():
        raise UserError(f"{folder} holds no {WEIGHTS}: nothing to resume, start the run again with --data.")
    try:
        with h5py.File(path, "r") as file:
            return json.loads(file.attrs["state"])
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}): the run cannot be resumed, start it again.") from error


class Checkpoint(keras.callbacks.Callback):
    """Before the first step, and after each epoch with the best model and the log, writes what a run is resumed from.

    The state travels inside the weights file, which is renamed into place: killed at any moment, a run finds weights
    and progress of the same epoch. `state.json` and `log.csv` are copies for people.

    Args:
        folder: the run's.
        state: {"epoch": epochs done, "history": one row per epoch, ...}; changed as the run goes on.
        score: name of the number in the row that the best epoch has the most of, or None to keep the last.
    """

    def __init__(self, folder, state, score):
        super().__init__()
        self.folder = folder
        self.state = state
        self.score = score

    def on_train_begin(self, logs=None):
        if not self.state["history"]:
            self._save()

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1} | {name: float(value) for name, value in (logs or {}).items()}
        history = self.state["history"]
        best_before = max((r[self.score] for r in history), default=-1.0) if self.score else -1.0
        history.append(row)
        self.state["epoch"] = epoch + 1
        if self.score is None or row[self.score] > best_before:
            self._replace(BEST, self.model.averaged.save)
        self._copy(LOG, self._write_log)
        self._save()

    def _save(self):
        self._replace(WEIGHTS, self._write_weights)
        self._copy(STATE, lambda path: path.write_text(json.dumps(self.state, indent=2) + "\n", encoding="utf-8"))

    def _copy(self, name, write):
        """Write what nothing depends on; a spreadsheet that has it open bars the way on Windows."""
        try:
            self._replace(name, write)
        except PermissionError as error:
            log.warning(f"{self.folder / name} was not brought up to date ({error.strerror}): is it open elsewhere?")

    def _write_log(self, path):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(self.state["history"][0]))
            writer.writeheader()
            writer.writerows(self.state["history"])

    def _write_weights(self, path):
        self.model.save_weights(path)
        with h5py.File(path, "a") as file:
            file.attrs["state"] = json.dumps(self.state)

    def _replace(self, name, write):
        partial = self.folder / f"partial-{name}"
        write(partial)
        os.replace(partial, self.folder / name)
