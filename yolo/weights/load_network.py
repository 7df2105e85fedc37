"""Model files into networks, by their names."""

from yolo.weights import darknet, keras2, keras3, run_weights
from yolo.weights.locate import ending, locate_detector, refuse_companions

NAMELESS = {".weights": darknet, ".conv.N": darknet, ".h5": keras2}  # files that leave what they mean to others
COMPLETE = {".keras": keras3, ".weights.h5": run_weights}


def load_network(path, class_names=None, allow_imports=False, cfg=None, anchors=None):
    """The `YoloV4Tiny` in a model file; no code from the file is executed.

    Args:
        path: a `.keras` file, the `last.weights.h5` of a run, Darknet's `.weights`, Keras 2's `.h5`, or the name of
            published weights, see `yolo.weights.published_weights`.
        class_names: the name of every class, for a file that carries none, and only for such.
        allow_imports: whether attention of the form `module:Class` in the file may be imported, which runs the module;
            or the only attention that may.
        cfg: Darknet's file of settings for its weights; by default the one that fits is looked for.
        anchors: a file of anchors, for weights that carry none.

    Raises:
        UserError: no such file, a damaged one, one that holds no detector or would import a module, or names missing
            or too many.
    """
    file, published = locate_detector(path)
    kind = ending(file)
    if published or kind in COMPLETE:
        refuse_companions(path, class_names, cfg, anchors)
    if kind in COMPLETE:
        return COMPLETE[kind].load(file, allow_imports)
    names = class_names if published is None else published
    return NAMELESS[kind].load(file, names, cfg, anchors, published is not None, numbered=False)
