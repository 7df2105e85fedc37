"""Find the files that belong to weights: Darknet's `.cfg` and class names, and the anchors of a Keras 2 project."""

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from yolo import anchors
from yolo.class_lists import read_names
from yolo.errors import UserError
from yolo.weights import darknet_cfg
from yolo.wording import counted

SAVED = re.compile(r"(_(best|last|final|\d+))?(_ema)?$", re.IGNORECASE)  # what Darknet adds to the cfg's name
ENDING = re.compile(r"\.(weights|conv\.\d+)$", re.IGNORECASE)
NEAR = (".", "cfg", "../cfg")
CFG_FOLDERS = (*NEAR, "..")
NAME_FOLDERS = (*NEAR, "data", "../data")
USUAL_NAMES = "obj.names"  # in Darknet's instructions
ANCHOR_FILES = ("yolo_anchors.txt", "model_data/yolo_anchors.txt", "../model_data/yolo_anchors.txt")


class CompanionFile(NamedTuple):
    """A file that belongs to weights, and whether this is only a guess."""

    path: Path
    guessed: bool


def find_cfg(path: Path, classes: int, filters: list[int], levels: int = 2) -> CompanionFile | None:
    """Return the `.cfg` that weights were trained with, or None.

    Darknet trains with `cfg/dog.cfg` and writes `backup/dog_best.weights`, `dog_last.weights`, `dog_4000.weights`.
    A cfg with another stem is a guess. It is taken if it is the only one that fits.

    Args:
        path: the file of the weights.
        classes: the number of their classes.
        filters: the number of filters of each of their convolutions, in the order of the file.
        levels: the number of levels of their network.

    Raises:
        UserError: several fit.
    """
    own = path.with_suffix(".cfg")
    if os.path.lexists(own):  # a broken link too: the error comes when it is read
        return CompanionFile(own, guessed=False)
    found = _files(path, CFG_FOLDERS, ".cfg")
    related = [file for file in found if _is_related(file, path)]
    near = related or _files(path, NEAR, ".cfg")
    fitting: dict[str, Path] = {}  # one file for each meaning
    for file in near:
        if meaning := _meaning(file, classes, filters, levels):
            fitting.setdefault(str(meaning), file)
    if len(fitting) > 1:
        raise UserError(
            f"{len(fitting)} cfg files fit {path} and differ ({_listed(fitting.values())}): "
            "give the one that it was trained with by --cfg FILE."
        )
    chosen = [*fitting.values(), *related]  # one with their stem that does not fit raises an error when it is read
    return CompanionFile(chosen[0], guessed=not related) if chosen else None


def find_names(path: Path, classes: int) -> CompanionFile | None:
    """Return the file with the class names of Darknet's weights, or None.

    It is the file with the same stem as the weights. Otherwise it is a file with the right number of names: with the
    stem of the cfg, named in a `.data` file, called obj.names, or, as a guess, any other.

    Raises:
        UserError: several files are equally likely.
    """
    own = path.with_suffix(".names")
    if os.path.lexists(own):  # a broken link too: the error comes when it is read
        return CompanionFile(own, guessed=False)
    lists, named = _lists(path)
    related = [file for file in lists if _is_related(file, path)]
    usual = [file for file in lists if file.name == USUAL_NAMES]
    for files in (related, named, usual, lists):
        fitting = {names: file for file in reversed(files) if len(names := _names(file)) == classes}
        if len(fitting) > 1:
            raise UserError(
                f"{len(fitting)} lists have {counted(classes, 'name')} for {path} ({_listed(fitting.values())}): "
                "give the right one with --classes FILE."
            )
        for file in fitting.values():
            return CompanionFile(file, guessed=files is lists)
    return None


def unusable_names(path: Path) -> list[str]:
    """Return a sentence for each list of names near Darknet's weights that cannot be read: the reason."""
    reasons = {}
    lists, named = _lists(path)
    for file in (*lists, *named):
        try:
            read_names(file)
        except UserError as error:
            reasons[file.resolve()] = str(error)
    return list(reasons.values())


def has_names(path: Path, classes: int, needed: bool) -> bool:
    """Return whether there is a file with the names of the classes.

    Raises:
        UserError: several files are equally likely, and one is `needed`.
    """
    try:
        return find_names(path, classes) is not None
    except UserError:
        if needed:
            raise
        return False


def find_anchors(path: Path) -> Path | None:
    """Return the `yolo_anchors.txt` of the Keras 2 project in which weights lie, or None.

    Raises:
        UserError: several files differ, or one cannot be read.
    """
    found: dict[str, Path] = {}  # one file for each content
    for name in ANCHOR_FILES:
        file = path.parent / name
        if file.is_file():
            found.setdefault(str(anchors.read(file, ordered=False)), file)
    if len(found) > 1:
        raise UserError(
            f"{len(found)} files of anchors lie near {path} and differ ({_listed(found.values())}): "
            "give the one that it was trained with by --anchors-file FILE."
        )
    return next(iter(found.values()), None)


def _files(weights: Path, folders: Iterable[str], suffix: str) -> list[Path]:
    """Return the files with a suffix in folders, whose paths are relative to the folder of the weights."""
    found: dict[Path, Path] = {}
    for folder in folders:
        with contextlib.suppress(OSError):  # it is not there, or may not be read
            for file in sorted((weights.parent / folder).iterdir()):
                if file.suffix.lower() == suffix and file.is_file():
                    found.setdefault(file.resolve(), file)
    return list(found.values())


def _lists(weights: Path) -> tuple[list[Path], list[Path]]:
    """Return the lists of class names near weights: files `*.names`, and those that a `.data` file names."""
    named = filter(None, map(_named_by, _files(weights, NAME_FOLDERS, ".data")))
    return _files(weights, NAME_FOLDERS, ".names"), list(named)


def _is_related(file: Path, weights: Path) -> bool:
    """Return whether Darknet would give the weights this name after a training with the file.

    It cuts the name of the file at a dot.
    """
    saved = ENDING.sub("", weights.name).casefold()
    names = {file.stem.casefold(), file.name.casefold().partition(".")[0]}
    return bool(names & {saved, SAVED.sub("", saved)})


def _meaning(cfg: Path, classes: int, filters: list[int], levels: int) -> dict[str, Any] | None:
    """Return the settings of the network in a cfg, or None when the weights are of another network."""
    try:
        return darknet_cfg.read(cfg, classes, levels) if darknet_cfg.filters(cfg) == filters else None
    except UserError:
        return None


def _named_by(data: Path) -> Path | None:
    """Return the list of class names that a `.data` file names, or None.

    Its path is relative to the folder in which Darknet was started, so several are tried.
    """
    written = darknet_cfg.options(data).get("names")
    if not written:
        return None
    name = Path(written.replace("\\", "/"))
    places = (name, data.parent / name, data.parent.parent / name, data.parent / name.name)
    return next((place for place in places if place.is_file()), None)


def _names(file: Path) -> tuple[str, ...]:
    """Return the names in a list; none when it cannot be read."""
    try:
        return read_names(file)
    except UserError:
        return ()


def _listed(files: Iterable[Path]) -> str:
    return ", ".join(map(str, files))
