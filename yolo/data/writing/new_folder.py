"""Make a new folder that appears when it is complete, and refuse a bad place for it before the work."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from yolo.atomic_write import put_in_place, refuse_unwritable
from yolo.data.data_paths import data_paths
from yolo.data.formats.annotation_folders import ANNOTATIONS
from yolo.data.layout import Layout
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.picture_files import FOLDERS


def refuse_taken(folder: str | Path) -> None:
    """Raise UserError unless a new folder can have this name: nothing or an empty folder may be there."""
    path = Path(folder)
    with os_errors_as_user_errors(f"cannot write to {folder}"):
        if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
            raise UserError(f"{folder} exists and is not an empty folder; give the name of a new one.")
        if path.exists() and (path.samefile(os.curdir) or os.path.ismount(path)):  # it could not be replaced in the end
            what = "a mount" if os.path.ismount(path) else "the folder that the command runs in"
            raise UserError(f"{folder} is {what}; give the name of a new folder, such as {path / 'data'}.")
        refuse_unwritable(_beside(path))


def refuse_inside(folder: str | Path, data: str) -> None:
    """Raise UserError if a new folder cannot have this name, or lies in a folder of data, as far as their name tells.

    Data that are named by a file or by the folder of the annotations have other folders, see `refuse_among`.
    """
    refuse_taken(folder)
    _refuse_below(folder, (path for path in data_paths(data) if path.is_dir()))


def refuse_among(folder: str | Path, layouts: Sequence[Layout]) -> None:
    """Raise UserError if a new folder lies among the pictures or annotations of data, where it would be read too."""
    files = (found for layout in layouts for found in (layout.pictures, layout.annotations))
    _refuse_below(folder, {place for found in files for place in _folders(found)})


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
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=_beside(target).name) as temporary:
            draft = Path(temporary) / "data"
            draft.mkdir()
            yield draft
            refuse_taken(target)  # once more, as minutes may have passed
            put_in_place(draft, target)


def _beside(folder: Path) -> Path:
    """Return a path beside a new folder, where nothing is, for what is written before the folder is complete."""
    return Path(os.path.abspath(folder.parent), f".{folder.name}-")


def _refuse_below(folder: str | Path, places: Iterable[Path]) -> None:
    target = Path(folder).resolve()
    for place in places:
        if target.is_relative_to(place.resolve()):
            raise UserError(
                f"{folder} lies in the data at {place}, which are not to be changed: choose another folder."
            )


def _folders(files: Mapping[str, Path]) -> Iterator[Path]:
    """Yield the folders of pictures or annotations; of `images/day1/a.jpg` with the stem `day1/a`, also `images`.

    The folder of a file that holds the annotations of many pictures counts only if it is called like one for them.
    """
    found = {(file.parent, stem.count("/"), file.stem == stem.rpartition("/")[2]) for stem, file in files.items()}
    for folder, depth, is_own in found:
        if is_own:
            yield folder
        above = (folder, *folder.parents)[: depth + 1]
        yield from (place for place in above if place.name.lower() in (*FOLDERS, *ANNOTATIONS))
