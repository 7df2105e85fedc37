"""Find the pictures without labels that `--unlabelled` names; none of them is a picture of the data."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from yolo.data.data_folder import DataFolder
from yolo.data.dataset import Dataset
from yolo.data.equal_files import content_hashes
from yolo.data.readable_pictures import clean
from yolo.data.split_lists import canonical
from yolo.errors import UserError
from yolo.inference.sources.open_sources import open_sources
from yolo.inference.sources.pictures import PictureFiles
from yolo.structures import Annotation
from yolo.text_files import read_lines
from yolo.wording import counted, shorten

LIST = ".txt"

log = logging.getLogger("yolo")


def find_unlabelled(named: str | None, folder: DataFolder, used: Iterable[Dataset | None]) -> tuple[Annotation, ...]:
    """Return the pictures that `--unlabelled` names and that can be read, without objects.

    Pictures that the run uses are left out, and so are those of the lists `val` and `test`, also if the run does not
    use them, and copies of any of these: scores on pictures that were learned from would flatter.

    Args:
        named: a folder, a glob, a picture, or a text file with one of these in each line, seen from its folder. None
            names no picture.
        folder: the data of the run.
        used: its datasets.

    Raises:
        UserError: there is no such picture, or none is left.
    """
    if named is None:
        return ()
    pictures = _expanded(named)
    taken = _taken(folder, used)
    hashes = content_hashes([*pictures, *taken])
    real = {os.path.realpath(path) for path in taken}
    contents = {hashes[path] for path in taken if path in hashes}
    own = {path: None for path in pictures if os.path.realpath(path) in real or hashes.get(path) in contents}
    if own:
        log.info(
            f"{counted(len(own), 'picture')} of --unlabelled left out, as they are among the training, validation or "
            f"test pictures of {folder.root}: {shorten([path.name for path in own])}"
        )
    if len(own) == len(pictures):
        raise UserError(f"every picture of --unlabelled {named} is among those of {folder.root}: give other pictures.")
    return readable(path for path in pictures if path not in own)


def readable(pictures: Iterable[Path]) -> tuple[Annotation, ...]:
    """Return the pictures that can be decoded, without objects; the others are counted and named in a warning.

    Raises:
        UserError: there are pictures, and none can be decoded.
    """
    annotations = tuple(map(Annotation.without_objects, pictures))
    return clean(Dataset(annotations, (), ()), "unlabelled").annotations


def _expanded(named: str) -> list[Path]:
    """Return the absolute paths of the pictures that `--unlabelled` names, each file once."""
    lines = [named]
    if named.lower().endswith(LIST) and os.path.isfile(named):
        listed = filter(None, map(str.strip, read_lines(named, "the list of pictures")))
        lines = [os.path.join(os.path.dirname(named), line) for line in listed]
    sources = open_sources(lines) if lines else []
    others = [source.name for source in sources if not isinstance(source, PictureFiles)]
    if others:
        log.warning(f"left out of --unlabelled, as it takes only pictures: {shorten(others)}")
    found = [os.path.abspath(path) for source in sources if isinstance(source, PictureFiles) for path in source.paths]
    if not found:
        raise UserError(f"--unlabelled {named} names no picture: give a folder, a glob or a list of pictures.")
    return list(map(Path, found))


def _taken(folder: DataFolder, used: Iterable[Dataset | None]) -> set[Path]:
    """Return the pictures that a run uses, and the annotated ones of the lists `val` and `test`."""
    listed = {
        layout.pictures[stem]
        for layout in folder.layouts
        for split in layout.splits
        if canonical(split) in ("val", "test")
        for stem in layout.usable.intersection(layout.stems_of(split))
    }
    return listed.union(each.path for dataset in used if dataset for each in dataset.annotations)
