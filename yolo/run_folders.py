"""The folders of training runs: `runs/<name>/` with `best.keras` in it, and the checkpoints to go on from."""

import json
import os
from pathlib import Path

from yolo.errors import UserError, os_errors_as_user_errors
from yolo.wording import counted

BEST = "best.keras"
WEIGHTS, PREVIOUS = "last.weights.h5", "previous.weights.h5"
STATE, CONFIG = "state.json", "config.json"


def newest_best(runs="runs"):
    """The `best.keras` written last in any run folder; raises UserError when there is none."""
    found = sorted(_bests(runs), key=lambda path: (path.stat().st_mtime_ns, path))
    if not found:
        raise UserError(f"no run in '{runs}' has a {BEST}: train first (python train.py) or give --weights FILE.")
    return found[-1]


def describe_newest(best):
    """Return where the `newest_best` is from, in brackets: ` (newest run, not finished: 7 epochs so far)`."""
    try:
        state = json.loads((Path(best).parent / STATE).read_text(encoding="utf-8"))
        far = "" if state.get("finished") else f", not finished: {counted(state['epoch'], 'epoch')} so far"
    except (AttributeError, LookupError, OSError, TypeError, ValueError):  # a copy for people, which nothing depends on
        far = ""
    return f" (newest run{far})"


def has_best(runs="runs"):
    """Return whether any run folder has a `best.keras`."""
    return any(_bests(runs))


def best_in(path):
    """The `best.keras` in the folder of a run; any other path as it is."""
    best = Path(path) / BEST
    return best if os.path.isfile(best) else path  # Path.is_file raises where a name is too long


def _bests(runs):
    return Path(runs).glob(f"*/{BEST}")


def name_after(data):
    """The name of a run that trains on a folder: its own name, that of the folder it stands for when it is `.`."""
    return Path(data).resolve().name or "run"


def refuse_taken(runs, name):
    """Raise UserError when `runs/name` exists; None is the name of no folder."""
    if name and os.path.lexists(Path(runs) / name):  # Path.exists raises where a name is too long
        raise UserError(f"the run folder {Path(runs) / name} exists: choose another --name, or --resume it.")


def new_run_folder(runs: str | Path, name: str, numbered: bool = True) -> Path:
    """Make and return `runs/name`.

    Args:
        numbered: whether a taken name gives `name-2`, `name-3` and so on; else a taken one is a UserError.
    """
    with os_errors_as_user_errors(f"cannot make the run folder {Path(runs) / name}"):
        Path(runs).mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            folder = Path(runs) / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                if not numbered:
                    refuse_taken(runs, name)
                number += 1
            else:
                return folder
