"""Model files into networks."""

import zipfile
from pathlib import Path

import keras

from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet

UNREADABLE = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, TypeError, ValueError)


def load_network(path, class_names=None):
    """The `YoloV4Tiny` in a `.keras` file or in Darknet's `.weights`; no code from the file is executed.

    Args:
        class_names: the name of every class, for a file that carries none, and only for such.

    Raises:
        UserError: no such file, a damaged one, one that holds no detector, or names missing or too many.
    """
    path = Path(path)
    if path.suffix.lower() not in LOADERS:
        raise UserError(f"no detector can be loaded from {path}: its name must end in {' or '.join(LOADERS)}.")
    if not path.is_file():
        raise UserError(f"there is no weights file {path}; train one first, or give the right path.")
    return LOADERS[path.suffix.lower()](path, class_names)


def _load_keras(path, class_names):
    if class_names is not None:
        raise UserError(f"{path} carries its own class names: leave out --classes.")
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path} is damaged or no .keras file: write it anew by training or by copying it again.")
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except zipfile.BadZipFile as error:
        raise UserError(f"{path} is damaged ({error}): write it anew by training or by copying it again.") from error
    except UNREADABLE as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{path} cannot be loaded as a model: {reason or type(error).__name__}.") from error
    if not isinstance(model, YoloV4Tiny):
        raise UserError(f"{path} holds a {type(model).__name__}, not a detector; give the best.keras of a run.")
    return model


def _load_darknet(path, class_names):
    if class_names is None:
        raise UserError(
            f"{path} carries no class names: give a file of {darknet.count_classes(path)} lines, one name each, "
            "with --classes."
        )
    return darknet.load(path, class_names)


LOADERS = {".keras": _load_keras, ".weights": _load_darknet}
