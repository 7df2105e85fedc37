"""Model files into networks, by their names."""

from functools import partial

from yolo.errors import UserError
from yolo.weights import darknet, keras2, keras3, run_weights
from yolo.weights.locate import ending, locate_detector


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
    file, known = locate_detector(path)
    load = LOADERS[ending(file)]
    if known and class_names is not None:
        raise UserError(f"{path} brings its own class names: leave out --classes.")
    return load(file, class_names or known, allow_imports)


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
LOADERS = {  # by `yolo.weights.locate.ENDINGS`
    ".keras": partial(_load_named, kind=keras3),
    ".weights.h5": partial(_load_named, kind=run_weights),
    **{name: partial(_load_nameless, kind=kind) for name, kind in NAMELESS.items()},
}
