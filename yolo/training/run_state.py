"""Read and check the progress of a run that its checkpoints keep, without TensorFlow."""

import contextlib
import json
import math
from pathlib import Path
from typing import Any, TypeAlias, TypedDict, cast

import h5py

from yolo.errors import UserError
from yolo.run_folders import BEST, PREVIOUS, STATE, WEIGHTS
from yolo.shell import command, quoted
from yolo.training.next_commands import resume_command
from yolo.weights.hdf5_checks import check_content
from yolo.wording import counted

LOG = "log.csv"
SCORE = "val_ap"  # chooses the best epoch: a mean over ten thresholds jumps less on a small set than AP50
HALVINGS = 3  # how often a run whose loss becomes nan or inf goes back to its last good weights, with half the rate
DAMAGE = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)

EpochRow: TypeAlias = dict[str, float]
"""The numbers of one epoch by their names: `epoch`, counted from 1, the losses, and the scores if there are any."""


class RunState(TypedDict):
    """The progress of a run, and what it was started with.

    Attributes:
        epoch: the number of epochs done.
        history: one row for each of them.
        halvings: how often the learning rate was halved.
        network: the configuration of the network.
        data: the digest of the training and validation data.
    """

    epoch: int
    history: list[EpochRow]
    halvings: int
    network: dict[str, Any]
    data: str


def newest(folder: Path) -> Path | None:
    """Return the path of the newest checkpoint, or None.

    While a checkpoint is renamed into place, only the one before it is there.
    """
    return next((folder / name for name in (WEIGHTS, PREVIOUS) if (folder / name).is_file()), None)


def read_state(path: str | Path) -> RunState:
    """Return the progress of a run.

    Args:
        path: a checkpoint, or the folder of a run, whose newest checkpoint is read.

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


def damaged(path: Path, reason: str | Exception) -> UserError:
    """Return the error for a damaged checkpoint; its message says how to go on."""
    folder, before = path.parent, path.with_name(PREVIOUS)
    way = "start the run again with --data"
    if (folder / BEST).exists():
        way = f"start a new run from its best weights: {command('train')} --data DATA --weights {quoted(folder)}"
    with contextlib.suppress(*DAMAGE):
        if path != before:
            epoch = _read(before)["epoch"]
            way = (
                f"the checkpoint before it, after epoch {epoch}, is kept; go on from that one: {resume_command(before)}"
            )
    text = str(reason).strip().partition("\n")[0].rstrip(".") or type(reason).__name__
    return UserError(f"{path} is damaged ({text}): {way}")


def finished(folder: Path) -> RunState | None:
    """Return the state of a run that has nothing left to train, score or write, else None.

    Its checkpoint may have been deleted.
    """
    try:
        state = _checked((folder / STATE).read_text(encoding="utf-8"))
    except DAMAGE:
        return None
    if state.get("finished") is not True or not state["history"] or not (folder / BEST).exists():
        return None
    if newest(folder) and read_state(folder)["epoch"] != state["epoch"]:
        return None
    return state


def kept_row(history: list[EpochRow]) -> EpochRow:
    """Return the row of the epoch whose weights are kept: the last of those with the best score.

    Without scores it is the last row.
    """
    return max(reversed(history), key=lambda row: row.get(SCORE, 0))


def exhausted(history: list[EpochRow], score: str, patience: int, counted_from: int) -> bool:
    """Return whether the last `patience` epochs brought no better score; always False if `patience` is 0.

    Args:
        score: the name of the score in the rows.
        counted_from: the first epoch that counts as waiting. Earlier ones have smaller pictures or a frozen backbone;
            only their scores count.
    """
    scores = [row[score] for row in history] if patience else []
    return bool(scores) and len(scores) - max(scores.index(max(scores)) + 1, counted_from) >= patience


def _read(path: Path) -> RunState:
    with h5py.File(path, "r") as file:
        check_content(file)
        return _checked(file.attrs["state"])


def _checked(text: str) -> RunState:
    """Return the state in a JSON text; raises one of DAMAGE for a state that no run can have."""
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("its state is no JSON object")
    state: dict[str, Any] = {"halvings": 0} | content  # earlier versions did not write it
    for name, kind in (("network", dict), ("data", str), ("history", list), ("epoch", int), ("halvings", int)):
        if type(state.get(name)) is not kind:
            raise ValueError(f"its state has no usable '{name}'")
    rows = len(state["history"])
    if state["epoch"] != rows:
        raise ValueError(f"its state counts {counted(state['epoch'], 'epoch')} and has {counted(rows, 'row')}")
    if not 0 <= state["halvings"] <= HALVINGS:
        raise ValueError(f"its state has {counted(state['halvings'], 'halving')} of the learning rate")
    for number, row in enumerate(state["history"], start=1):
        if not _is_row(row, number) or row.keys() != state["history"][0].keys():
            raise ValueError(f"its state has no usable row of epoch {number}")
    return cast(RunState, state)


def _is_row(row: object, number: int) -> bool:
    """Return whether a value is the row of epoch `number`: finite numbers by their names."""
    return (
        isinstance(row, dict)
        and all(type(value) in (int, float) and math.isfinite(value) for value in row.values())
        and row.get("epoch") == number
        and "loss" in row
    )
