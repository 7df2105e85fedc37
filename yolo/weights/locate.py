"""Find a model file and its kind by its name; without Keras, which takes seconds to import."""

import re
from pathlib import Path

from yolo.errors import UserError, did_you_mean
from yolo.run_folders import BEST, best_in
from yolo.weights import published_weights

ENDINGS = (".keras", ".weights.h5", ".weights", ".conv.N", ".h5")  # the longer first


def locate(path, names=tuple(published_weights.PUBLISHED)):
    """Return the path of a model file, downloaded if it must be, and the class names of a published one.

    A file that exists goes before a published one of that name, and the folder of a run stands for its best model.
    Raises UserError, which names the published `names`.
    """
    path = best_in(path)
    file = Path(path)
    if not file.is_file() and str(path) in published_weights.PUBLISHED:
        return published_weights.fetch(str(path)), published_weights.PUBLISHED[str(path)].class_names
    if ending(file) is None:
        raise UserError(f"no weights can be read from {path}{_instead(path, ENDINGS, names)}")
    if not file.is_file():
        raise UserError(f"there is no weights file {path}; give the right path, or one of {', '.join(names)}.")
    return file, None


def locate_detector(path, exported=()):
    """`locate` for what detects: a published backbone is refused before it is downloaded.

    Args:
        exported: further endings that the caller takes, to be named with the others.
    """
    path = best_in(path)
    names = [name for name, file in published_weights.PUBLISHED.items() if file.classes]
    if not Path(path).is_file() and str(path) in published_weights.PUBLISHED.keys() - names:
        raise UserError(f"{path} is no whole detector, only something to train from; choose from {', '.join(names)}.")
    if ending(path) is None and str(path) not in names:
        kinds = (*exported, *(kind for kind in ENDINGS if kind != ".conv.N"))
        wrong = "no detector can be loaded from" if Path(path).exists() else "there is no"
        raise UserError(f"{wrong} {path}{_instead(path, kinds, names)}")
    return locate(path, names)


def ending(path):
    """Return which of `ENDINGS` a file has by its name, or None."""
    name = re.sub(r"\.conv\.\d+$", ".conv.N", Path(path).name.lower())
    return next((kind for kind in ENDINGS if name.endswith(kind)), None)


def says_all(path):
    """Return whether a model file says itself what its numbers mean; else its reader tells what is taken."""
    kind = ending(best_in(path))
    return kind in (".keras", ".weights.h5") or (kind is None and Path(path).exists())


def refuse_companions(path, class_names=None, cfg=None, anchors=None):
    """Raise UserError when a file that says everything itself is given something that it says."""
    given = (
        ("class names", "--classes", class_names),
        ("anchors", "--cfg", cfg),
        ("anchors", "--anchors-file", anchors),
    )
    for what, flag, value in given:
        if value is not None:
            raise UserError(f"{path} carries its own {what}: leave out {flag}.")


def _instead(path, kinds, names):
    """The end of a message about what is no model: the nearest name if nothing is there, or all that is read."""
    near = "" if Path(path).exists() else did_you_mean(str(path), names)
    return near or f": give a {', '.join(kinds)} file, a run's folder with {BEST}, or one of {', '.join(names)}."
