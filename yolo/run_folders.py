"""Find and make the folders of training runs: `runs/<name>/` with `best.keras` and the checkpoints to resume from."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from yolo.errors import UserError, os_errors_as_user_errors
from yolo.shell import command
from yolo.wording import counted

BEST = "best.keras"
WEIGHTS, PREVIOUS = "last.weights.h5", "previous.weights.h5"
STATE, CONFIG = "state.json", "config.json"

AnyPath = TypeVar("AnyPath", bound="str | os.PathLike[str]")


def newest_best(runs: str | Path = "runs") -> Path:
    """Return the `best.keras` that was written last in any run folder.

    Raises:
        UserError: there is none.
    """
    found = sorted(_bests(runs), key=lambda path: (path.stat().st_mtime_ns, path))
    if not found:
        raise UserError(f"no run in '{runs}' has a {BEST}: train first ({command('train')}) or give --weights FILE.")
    return found[-1]


def describe_newest(best: str | Path) -> str:
    """Describe the run of the `newest_best` in brackets: ` (newest run, not finished: 7 epochs so far)`."""
    try:
        state = json.loads((Path(best).parent / STATE).read_text(encoding="utf-8"))
        far = "" if state.get("finished") else f", not finished: {counted(state['epoch'], 'epoch')} so far"
    except (AttributeError, LookupError, OSError, TypeError, ValueError):  # nothing depends on this file for people
        far = ""
    return f" (newest run{far})"


def has_best(runs: str | Path = "runs") -> bool:
    """Return whether any run folder has a `best.keras`."""
    return any(_bests(runs))


def best_in(path: AnyPath) -> AnyPath | Path:
    """Return the `best.keras` in a run folder; return any other path unchanged."""
    best = Path(path) / BEST
    return best if os.path.isfile(best) else path  # Path.is_file raises for a name that is too long


def _bests(runs: str | Path) -> Iterator[Path]:
    return Path(runs).glob(f"*/{BEST}")


def refuse_taken(runs: str | Path, name: str | None) -> None:
    """Raise UserError if `runs/name` exists; without a name there is nothing to refuse."""
    if name and os.path.lexists(Path(runs) / name):  # Path.exists raises for a name that is too long
        raise UserError(f"the run folder {Path(runs) / name} exists: choose another --name, or --resume it.")


def new_run_folder(runs: str | Path, name: str, numbered: bool = True) -> Path:
    """Make and return `runs/name`.

    Args:
        numbered: whether a taken name becomes `name-2`, `name-3` and so on.

    Raises:
        UserError: the folder cannot be made, or the name is taken and `numbered` is False.
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
