"""Open what a network can start from: the weights of another detector, or of its backbone alone."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yolo.class_lists import Classes
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights import darknet, load_network, run_weights
from yolo.weights.companion_files import has_names
from yolo.weights.model_file import ModelFile, Purpose, refuse_companions, resolve_model
from yolo.weights.model_format import ModelFormat

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


def load_initial_weights(
    path: str | os.PathLike[str],
    classes: Classes | None = None,
    attention: str = "none",
    allow_imports: bool | str = False,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
) -> InitialWeights:
    """The `InitialWeights` in a model file, a file of weights alone, Darknet's `.conv.N` or a published one.

    Args:
        classes: the names of the classes, or a file of them, for a file that names none, if it has as many.
        attention: of the blocks whose weights may be in a file of weights alone.
        allow_imports, cfg, anchors: see `yolo.weights.load_network.load_network`.

    Raises:
        UserError: see there.
    """
    return open_initial_weights(resolve_model(path, classes, cfg, anchors, Purpose.TRAINING), attention, allow_imports)


def open_initial_weights(
    model: ModelFile, attention: str = "none", allow_imports: bool | str = False
) -> InitialWeights:
    """The `InitialWeights` in a `ModelFile` for `Purpose.TRAINING`; see `load_initial_weights`."""
    file = model.fetch()
    is_darknet = model.format in (ModelFormat.DARKNET, ModelFormat.DARKNET_BACKBONE)
    arrays = darknet.convolutions(file) if is_darknet else None
    is_backbone = arrays is not None and HEADS[0] not in arrays
    alone = model.format is ModelFormat.RUN_WEIGHTS and run_weights.is_alone(file)
    if (is_backbone or alone) and (model.cfg or model.anchors_file):
        needless = "--cfg" if model.cfg else "--anchors-file"
        raise UserError(f"{model.name} has layers alone, whose weights need no {needless}: leave it out.")
    if model.carries_all:
        refuse_companions(model.name, None, model.cfg, model.anchors_file)
    if is_backbone:
        return _backbone(model.name, arrays)
    if alone:
        network, held = run_weights.load_alone(file, attention)
        return InitialWeights(model.name, network, held, None)
    if model.format in load_network.NAMELESS:
        network, names = _nameless(model, file)
    else:
        network = load_network.open_network(model, allow_imports)
        names = network.class_names
    held = {layer.name: layer.count_params() for layer in network.layers if layer.weights}
    return InitialWeights(model.name, network, held, names and tuple(names), (*HEAD, "epsilon", "resize_mode"))


def _nameless(model: ModelFile, file: Path) -> tuple[YoloV4Tiny, tuple[str, ...] | None]:
    """The network in a file that names no classes, and their names as far as they are known."""
    reader = load_network.NAMELESS[model.format]
    classes = reader.count_classes(file)
    may_have_list = model.format is not ModelFormat.KERAS2 and not model.is_published
    listed = may_have_list and has_names(file, classes, model.class_names is None)
    given = None if listed else model.class_names
    fits = given is not None and len(given) == classes  # else numbers stand for them, which no other network has
    network = reader.load(file, given if fits else None, model.cfg, model.anchors_file, model.is_published)
    names = given if fits else network.class_names
    return network, names if listed or given else None


def _backbone(path, arrays):
    network = YoloV4Tiny(("object",))
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)
    held = {name: sum(array.size for array in values) for name, values in arrays.items()}
    return InitialWeights(path, network, held, None, ("epsilon",))
