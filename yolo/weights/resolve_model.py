"""Resolve the model that a user names, once: its file, its format, and the settings given with it.

This file does not import Keras, which takes seconds; the readers of the formats do.
"""

import os
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from yolo.class_lists import Classes, as_class_names
from yolo.errors import UserError, did_you_mean
from yolo.run_folders import BEST, best_in
from yolo.shell import command
from yolo.weights import published_weights
from yolo.weights.model_format import ModelFormat, format_by_name
from yolo.weights.published_weights import PUBLISHED, PublishedWeights


class Purpose(Enum):
    """A purpose of a model, which decides the formats that it may have."""

    DETECTION = auto()  # any whole detector
    NETWORK = auto()  # a whole detector as a network in Keras, so no exported model
    TRAINING = auto()  # initial weights, also of a backbone alone


@dataclass(frozen=True)
class ModelFile:
    """A model that a user has named.

    Attributes:
        name: the path or the name of published weights, as the user wrote it.
        path: the file, or the folder of a SavedModel; a published file may not be downloaded yet.
        format: the format, by the end of the file's name.
        class_names: those of a published detector, or those that the user gave for a file without any, or None.
        cfg: Darknet's file of settings that the user gave for its weights, or None.
        anchors_file: the file of anchors that the user gave for weights without any, or None.
        is_published: whether it is one of `yolo.weights.published_weights`.
    """

    name: str
    path: Path
    format: ModelFormat
    class_names: tuple[str, ...] | None = None
    cfg: str | os.PathLike[str] | None = None
    anchors_file: str | os.PathLike[str] | None = None
    is_published: bool = False

    @property
    def carries_all(self) -> bool:
        """Return whether the classes, anchors and input size are known, so that the user may not give them."""
        return self.is_published or self.format.describes_itself

    @property
    def stem(self) -> str:
        """Return the name of the file without its ending."""
        return self.path.name[: -len(self.format.value)]

    def fetch(self) -> Path:
        """Return the path of the file, and download it first if it is a published one.

        Raises:
            UserError: it cannot be downloaded.
        """
        return published_weights.fetch(self.name) if self.is_published else self.path


def resolve_model(
    path: str | os.PathLike[str],
    classes: Classes | None = None,
    cfg: str | os.PathLike[str] | None = None,
    anchors_file: str | os.PathLike[str] | None = None,
    purpose: Purpose = Purpose.DETECTION,
) -> ModelFile:
    """Return the model with a path or the name of published weights; nothing is downloaded.

    An existing file has priority over published weights of the same name. The folder of a run stands for its best
    model.

    Args:
        classes: the names of the classes, or a file with one on each line, for a file without class names.
        cfg, anchors_file: files for weights without these settings.

    Raises:
        UserError: there is no such file, its format does not fit the purpose, the file has a given setting itself, or
            the class list cannot be read.
    """
    found = _find(str(path), Path(best_in(path)), purpose)
    if found.carries_all and purpose is not Purpose.TRAINING:  # in training, --classes are those of the data
        refuse_companions(found.name, classes, cfg, anchors_file)
    names = found.class_names if found.carries_all or classes is None else as_class_names(classes)
    return replace(found, class_names=names, cfg=cfg, anchors_file=anchors_file)


def find_downloaded(name: str) -> ModelFile | None:
    """Return the published weights of a name if they were downloaded before, or None; nothing is downloaded.

    Raises:
        UserError: another file has their path.
    """
    path, kind = published_weights.find(name), format_by_name(PUBLISHED[name].path)
    return ModelFile(name, path, kind, PUBLISHED[name].class_names, is_published=True) if path and kind else None


def refuse_companions(
    name: str,
    classes: Classes | None = None,
    cfg: str | os.PathLike[str] | None = None,
    anchors_file: str | os.PathLike[str] | None = None,
) -> None:
    """Raise UserError when the user gives a setting that the model file already contains.

    Args:
        name: the file, for the message.
        classes, cfg, anchors_file: the settings that the user gave.
    """
    given = (
        ("class names", "--classes", classes),
        ("anchors", "--cfg", cfg),
        ("anchors", "--anchors-file", anchors_file),
    )
    for what, flag, value in given:
        if value is not None:
            raise UserError(f"{name} carries its own {what}: leave out {flag}.")


def _find(name: str, path: Path, purpose: Purpose) -> ModelFile:
    """Return the model of that name, without the settings that the user gave with it."""
    if purpose is Purpose.DETECTION and (folder := _saved_model_folder(path)):
        return ModelFile(name, folder, ModelFormat.SAVED_MODEL)
    published = _find_published(name, path, purpose)
    path = published.path if published else path
    kind = format_by_name(path)
    if kind is None or (kind.is_exported and purpose is not Purpose.DETECTION):
        raise _nothing_to_read(name, path, purpose)
    if published:
        return ModelFile(name, path, kind, published.class_names, is_published=True)
    _check_file(name, path, kind, purpose)
    return ModelFile(name, path, kind)


def _find_published(name: str, path: Path, purpose: Purpose) -> PublishedWeights | None:
    """Return the published weights of that name, or None when there are none or a file has priority."""
    names = _published_names(purpose)
    if name not in PUBLISHED or os.path.isfile(path):
        return None
    if name not in names:
        raise UserError(f"{name} is no whole detector, only something to train from; choose from {', '.join(names)}.")
    return PUBLISHED[name]


def _check_file(name: str, path: Path, kind: ModelFormat, purpose: Purpose) -> None:
    """Raise UserError when there is no such file."""
    if os.path.isfile(path):  # Path.is_file raises where a name is too long
        return
    if not kind.is_exported:
        names = ", ".join(_published_names(purpose))
        raise UserError(f"there is no weights file {name}; give the right path, or one of {names}.")
    if os.path.exists(path):
        raise UserError(f"{name} is no regular file: give a model file, such as {command('export')} writes.")
    raise UserError(f"there is no model file {name}; give the right path, or export one with {command('export')}.")


def _nothing_to_read(name: str, path: Path, purpose: Purpose) -> UserError:
    """Return the error for a name that stands for no model.

    The error suggests the nearest name if there is no such file, or else lists the formats that can be read.
    """
    exists = os.path.exists(path)
    if purpose is Purpose.TRAINING:
        wrong = "no weights can be read from"
    else:
        wrong = "no detector can be loaded from" if exists else "there is no"
    names = _published_names(purpose)
    near = "" if exists else did_you_mean(name, names)
    endings = ", ".join(kind.value for kind in ModelFormat if _is_recommended(kind, purpose))
    instead = f": give a {endings} file, a run's folder with {BEST}, or one of {', '.join(names)}."
    return UserError(f"{wrong} {name}{near or instead}")


def _saved_model_folder(path: Path) -> Path | None:
    """Return the folder of a SavedModel, given by its path or by that of its main file, or None."""
    folder = path.parent if path.name == ModelFormat.SAVED_MODEL.value else path
    return folder if os.path.isfile(folder / ModelFormat.SAVED_MODEL.value) else None


def _published_names(purpose: Purpose) -> list[str]:
    """Return the names of the published weights that fit a purpose."""
    return [name for name, file in PUBLISHED.items() if file.classes or purpose is Purpose.TRAINING]


def _is_recommended(kind: ModelFormat, purpose: Purpose) -> bool:
    """Return whether a message should suggest files of this format."""
    if kind is ModelFormat.DARKNET_BACKBONE:
        return purpose is Purpose.TRAINING
    return kind is not ModelFormat.SAVED_MODEL and (purpose is Purpose.DETECTION or not kind.is_exported)
