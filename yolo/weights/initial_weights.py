"""Open the initial weights of a network: those of another detector, or of its backbone alone."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from yolo.array_types import Anchors
from yolo.class_lists import Classes
from yolo.class_matching import match_classes
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights import darknet, keras3_weights, load_network
from yolo.weights.companion_files import has_names
from yolo.weights.model_format import ModelFormat
from yolo.weights.resolve_model import ModelFile, Purpose, refuse_companions, resolve_model

MEANING_OF_MAPS = ("anchors", "masks", "scale_xy")  # the settings by which raw maps are decoded, beside the classes


@dataclass(frozen=True)
class InitialWeights:
    """Weights from a file, for a network to start from.

    Attributes:
        path: the file or published name, as the user wrote it.
        network: the network with these weights; it may have more layers than the file.
        held: how many numbers the file has for each layer, by its name.
        class_names: None where the file does not contain them.
        known_settings: the names of the network's settings that are from the file, not defaults.
    """

    path: str
    network: YoloV4Tiny
    held: dict[str, int]
    class_names: tuple[str, ...] | None
    known_settings: tuple[str, ...] = ()

    @property
    def resize_mode(self) -> str | None:
        """Return how pictures were resized in the training of these weights, or None where the file does not say."""
        return self.network.resize_mode if "resize_mode" in self.known_settings else None

    def inherited(self, class_names: Sequence[str], anchors: Anchors | None = None, levels: int = 2) -> dict[str, Any]:
        """Return the settings that a new network must take over, so that the weights keep their meaning.

        The epsilon of batch norm is always one of them. Those of the raw maps are, where all classes of the weights are
        kept, so that these are detected as before, and the levels are the same.

        Args:
            class_names: the classes of the new network.
            anchors: the anchors of the new network, or None to take those of the weights.
            levels: the number of levels of the new network.
        """
        theirs = self.class_names or ()
        keeps_all = bool(theirs) and len(match_classes(class_names, theirs)) == len(theirs)
        same_levels = self.network.levels == levels
        same_anchors = anchors is None or np.array_equal(
            np.asarray(anchors, np.float32), np.asarray(self.network.anchors, np.float32)
        )
        names = ("epsilon", *(MEANING_OF_MAPS if keeps_all and same_levels and same_anchors else ()))
        return {name: getattr(self.network, name) for name in names if name in self.known_settings}


def load_initial_weights(
    path: str | os.PathLike[str],
    classes: Classes | None = None,
    attention: str = "none",
    allow_imports: bool | str = False,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
) -> InitialWeights:
    """Return the weights in a model file, in a file of weights alone, in Darknet's `.conv.N` or in a published file.

    Args:
        path: the file, or the name of published weights.
        classes: the names of the classes, or a file of them. They are used when the weights have no class names and
            as many classes.
        attention: the attention that a file of weights alone may have weights for.
        allow_imports, cfg, anchors: see `yolo.weights.load_network.load_network`.

    Raises:
        UserError: see there.
    """
    return open_initial_weights(resolve_model(path, classes, cfg, anchors, Purpose.TRAINING), attention, allow_imports)


def open_initial_weights(
    model: ModelFile, attention: str = "none", allow_imports: bool | str = False
) -> InitialWeights:
    """Return the weights in a `ModelFile` for `Purpose.TRAINING`; see `load_initial_weights`.

    Raises:
        UserError: see there.
    """
    file = model.fetch()
    is_darknet = model.format in (ModelFormat.DARKNET, ModelFormat.DARKNET_BACKBONE)
    arrays = darknet.convolutions(file) if is_darknet else None
    backbone = arrays if arrays and HEADS[0] not in arrays else None
    alone = model.format is ModelFormat.RUN_WEIGHTS and keras3_weights.is_alone(file)
    if (backbone or alone) and (model.cfg or model.anchors_file):
        needless = "--cfg" if model.cfg else "--anchors-file"
        raise UserError(f"{model.name} contains only weights of layers, which need no {needless}: leave it out.")
    if model.carries_all:
        refuse_companions(model.name, None, model.cfg, model.anchors_file)
    if backbone:
        return _open_backbone(model.name, backbone)
    if alone:
        network, held = keras3_weights.load_alone(file, attention)
        return InitialWeights(model.name, network, held, None)
    if model.format in load_network.NAMELESS:
        network, names = _open_nameless(model, file)
    else:
        network = load_network.open_network(model, allow_imports)
        names = network.class_names
    held = {layer.name: layer.count_params() for layer in network.layers if layer.weights}
    known_settings = (*MEANING_OF_MAPS, "epsilon", "resize_mode")
    return InitialWeights(model.name, network, held, names and tuple(names), known_settings)


def _open_nameless(model: ModelFile, file: Path) -> tuple[YoloV4Tiny, tuple[str, ...] | None]:
    """Return the network in a file without class names, and the names if they are known from elsewhere."""
    reader = load_network.NAMELESS[model.format]
    classes = reader.count_classes(file)
    may_have_list = model.format is not ModelFormat.KERAS2 and not model.is_published
    listed = may_have_list and has_names(file, classes, model.class_names is None)
    given = None if listed else model.class_names
    fits = given is not None and len(given) == classes  # otherwise numbers replace the names
    network = reader.load(file, given if fits else None, model.cfg, model.anchors_file, model.is_published)
    names = given if fits else network.class_names
    return network, names if listed or fits else None


def _open_backbone(path: str, arrays: darknet.LayerWeights) -> InitialWeights:
    """Return the weights of a backbone, in a network with one class, whose other layers are not in `held`."""
    network = YoloV4Tiny(("object",))
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)
    held = {name: sum(array.size for array in values) for name, values in arrays.items()}
    return InitialWeights(path, network, held, None, ("epsilon",))
