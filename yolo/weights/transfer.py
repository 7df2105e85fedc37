"""Start a network from the weights of another: layers of the same name, kind and shape are taken over.

The two heads are taken only where they mean the same: the same classes in the same order, anchors and masks.
"""

from pathlib import Path

from yolo.errors import UserError
from yolo.nets.neck import HEADS
from yolo.weights import darknet
from yolo.weights.files import load_network


def start_from(network, path):
    """Copy what fits from the model file at `path` into `network`; returns a sentence that says what was taken.

    Raises:
        UserError: the file holds no detector, or nothing in it fits.
    """
    # Darknet's files hold no names of classes: the heads are made anew, and nobody is asked for them
    source = darknet.load(path) if Path(path).suffix.lower() == ".weights" else load_network(path)
    same_heads = all(getattr(source, name) == getattr(network, name) for name in ("class_names", "anchors", "masks"))
    theirs = {layer.name: layer for layer in source.layers if same_heads or layer.name not in HEADS}
    weighted = [layer for layer in network.layers if layer.weights]
    fitting = [layer for layer in weighted if _fits(layer, theirs.get(layer.name))]
    if not fitting:
        raise UserError(f"no layer of {path} fits this network; give weights of a YOLOv4-tiny.")
    for layer in fitting:
        layer.set_weights(theirs[layer.name].get_weights())
    anew = [layer.name for layer in weighted if layer not in fitting]
    rest = f"; made anew: {', '.join(anew)}" if anew else ""
    return f"{len(fitting)} of {len(weighted)} layers taken from {path}{rest}"


def _fits(mine, other):
    """Whether the weights of one layer can be another's."""
    same_kind = type(mine) is type(other)
    return same_kind and [w.shape for w in mine.weights] == [w.shape for w in other.weights]
