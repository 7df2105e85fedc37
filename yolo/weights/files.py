"""Model files into networks, by their names."""

import re
from functools import partial
from pathlib import Path

from yolo.errors import UserError
from yolo.weights import darknet, keras2, keras3, published, run_weights


def load_network(path, class_names=None, allow_imports=False):
    """The `YoloV4Tiny` in a model file; no code from the file is executed.

    Args:
        path: a `.keras` file, the `last.weights.h5` of a run, Darknet's `.weights`, Keras 2's `.h5`, or the name of
            published weights, see `yolo.weights.published`.
        class_names: the name of every class, for a file that carries none, and only for such.
        allow_imports: whether attention of the form `module:Class` in the file may be imported, which runs the module.

    Raises:
        UserError: no such file, a damaged one, one that holds no detector or would import a module, or names missing
            or too many.
    """
    file, known = locate(path)
    load = LOADERS[ending(file)]
    if known and class_names is not None:
        raise UserError(f"{path} brings its own class names: leave out --classes.")
    return load(file, class_names or known, allow_imports)


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
            f"no detector can be loaded from {path}: its name must end in {', '.join(LOADERS)}, or be one of {names}."
        )
    if not file.is_file():
        raise UserError(f"there is no weights file {path}; give the right path, or one of {names}.")
    return file, None


def ending(path):
    """Which of the kinds of `LOADERS` a file is by its name, or None."""
    name = re.sub(r"\.conv\.\d+$", ".conv.N", Path(path).name.lower())
    return next((kind for kind in LOADERS if name.endswith(kind)), None)


def _load_named(path, class_names, allow_imports, kind):
    """From a file that carries class names."""
    if class_names is not None:
        raise UserError(f"{path} carries its own class names: leave out --classes.")
    return kind.load(path, allow_imports)


def _load_nameless(path, class_names, allow_imports, kind):
    """From a file that carries no class names, unless Darknet's `.names` file lies beside it."""
    if class_names is None and not names_beside(path):
        raise UserError(
            f"{path} carries no class names: give a file of {kind.count_classes(path)} lines, one name each, "
            "with --classes."
        )
    return kind.load(path, class_names)


def names_beside(path):
    """Whether Darknet's list of class names lies beside its weights."""
    return path.suffix.lower() == ".weights" and path.with_suffix(".names").is_file()


NAMELESS = {".weights": darknet, ".conv.N": darknet, ".h5": keras2}
LOADERS = {  # the longer ending first
    ".keras": partial(_load_named, kind=keras3),
    ".weights.h5": partial(_load_named, kind=run_weights),
    **{ending: partial(_load_nameless, kind=kind) for ending, kind in NAMELESS.items()},
}
