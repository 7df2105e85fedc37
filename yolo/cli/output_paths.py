"""The file that --json asks for, `-` being standard output, and the folder of --output."""

import contextlib
import sys
from pathlib import Path

from yolo.atomic_write import write_whole
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.text_files import STANDARD_OUTPUT, open_to_write

ABSENT = FileNotFoundError, NotADirectoryError  # where nothing is of that name, and a folder may be made


def make_room(path, kept=()):
    """Make the folder of a file to be written, so that a wrong name is known before the work; raises UserError.

    Args:
        kept: files that it must not be, such as that of the weights; None stands for none.
    """
    if str(path) == STANDARD_OUTPUT:  # from here on what is printed goes to standard error, so that the JSON is alone
        sys.stdout = sys.stderr
        return
    with os_errors_as_user_errors(f"cannot write {path}", "; give --json another name"), contextlib.suppress(*ABSENT):
        path.stat()  # a link to itself, a name that is too long, a folder that may not be looked into
    if path.is_dir():
        raise UserError(f"--json wants a file to write; {path} is a folder: add a file name.")
    if path.exists() and any(Path(file).exists() and path.samefile(file) for file in kept if file):
        raise UserError(f"--json would overwrite {path}, which is to be read: give another name.")
    with os_errors_as_user_errors(f"cannot make the folder {path.parent} of --json"):
        path.parent.mkdir(parents=True, exist_ok=True)


def refuse_file_name(folder):
    """The folder of --output; raises UserError for a name that looks like a file's, for copies keep their names."""
    from yolo.inference.sources.file_kinds import is_video
    from yolo.picture_files import is_picture

    if (is_picture(folder) or is_video(folder)) and not Path(folder).is_dir():
        raise UserError(
            f"--output wants a folder, and {folder} is called like a file: copies keep the names of their sources, so "
            f"give a folder, such as {Path(folder).with_suffix('')}."
        )
    return folder


def write(path: str | Path, text: str) -> None:
    """Write the file; raises UserError."""
    with os_errors_as_user_errors(f"cannot write {path}"):
        if str(path) == STANDARD_OUTPUT:
            with open_to_write(path) as file:
                file.write(text)
        else:
            write_whole(path, text.encode("utf-8", "backslashreplace"))  # a file's name may be no UTF-8
