"""Find what weights need and keep in files of their own: Darknet's `.cfg` and class names, the anchors of Keras 2."""

import contextlib
import os
import re
from pathlib import Path
from typing import NamedTuple

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
    """A file that belongs to weights, and whether that is no more than likely."""

    path: Path
    guessed: bool


def find_cfg(path, classes, filters):
    """Return the `.cfg` that weights were trained with as `CompanionFile`, or None.

    Darknet trains with `cfg/dog.cfg` and writes `backup/dog_best.weights`, `dog_last.weights`, `dog_4000.weights`.
    A cfg of another stem is a guess, if it is the only one that fits.

    Args:
        path: of the weights.
        classes: how many they know.
        filters: of their convolutions, in the order of the file.

    Raises:
        UserError: several fit.
    """
    own = path.with_suffix(".cfg")
    if os.path.lexists(own):  # what is wrong with it, a broken link perhaps, is told when it is read
        return CompanionFile(own, guessed=False)
    found = _files(path, CFG_FOLDERS, ".cfg")
    related = [file for file in found if _is_related(file, path)]
    near = related or _files(path, NEAR, ".cfg")
    fitting = {}  # one file for each meaning
    for file in near:
        if meaning := _meaning(file, classes, filters):
            fitting.setdefault(str(meaning), file)
    if len(fitting) > 1:
        raise UserError(
            f"{len(fitting)} cfg files fit {path} and differ ({_listed(fitting.values())}): "
            "give the one that it was trained with by --cfg FILE."
        )
    chosen = [*fitting.values(), *related]  # one of its stem that does not fit is told of when it is read
    return CompanionFile(chosen[0], guessed=not related) if chosen else None


def find_names(path, classes):
    """Return the file with the names of the classes of Darknet's weights as `CompanionFile`, or None.

    That of their own stem, or one that has as many names: of the cfg's stem, named by a `.data` file, called obj.names,
    or else any other as a guess.

    Raises:
        UserError: several may be meant.
    """
    own = path.with_suffix(".names")
    if os.path.lexists(own):  # what is wrong with it, a broken link perhaps, is told when it is read
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


def unusable_names(path):
    """Return why the lists of names near Darknet's weights that cannot be read were passed over, a sentence each."""
    reasons = {}
    lists, named = _lists(path)
    for file in (*lists, *named):
        try:
            read_names(file)
        except UserError as error:
            reasons[file.resolve()] = str(error)
    return list(reasons.values())


def has_names(path, classes, asked):
    """Return whether a file with the names of the classes is there; several are a UserError if one is `asked` for."""
    try:
        return find_names(path, classes) is not None
    except UserError:
        if asked:
            raise
        return False


def find_anchors(path):
    """Return the `yolo_anchors.txt` of the Keras 2 project that weights lie in, or None; raises UserError."""
    found = {}  # one file for each content
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


def _files(weights, folders, suffix):
    """The files of that suffix in folders that are told from that of the weights."""
    found = {}
    for folder in folders:
        with contextlib.suppress(OSError):  # not there, or not ours to look into
            for file in sorted((weights.parent / folder).iterdir()):
                if file.suffix.lower() == suffix and file.is_file():
                    found.setdefault(file.resolve(), file)
    return list(found.values())


def _lists(weights):
    """The lists of class names near weights: those called so, and those that a `.data` file names."""
    named = filter(None, map(_named_by, _files(weights, NAME_FOLDERS, ".data")))
    return _files(weights, NAME_FOLDERS, ".names"), list(named)


def _is_related(file, weights):
    """Return whether Darknet, trained with the file, would name the weights so; it cuts the file's name at a dot."""
    saved = ENDING.sub("", weights.name).casefold()
    names = {file.stem.casefold(), file.name.casefold().partition(".")[0]}
    return bool(names & {saved, SAVED.sub("", saved)})


def _meaning(cfg, classes, filters):
    """Return what a cfg says of weights, or None when it is of another network."""
    try:
        return darknet_cfg.read(cfg, classes) if darknet_cfg.filters(cfg) == filters else None
    except UserError:
        return None


def _named_by(data):
    """The list of class names that a `.data` file names, from wherever Darknet was started, or None."""
    name = darknet_cfg.options(data).get("names")
    if not name:
        return None
    name = Path(name.replace("\\", "/"))
    places = (name, data.parent / name, data.parent.parent / name, data.parent / name.name)
    return next((place for place in places if place.is_file()), None)


def _names(file):
    """The names in a list; none when it is no such list."""
    try:
        return read_names(file)
    except UserError:
        return ()


def _listed(files):
    return ", ".join(map(str, files))
