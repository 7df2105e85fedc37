"""Read the `.keras` files that this project saves. Nothing that a file names is imported or run.

Keras' own loader is not called: of the configuration in the file only the arguments of a `YoloV4Tiny` are read, as
JSON, and the network is made from them. Attention of the form `module:Class`, which imports a module, must be allowed.
"""

import json
import os
import warnings
import zipfile
import zlib

import h5py

from yolo.atomic_write import InMemoryFile
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights.hdf5_checks import check_content, check_weights
from yolo.weights.import_permission import check_imports

CONFIG, WEIGHTS = "config.json", "model.weights.h5"  # members of the archive
END = b"PK\5\6"  # first of the last 22 bytes of an archive
KIND = "yolo>YoloV4Tiny"  # as Keras registers it
LONGEST_CONFIG = 2**22  # bytes; far more than ten thousand class names
DAMAGE = (EOFError, KeyError, NotImplementedError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error)
WRONG = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def load(path, allow_imports=False):
    """The network in a `.keras` file.

    Args:
        allow_imports: whether its attention may be a `module:Class`, whose module is then run.

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


def build(path, settings, allow_imports):
    """A network from its `get_config()` as read from a file, with weights made anew; raises UserError."""
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


def fill(path, network, content):
    """Read the weights of a network from the bytes of a `.weights.h5` file, which `path` is or holds.

    From memory, as Keras leaves a file open that it cannot read, and what is copied into its place is then not seen.

    Raises:
        UserError: the file is damaged, or of another network.
    """
    file = InMemoryFile(WEIGHTS, content)
    try:
        with h5py.File(file) as opened:
            check_content(opened, 2 * network.count_params() + 2**16)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Keras warns of beside the error
            network.load_weights(file)
    except WRONG as error:
        raise UserError(f"{path} is damaged or of another network: {_first_line(error)}.") from error
    check_weights(path, network)


def _no_detector(path, error):
    return f"{path} is damaged, its configuration describes no detector: {_first_line(error)}."


def _last(path, length):
    with open(path, "rb") as file:
        file.seek(-length, os.SEEK_END)
        return file.read()


def _config(path, text):
    """The arguments of the network in a file's configuration."""
    try:
        config = json.loads(text)
        kind, settings = config.get("registered_name"), config["config"]
        if kind == KIND and isinstance(settings, dict):
            return settings
        holds = config["class_name"]
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged, its configuration cannot be read: {_first_line(error)}.") from error
    raise UserError(f"{path} holds a {holds}, not a detector; give the best.keras of a run.")


def _first_line(error):
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
