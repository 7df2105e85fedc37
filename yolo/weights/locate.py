"""Where a model file is and of which kind, told by its name; without Keras, which takes seconds to import."""

import re
from pathlib import Path

from yolo.errors import UserError
from yolo.weights import published

ENDINGS = (".keras", ".weights.h5", ".weights", ".conv.N", ".h5")  # the longer first


def locate(path):
    """Where a model file is, downloaded if it must be, and the names of its classes if it is a published one.

    A file that exists goes before a published one of that name. Raises UserError.
    """
    file = Path(path)
    if not file.is_file() and str(path) in published.PUBLISHED:
        return published.fetch(str(path)), published.PUBLISHED[str(path)].class_names
    names = ", ".join(published.PUBLISHED)
    if ending(file) is None:
        raise UserError(
            f"no detector can be loaded from {path}: its name must end in {', '.join(ENDINGS)}, or be one of {names}."
        )
    if not file.is_file():
        raise UserError(f"there is no weights file {path}; give the right path, or one of {names}.")
    return file, None


def ending(path):
    """Which of `ENDINGS` a file has by its name, or None."""
    name = re.sub(r"\.conv\.\d+$", ".conv.N", Path(path).name.lower())
    return next((kind for kind in ENDINGS if name.endswith(kind)), None)
