"""Check and write the file of --json, where `-` means standard output, and check the folder of --output."""

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from yolo.atomic_write import refuse_unwritable, write_whole
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.text_files import STANDARD_OUTPUT, open_to_write

ABSENT = FileNotFoundError, NotADirectoryError  # nothing has that name, so a folder can be made


def make_room(path: Path, kept: Iterable[str | os.PathLike[str] | None] = ()) -> None:
    """Make the folder of the file of --json, so that a wrong name is found before the work.

    For standard output, all other output of the command is sent to standard error from now on.

    Args:
        kept: files that must not be overwritten, such as the weights; None stands for no file.

    Raises:
        UserError: the file cannot be written there, or is one of those kept.
    """
    if str(path) == STANDARD_OUTPUT:
        sys.stdout = sys.stderr
        return
    with os_errors_as_user_errors(f"cannot write {path}", "; give --json another name"), contextlib.suppress(*ABSENT):
        path.stat()  # fails for a link to itself, too long a name, and a folder without permission
    if path.is_dir():
        raise UserError(f"--json wants a file to write; {path} is a folder: add a file name.")
    if path.exists() and any(Path(file).exists() and path.samefile(file) for file in kept if file):
        raise UserError(f"--json would overwrite {path}, which is to be read: give another name.")
    with os_errors_as_user_errors(f"cannot make the folder {path.parent} of --json"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with os_errors_as_user_errors(f"cannot write {path}", "; give --json another name"):
        refuse_unwritable(path)


def refuse_file_name(folder: str) -> str:
    """Return the folder of --output.

    Raises:
        UserError: its name looks like that of a file; copies keep the names of their sources.
    """
    from yolo.inference.sources.file_kinds import is_video
    from yolo.picture_files import is_picture

    if (is_picture(folder) or is_video(folder)) and not Path(folder).is_dir():
        raise UserError(
            f"--output wants a folder, and {folder} is called like a file: copies keep the names of their sources, so "
            f"give a folder, such as {Path(folder).with_suffix('')}."
        )
    return folder


def write(path: str | Path, text: str) -> None:
    """Write the file of --json.

    Raises:
        UserError: it cannot be written.
    """
    with os_errors_as_user_errors(f"cannot write {path}"):
        if str(path) == STANDARD_OUTPUT:
            with open_to_write(path) as file:
                file.write(text)
        else:
            write_whole(path, text.encode("utf-8", "backslashreplace"))  # names of files may not be UTF-8
