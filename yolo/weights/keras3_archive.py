"""Read the `.keras` files that this project saves, without running code that a file names.

Keras' own loader is not called. Only the arguments of a `YoloV4Tiny` are read from the configuration, as JSON, and the
network is made from them. Attention of the form `module:Class`, which imports a module, must be allowed.
"""

import json
import os
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import h5py

from yolo.atomic_write import InMemoryFile
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights.code_permission import check_imports
from yolo.weights.hdf5_checks import check_content, check_weights

CONFIG, WEIGHTS = "config.json", "model.weights.h5"  # members of the archive
END = b"PK\5\6"  # first of the last 22 bytes of an archive
KIND = "yolo>YoloV4Tiny"  # the name under which Keras registers the network
LONGEST_CONFIG = 2**22  # bytes; far more than ten thousand class names
DAMAGE = (EOFError, KeyError, NotImplementedError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error)
WRONG = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def load(path: str | Path, allow_imports: bool | str = False) -> YoloV4Tiny:
    """Return the network in a `.keras` file.

    Args:
        allow_imports: whether the attention may be a `module:Class`, which runs that module; or the one such attention
            that is allowed.

    Raises:
        UserError: the file is damaged, holds something else, or would import a module that is not allowed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if not _last(path, 22).startswith(END):
                raise zipfile.BadZipFile("bytes after its end")
            if archive.getinfo(CONFIG).file_size > LONGEST_CONFIG:
                raise zipfile.BadZipFile("its configuration is too long")
            network = build(path, _config(path, archive.read(CONFIG)), allow_imports)
            expected = 4 * network.count_params()
            size = archive.getinfo(WEIGHTS).file_size
            if size > 2 * expected + 2**20:  # before it fills the disk
                raise UserError(f"{path} is damaged: its weights take {size} bytes, those of its network {expected}.")
            fill(path, network, archive.read(WEIGHTS))
    except DAMAGE as error:
        raise UserError(f"{path} is damaged or no .keras file ({error}): copy it again, or train anew.") from error
    return network


def build(path: str | Path, settings: dict[str, Any], allow_imports: bool | str) -> YoloV4Tiny:
    """Return a network with new weights from its `get_config()`, which was read from the file `path`.

    Raises:
        UserError: the settings are damaged, or the attention would import a module that is not allowed.
    """
    try:
        if any(isinstance(value, dict) for name, value in settings.items() if name != "attention"):
            raise TypeError("an argument is no plain value")
        check_imports(path, settings.get("attention"), allow_imports)
    except WRONG as error:
        raise UserError(_no_detector(path, error)) from error
    try:
        return YoloV4Tiny(**settings)
    except (UserError, *WRONG) as error:
        raise UserError(_no_detector(path, error)) from error


def fill(path: str | Path, network: YoloV4Tiny, content: bytes) -> None:
    """Read the weights of a network from the bytes of a `.weights.h5` file.

    They are read from memory, because Keras leaves a file open that it cannot read, and would not see a new file that
    is copied to its place later.

    Args:
        path: the file that these bytes are from, for messages.

    Raises:
        UserError: the file is damaged, or of another network.
    """
    file = InMemoryFile(WEIGHTS, content)
    try:
        with h5py.File(file) as opened:
            check_content(opened, 2 * network.count_params() + 2**16)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns as well as raises
            network.load_weights(file)
    except WRONG as error:
        raise UserError(f"{path} is damaged or of another network: {_first_line(error)}.") from error
    check_weights(path, network)


def _no_detector(path: str | Path, error: Exception) -> str:
    return f"{path} is damaged, its configuration describes no detector: {_first_line(error)}."


def _last(path: str | Path, length: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(-length, os.SEEK_END)
        return file.read()


def _config(path: str | Path, text: bytes) -> dict[str, Any]:
    """Return the arguments of the network in a file's configuration; raises UserError."""
    try:
        config = json.loads(text)
        kind, settings = config.get("registered_name"), config["config"]
        if kind == KIND and isinstance(settings, dict):
            return settings
        holds = config["class_name"]
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged, its configuration cannot be read: {_first_line(error)}.") from error
    raise UserError(f"{path} holds a {holds}, not a detector; give the best.keras of a run.")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
