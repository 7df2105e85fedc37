"""Load the network in a model file, by the reader of its format."""

import os

from yolo.class_lists import Classes
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet, keras2, keras3_archive, keras3_weights
from yolo.weights.model_format import ModelFormat
from yolo.weights.resolve_model import ModelFile, Purpose, resolve_model

NAMELESS = {  # files without class names, anchors and input size
    ModelFormat.DARKNET: darknet,
    ModelFormat.DARKNET_BACKBONE: darknet,
    ModelFormat.KERAS2: keras2,
}
COMPLETE = {ModelFormat.KERAS: keras3_archive, ModelFormat.RUN_WEIGHTS: keras3_weights}


def load_network(
    path: str | os.PathLike[str],
    classes: Classes | None = None,
    allow_imports: bool | str = False,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
) -> YoloV4Tiny:
    """Return the network in a model file; no code from the file is run.

    Example:
        >>> load_network("runs/shapes").input_size
        (64, 64)

    Args:
        path: a `.keras` file, the `last.weights.h5` of a run, Darknet's `.weights`, Keras 2's `.h5`, or the name of
            published weights, see `yolo.weights.published_weights`.
        classes: the name of every class, or a file with one on each line; only for a file without class names.
        allow_imports: whether attention of the form `module:Class` in the file may be imported, which runs the module;
            or the only attention that may.
        cfg: Darknet's file of settings for its weights; by default one that fits is searched for.
        anchors: a file of anchors, for weights without anchors.

    Raises:
        UserError: the file is missing or damaged, contains no detector, or would import a module; or class names are
            missing or not needed.
    """
    return open_network(resolve_model(path, classes, cfg, anchors, Purpose.NETWORK), allow_imports)


def open_network(model: ModelFile, allow_imports: bool | str = False) -> YoloV4Tiny:
    """Return the network in a `ModelFile`; see `load_network`.

    Raises:
        UserError: see there.
    """
    file = model.fetch()
    if model.format in COMPLETE:
        return COMPLETE[model.format].load(file, allow_imports)
    reader = NAMELESS[model.format]
    return reader.load(file, model.class_names, model.cfg, model.anchors_file, model.is_published, numbered=False)
