"""The progress of a run as its checkpoints hold it, read and checked without TensorFlow."""

import contextlib
import json
import math
from pathlib import Path

import h5py

from yolo.errors import UserError
from yolo.run_folders import BEST, PREVIOUS, STATE, WEIGHTS
from yolo.shell import command, quoted
from yolo.training.next_commands import resume_command
from yolo.weights.hdf5_checks import check_content
from yolo.wording import counted

LOG = "log.csv"
SCORE = "val_ap"  # chooses the best epoch: a mean over ten thresholds jumps less on a small set than AP50
HALVINGS = 3  # how often a run whose loss is no number goes back to its last good weights, with half the rate
DAMAGE = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def newest(folder):
    """Return the path of the checkpoint written last, or None; while one is renamed, only the one before is there."""
    return next((folder / name for name in (WEIGHTS, PREVIOUS) if (folder / name).is_file()), None)


def read_state(path):
    """Return the progress of a run: {"epoch": epochs done, "history": a row each, "network", "data", "halvings"}.

    Args:
        path: a checkpoint, or the folder of a run for its newest one.

    Raises:
        UserError: there is no checkpoint, or it is damaged.
    """
    path = Path(path)
    if path.is_dir():
        found = newest(path)
        if found is None:
            raise UserError(f"{path} holds no {WEIGHTS}: nothing to resume, start the run again with --data.")
        path = found
    try:
        return _read(path)
    except DAMAGE as error:
        raise damaged(path, error) from error


def damaged(path, reason):
    """Return the UserError for a damaged checkpoint; it says how to go on."""
    folder, before = path.parent, path.with_name(PREVIOUS)
    way = "start the run again with --data"
    if (folder / BEST).exists():
        way = f"start a new run from its best weights: {command('train')} --data DIR --weights {quoted(folder)}"
    with contextlib.suppress(*DAMAGE):
        if path != before:
            epoch = _read(before)["epoch"]
            way = (
                f"the checkpoint before it, after epoch {epoch}, is kept; go on from that one: {resume_command(before)}"
            )
    text = str(reason).strip().partition("\n")[0].rstrip(".") or type(reason).__name__
    return UserError(f"{path} is damaged ({text}): {way}")


def finished(folder):
    """Return the state of a run that has nothing left to be trained, scored or written, else None.

    Its checkpoint may have been deleted.
    """
    state = {}
    with contextlib.suppress(*DAMAGE):
        state = _checked((folder / STATE).read_text(encoding="utf-8"))
    if state.get("finished") is not True or not state["history"] or not (folder / BEST).exists():
        return None
    if newest(folder) and read_state(folder)["epoch"] != state["epoch"]:
        return None
    return state


def kept_row(history):
    """Return the row of the epoch whose weights are kept: the best one, of equals the last; without scores the last."""
    return max(reversed(history), key=lambda row: row.get(SCORE, 0))


def exhausted(history, score, patience, counted_from):
    """Return whether `patience` epochs went by without a better score; never where `patience` is 0.

    Epochs before `counted_from`, with smaller pictures or a frozen backbone, are no waiting. Their scores count.
    """
    scores = [row[score] for row in history] if patience else []
    return bool(scores) and len(scores) - max(scores.index(max(scores)) + 1, counted_from) >= patience


def _read(path):
    with h5py.File(path, "r") as file:
        check_content(file)
        return _checked(file.attrs["state"])


def _checked(text):
    """The state in a JSON text; raises one of DAMAGE where no run can have it."""
    state = json.loads(text)
    if not isinstance(state, dict):
        raise ValueError("its state is no JSON object")
    state = {"halvings": 0} | state  # of runs begun before there were any
    for name, kind in (("network", dict), ("data", str), ("history", list), ("epoch", int), ("halvings", int)):
        if type(state.get(name)) is not kind:
            raise ValueError(f"its state has no usable '{name}'")
    if state["epoch"] != len(state["history"]):
        raise ValueError(f"its state counts {counted(state['epoch'], 'epoch')} and tells of {len(state['history'])}")
    if not 0 <= state["halvings"] <= HALVINGS:
        raise ValueError(f"its state tells of {counted(state['halvings'], 'halving')} of the learning rate")
    for number, row in enumerate(state["history"], start=1):
        if not _is_row(row, number) or row.keys() != state["history"][0].keys():
            raise ValueError(f"its state tells nothing usable of epoch {number}")
    return state


def _is_row(row, number):
    """Return whether it is what is kept of an epoch: finite numbers by name, its own among them."""
    return (
        isinstance(row, dict)
        and all(type(value) in (int, float) and math.isfinite(value) for value in row.values())
        and row.get("epoch") == number
        and "loss" in row
    )
