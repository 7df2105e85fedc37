"""Recognise the format of a dataset by looking at its files."""

from pathlib import Path

from yolo.data.formats import voc_folders
from yolo.data.layout import Layout


def find(path: Path) -> list[Layout]:
    """Return the layouts of the dataset at a path: one, or several for a VOCdevkit.

    Raises:
        UserError: there are no data in a known format, or they cannot be read.
    """
    return voc_folders.find(path)
