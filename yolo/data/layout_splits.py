"""Find the splits of a layout: from lists, from its annotation files, or from folders named train, val and test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from yolo.data import split_folders, split_lists
from yolo.data.layout import Layout
from yolo.data.split_choice import choose
from yolo.data.split_folders import PARTS, by_folder
from yolo.errors import UserError


def with_splits(layout: Layout, root: Path) -> Layout:
    """Return a layout with its splits, and with notes and remarks on them.

    The splits come from the lists, else they are those that the layout has, else from folders named like splits. If
    none of them is for training, `choose` chooses one.

    Args:
        layout: its `splits` are those that its annotation files name, if any.
        root: the folder in which lists are looked for.

    Raises:
        UserError: a list that the training pictures depend on cannot be read.
    """
    stems, usable = set(layout.stems), layout.usable
    labels = set(layout.annotations.values())
    paths = [path for path in split_lists.find(root) if path not in labels]  # `train.txt` may be that of `train.jpg`
    listed, unreadable = split_lists.read_all(paths, stems)
    for name, error in unreadable.items():
        if "train" not in listed and name.lower().rpartition("_")[2] in (*PARTS, "trainval"):
            raise error  # the training pictures depend on it
    by_name, notes, remarks = by_folder(stems, usable, layout.folders)
    if paths or layout.splits:
        notes, remarks = _list_notes(paths, unreadable, root), ()
    found = layout.splits or by_name
    choice = choose(listed if paths else found, stems, usable)
    notes += choice.notes + split_folders.unlisted_notes(found, choice.splits)
    remarks += choice.remarks + layout.remarks
    remarks += tuple(f"the list '{name}' is left out: {str(error).rstrip('.')}" for name, error in unreadable.items())
    return replace(layout, splits=choice.splits, notes=layout.notes + notes, remarks=remarks, unreadable=unreadable)


def _list_notes(paths: Sequence[Path], unreadable: Mapping[str, UserError], root: Path) -> tuple[str, ...]:
    """Return a note on lists in the root, which is not their place in VOC, if there are any."""
    names = [path.name for path in paths if path.parent == root and split_lists.canonical(path.stem) not in unreadable]
    return (f"{', '.join(names)} in {root} taken as lists",) if names else ()
