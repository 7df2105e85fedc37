"""Open what a network can start from: the weights of another detector, or of its backbone alone."""

from dataclasses import dataclass

import numpy as np

from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights import darknet, load_network, run_weights
from yolo.weights.companion_files import has_names
from yolo.weights.locate import ending, locate, refuse_companions

HEAD = ("anchors", "masks", "scale_xy")  # what the raw maps mean, beside the classes


@dataclass(frozen=True)
class InitialWeights:
    """Weights from a file.

    Attributes:
        path: the file or published name, as the user wrote it.
        network: a `YoloV4Tiny` that holds them.
        held: how many numbers the file has, by the name of the layer; the network may have more layers.
        class_names: or None where the file does not say.
        known: names of the network's settings that the file determines.
    """

    path: str
    network: YoloV4Tiny
    held: dict
    class_names: tuple | None
    known: tuple = ()

    @property
    def resize_mode(self):
        """The way pictures were brought to size for these weights, or None where the file does not say."""
        return self.network.resize_mode if "resize_mode" in self.known else None

    def inherited(self, class_names, anchors=None):
        """The settings that a network of these classes must share for the weights to mean what they were trained to.

        Batch norm's epsilon in any case; what the heads mean where the classes are the same.

        Args:
            anchors: those it must have; None leaves them to the source.
        """
        same_classes = self.class_names == tuple(class_names)
        same_anchors = anchors is None or np.array_equal(np.float32(anchors), np.float32(self.network.anchors))
        names = ("epsilon", *(HEAD if same_classes and same_anchors else ()))
        return {name: getattr(self.network, name) for name in names if name in self.known}


def open_initial_weights(path, class_names=None, attention="none", allow_imports=False, cfg=None, anchors=None):
    """The `InitialWeights` in a model file, a file of weights alone, Darknet's `.conv.N` or a published one.

    Args:
        class_names: of the classes in a file that names none, if it has as many.
        attention: of the blocks whose weights may be in a file of weights alone.
        allow_imports, cfg, anchors: see `yolo.weights.load_network.load_network`.

    Raises:
        UserError: see there.
    """
    file, published = locate(path)
    kind = ending(file)
    arrays = darknet.convolutions(file) if kind in (".weights", ".conv.N") else None
    is_backbone = arrays is not None and HEADS[0] not in arrays
    alone = kind == ".weights.h5" and run_weights.is_alone(file)
    if (is_backbone or alone) and (cfg or anchors):
        raise UserError(
            f"{path} has layers alone, whose weights need no {'--cfg' if cfg else '--anchors-file'}: leave it out."
        )
    if published or kind in load_network.COMPLETE:
        refuse_companions(path, None, cfg, anchors)
    if is_backbone:
        return _backbone(path, arrays)
    if alone:
        return InitialWeights(path, *run_weights.load_alone(file, attention), None)
    if kind in load_network.NAMELESS:
        network, names = _nameless(file, kind, published, class_names, cfg, anchors)
    else:
        network = load_network.load_network(file, allow_imports=allow_imports)
        names = network.class_names
    held = {layer.name: layer.count_params() for layer in network.layers if layer.weights}
    return InitialWeights(path, network, held, names and tuple(names), (*HEAD, "epsilon", "resize_mode"))


def _nameless(file, kind, published, class_names, cfg, anchors):
    """The network in a file that names no classes, and their names as far as they are known."""
    reader = load_network.NAMELESS[kind]
    classes = reader.count_classes(file)
    listed = kind != ".h5" and published is None and has_names(file, classes, class_names is None)
    given = None if listed else published or class_names
    fits = given is not None and len(given) == classes  # else numbers stand for them, which no other network has
    network = reader.load(file, given if fits else None, cfg, anchors, published is not None)
    names = given if fits else network.class_names
    return network, names if listed or given else None


def _backbone(path, arrays):
    network = YoloV4Tiny(("object",))
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)
    held = {name: sum(array.size for array in values) for name, values in arrays.items()}
    return InitialWeights(path, network, held, None, ("epsilon",))
