"""Make a new folder that appears when it is complete."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yolo.atomic_write import put_in_place
from yolo.errors import UserError, os_errors_as_user_errors


def refuse_taken(folder: str | Path) -> None:
    """Raise UserError unless a new folder can have this name: nothing or an empty folder may be there."""
    path = Path(folder)
    with os_errors_as_user_errors(f"cannot write to {folder}"):
        if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
            raise UserError(f"{folder} exists and is not an empty folder; give the name of a new one.")


@contextmanager
def new_folder(folder: str | Path) -> Iterator[Path]:
    """Give a folder to write into, which gets its name `folder` when the block ends; after an error it is deleted.

    Raises:
        UserError: `folder` exists and is not empty, or cannot be written to.
    """
    target = Path(folder)
    refuse_taken(target)
    with os_errors_as_user_errors(f"cannot write the data to {folder}", "; choose another folder"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as temporary:
            draft = Path(temporary) / "data"
            draft.mkdir()
            yield draft
            refuse_taken(target)  # once more, as minutes may have passed
            put_in_place(draft, target)
