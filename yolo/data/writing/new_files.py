"""Write the files of a new data folder: texts, and copies of pictures or links to them."""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from yolo.errors import UserError, os_errors_as_user_errors


class NewFiles:
    """Writes files into a new folder, and makes the folders in it.

    Args:
        folder: the folder; it exists.
        link: whether to give pictures a second name (a hard link) instead of copying them, where the system can.
        progress: called after each picture.

    Attributes:
        copied: the number of pictures that were copied although they were to be linked.
    """

    def __init__(self, folder: Path, link: bool = False, progress: Callable[[], object] = lambda: None) -> None:
        self._folder = folder
        self._link = link
        self._progress = progress
        self.copied = 0

    def picture(self, source: Path, name: str) -> None:
        """Copy or link a picture.

        Raises:
            UserError: it cannot be read or written.
        """
        with os_errors_as_user_errors(f"cannot copy the picture {source}"):
            target = self._place(name)
            if not (self._link and _linked(source, target)):
                shutil.copyfile(source, target)
                self.copied += self._link
        self._progress()

    def text(self, name: str, pieces: Iterable[str]) -> None:
        """Write a text file.

        Raises:
            UserError: it cannot be written.
        """
        with (
            os_errors_as_user_errors(f"cannot write {name}"),
            self._place(name).open("w", encoding="utf-8", newline="\n") as file,
        ):
            file.writelines(pieces)

    def _place(self, name: str) -> Path:
        path = Path(os.path.normpath(self._folder / name))
        if not path.is_relative_to(os.path.normpath(self._folder)):  # a split may be called `../other`
            raise UserError(f"{name} would lie outside of the new folder: rename that split of the data.")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _linked(source: Path, target: Path) -> bool:
    """Link a picture; return False if that is impossible, as on another disk and on some file systems."""
    try:
        os.link(os.path.realpath(source), target)  # of a symbolic link, what it leads to
    except OSError:
        return False
    return True
