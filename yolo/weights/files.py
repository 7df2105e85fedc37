"""Model files into networks."""

import zipfile
from pathlib import Path

import keras

from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny

UNREADABLE = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, TypeError, ValueError)


def load_network(path):
    """The `YoloV4Tiny` in a `.keras` file; no code from the file is executed. Raises UserError."""
    path = Path(path)
    if path.suffix.lower() != ".keras":
        raise UserError(f"no detector can be loaded from {path}: its name must end in .keras.")
    if not path.is_file():
        raise UserError(f"there is no weights file {path}; train one first, or give the right path.")
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
