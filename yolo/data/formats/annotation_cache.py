"""Read annotation files of one picture each, those that have not changed from the cache."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from yolo.data import metadata_cache
from yolo.data.formats.written_annotation import NOTHING, UnreadableAnnotationError, WrittenAnnotation, compact
from yolo.data.layout import Contents, Layout
from yolo.errors import UserError
from yolo.progress import late_bar

Reader: TypeAlias = Callable[[Path], WrittenAnnotation]
"""Reads an annotation file; raises UnreadableAnnotationError."""


def read_each(read: Reader) -> Callable[[Layout, bool], Contents]:
    """Return a `Layout.read` for a format with one annotation file for each picture.

    Args:
        read: reads one file.
    """
    return partial(_contents, read)


def _contents(read: Reader, layout: Layout, anew: bool) -> Contents:
    paths = list(dict.fromkeys(layout.annotations.values()))
    read_files = partial(_read_files, read)
    name = read.__module__.rpartition(".")[2]  # one cache for each format, as they may lie in one folder
    found = read_files(paths) if anew else metadata_cache.cached(name, paths, read_files, _restored)
    return {stem: found[path] for stem, path in layout.annotations.items()}


def _read_files(read: Reader, paths: Sequence[Path]) -> dict[Path, WrittenAnnotation | UserError]:
    """Return the content of each file, or the reason why it cannot be read."""
    progress = late_bar(paths, len(paths), desc="reading annotations", unit="file")
    return {path: _read_one(read, path) for path in progress}


def _read_one(read: Reader, path: Path) -> WrittenAnnotation | UnreadableAnnotationError:
    try:
        return compact(read(path))
    except UnreadableAnnotationError as error:
        return error


def _restored(values: Sequence[Any]) -> WrittenAnnotation:
    """Return an annotation from the list that JSON has made of it."""
    size, names, numbers, difficult, counts, lines, signs = values
    names, edges = list(map(sys.intern, names)), metadata_cache.array_from(numbers)
    return WrittenAnnotation(size, names, edges, difficult, counts or NOTHING, lines or NOTHING, signs)
