"""Write a repaired copy of a dataset, with a table of all changes."""

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from yolo.data.checks.checked_data import CheckedData
from yolo.data.data_folder import DataFolder
from yolo.data.equal_files import content_hash
from yolo.data.layout import Layout
from yolo.data.repair import classes, copies, names, objects, pictures, reading
from yolo.data.repair.change import Repair, as_csv
from yolo.data.writing import conversion
from yolo.data.writing.new_files import NewFiles
from yolo.data.writing.new_folder import new_folder
from yolo.data.writing.whole_dataset import WholeDataset, gather

TABLE = "fixes.csv"
OTHERWISE = "coco"  # of the formats that are written, the one that holds all: difficult marks, and classes in order


def write(source: DataFolder, checked: CheckedData, folder: str | Path) -> Repair:
    """Write a repaired copy into a new folder, which appears when it is complete.

    Returns:
        What was written. Pictures that were written anew are no longer at their paths.

    Raises:
        UserError: the folder is not empty or cannot be written to, or a class has a name that no format can hold.
    """
    with new_folder(folder) as draft:
        with tempfile.TemporaryDirectory(dir=draft) as rewritten:
            repair = repaired(source, checked, Path(rewritten))
            conversion.refuse_odd_names(repair.data.dataset.class_names)
            conversion.write(repair.data, draft, format_of(source))
        NewFiles(draft).text(TABLE, [as_csv(repair.changes)])
    return repair


def repaired(source: DataFolder, checked: CheckedData, folder: Path) -> Repair:
    """Return the repaired dataset with all changes.

    The order matters: only classes that are joined show which objects are drawn twice, and only then can the objects
    of two copies be compared.

    Args:
        folder: the folder to write pictures into that are written anew.
    """
    whole = reading.written_out(gather(source), source, checked)
    places = copies.told_apart(whole.data)  # pictures that are written anew are no longer in their folders
    steps: tuple[Callable[[WholeDataset], Repair], ...] = (
        classes.joined,
        objects.drawn_once,
        partial(names.renamed, checked=checked),
        partial(pictures.plain, checked=checked, folder=folder),
        lambda data: copies.kept_once(data, _contents(data, checked), places),
    )
    for step in steps:
        done = step(whole.data)
        whole = Repair(done.data, whole.changes + done.changes, whole.left + done.left)
    return whole


def format_of(source: DataFolder) -> str:
    """Return the format of a copy: that of the data if it can be written, else OTHERWISE."""
    found = {_format(layout) for layout in source.layouts}
    return found.pop() if len(found) == 1 else OTHERWISE


def _format(layout: Layout) -> str:
    return next((key for key, name in conversion.NAMES.items() if layout.format.startswith(name)), OTHERWISE)


def _contents(data: WholeDataset, checked: CheckedData) -> Mapping[Path, str]:
    """Return for each picture a hash of its file, which may have been written anew."""
    return {
        one.path: checked.measures[one.path].content
        if one.path in checked.measures
        else content_hash(one.path.read_bytes())
        for one in data.dataset.annotations
    }
