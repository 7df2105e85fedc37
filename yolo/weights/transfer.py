"""Start a network from initial weights: layers of the same name, kind and shape are copied.

The two heads are copied only where they mean the same: the same classes in the same order, anchors and masks.
"""

from dataclasses import dataclass
from typing import Any

import keras

from yolo import tables
from yolo.errors import UserError
from yolo.nets.attention_blocks import ATTENTION
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.initial_weights import MEANING_OF_MAPS, InitialWeights
from yolo.wording import printable


@dataclass(frozen=True)
class TransferReport:
    """The result of a transfer; as text, a small table.

    Attributes:
        path: the file.
        loaded: the layers that have their weights from the file, `{layer: number of weights}`.
        anew: the layers that start from random weights, `{reason: {layer: number of weights}}`.
        unused: the layers of the file that were not used, `{layer: number of weights}`.
        note: another difference, or an empty text.
    """

    path: str
    loaded: dict[str, int]
    anew: dict[str, dict[str, int]]
    unused: dict[str, int]
    note: str = ""

    @property
    def is_whole(self) -> bool:
        """Return whether all layers were loaded and the file has no others."""
        return not self.anew and not self.unused

    def __str__(self) -> str:
        rows = [("loaded from it", self.loaded, "")]
        rows += [("random weights", layers, reason) for reason, layers in self.anew.items()]
        rows += [("in it, not used", self.unused, "")] if self.unused else []
        cells: list[tuple[str | int, ...]] = [("", "layers", "weights", "")]
        for heading, layers, reason in rows:
            stages = ", ".join(dict.fromkeys(map(_stage, layers)))
            end = f": {reason}" if reason else ""
            cells.append((f"  {heading}", len(layers), f"{sum(layers.values()):,}", f" {stages}{end}"))
        lines = [f"starting from {printable(str(self.path))}", tables.aligned(cells, "lrrl", (17, 6, 11), gap=1)]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


def transfer_weights(network: YoloV4Tiny, initial: InitialWeights, strict: bool = False) -> TransferReport:
    """Copy the initial weights that fit into a network, and return which did.

    Args:
        initial: see `load_initial_weights`.
        strict: whether all layers of both must fit.

    Raises:
        UserError: no layer fits, or not all do and `strict` is set.
    """
    loaded: dict[str, int] = {}
    anew: dict[str, dict[str, int]] = {}
    for layer in network.layers:
        if layer.weights:
            reason = _obstacle(layer, network, initial)
            layers = anew.setdefault(reason, {}) if reason else loaded
            layers[layer.name] = layer.count_params()
    if not loaded:
        raise UserError(f"no layer of {initial.path} fits this network; give weights of a YOLOv4-tiny.")
    unused = {name: count for name, count in initial.held.items() if name not in loaded}
    theirs, mine = initial.network.epsilon, network.epsilon
    differs = "epsilon" in initial.known_settings and theirs != mine
    note = f"batch norm's epsilon is {mine:g} here, {theirs:g} where the weights were trained" if differs else ""
    report = TransferReport(initial.path, loaded, anew, unused, note)
    if strict and not report.is_whole:
        reasons = [f"{', '.join(layers)} would start from random weights: {reason}" for reason, layers in anew.items()]
        reasons += [f"{', '.join(unused)} of the file would not be used"] if not anew else []
        raise UserError(f"{initial.path} does not fit as a whole, as --strict asks for ({'; '.join(reasons)}).")
    for name in loaded:
        network.get_layer(name).set_weights(initial.network.get_layer(name).get_weights())
    return report


def _obstacle(layer: keras.layers.Layer, network: YoloV4Tiny, initial: InitialWeights) -> str:
    """Return why a layer cannot take its initial weights, or an empty text."""
    if layer.name not in initial.held:
        return "the file has none"
    theirs = initial.network.get_layer(layer.name)
    if layer.name in HEADS and (reason := _other_meaning(network, initial)):
        return reason
    if layer.name.startswith(ATTENTION) and _identity(layer) != _identity(theirs):
        return "the file has another attention there"
    same_shapes = [w.shape for w in layer.weights] == [w.shape for w in theirs.weights]
    return "" if same_shapes else "the file has another shape"


def _other_meaning(network: YoloV4Tiny, initial: InitialWeights) -> str:
    """Return why the raw maps of a network mean something else than those of the weights, or an empty text."""
    if initial.class_names is None:
        return "the file does not name its classes"
    if initial.class_names != network.class_names:
        same = sorted(initial.class_names) == sorted(network.class_names)
        return "the file has the same classes in another order" if same else "the file has other classes"
    other = [name for name in MEANING_OF_MAPS if getattr(initial.network, name) != getattr(network, name)]
    return f"the file has other {' and '.join(other)}" if other else ""


def _identity(block: keras.layers.Layer) -> tuple[type[keras.layers.Layer], dict[str, Any]]:
    """Return the class and the settings that two blocks must share, so that weights mean the same in both."""
    settings = block.get_config()
    return type(block), {name: settings[name] for name in settings if name not in ("name", "dtype", "trainable")}


def _stage(layer: str) -> str:
    """Return the part of the network that a layer belongs to: `c3_a_conv` -> `c3`; heads and attention stay."""
    return layer if layer in HEADS or layer.startswith(ATTENTION) else layer.partition("_")[0]
