"""Start a network from initial weights: layers of the same name, kind and shape are copied.

Of the heads, the outputs of boxes and objectness are copied, and those of the classes that both have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from yolo import tables
from yolo.class_matching import match_classes
from yolo.errors import UserError
from yolo.nets.attention_blocks import ATTENTION
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.head_outputs import count_outputs, take_outputs
from yolo.weights.initial_weights import MEANING_OF_MAPS, InitialWeights
from yolo.wording import printable, shorten

SHOWN = 10  # classes that a line of the report names


@dataclass(frozen=True)
class TransferReport:
    """The result of a transfer; as text, a small table.

    Attributes:
        path: the file.
        loaded: how many weights each layer has from the file, `{layer: number of weights}`.
        anew: the layers that have random weights, all or some, `{reason: {layer: number of weights}}`.
        unused: the layers of the file that were not used, or not as a whole, `{layer: number of weights}`.
        notes: a line about the classes, and others about what differs.
    """

    path: str
    loaded: dict[str, int]
    anew: dict[str, dict[str, int]]
    unused: dict[str, int]
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether all weights were loaded and the file has no others."""
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
        return "\n".join([*lines, *(f"  {printable(note)}" for note in self.notes)])


def transfer_weights(network: YoloV4Tiny, initial: InitialWeights, strict: bool = False) -> TransferReport:
    """Copy the initial weights that fit into a network, and return which did.

    Args:
        initial: see `load_initial_weights`.
        strict: whether all layers of both must fit, and their raw maps must be decoded alike.

    Raises:
        UserError: no layer fits, or not all do and `strict` is set.
    """
    kept = match_classes(network.class_names, initial.class_names or ())
    loaded: dict[str, int] = {}
    anew: dict[str, dict[str, int]] = {}
    for layer in network.layers:
        taken, reason = _taken(layer, network, initial, kept)
        if taken:
            loaded[layer.name] = taken
        if taken < layer.count_params():
            anew.setdefault(reason, {})[layer.name] = layer.count_params() - taken
    if not loaded:
        raise UserError(f"no layer of {initial.path} fits this network; give weights of a YOLOv4-tiny.")
    unused = {name: count - loaded.get(name, 0) for name, count in initial.held.items() if count > loaded.get(name, 0)}
    has_heads = any(name in loaded for name in HEADS)
    other = _other_maps(network, initial) if has_heads else []
    notes = [_class_note(network, initial, kept)] if has_heads else []
    notes += [f"{' and '.join(other)} are not those that the heads were trained with"] if other else []
    if _others(("epsilon",), network, initial):
        mine, theirs = network.epsilon, initial.network.epsilon
        notes.append(f"batch norm's epsilon is {mine:g} here, {theirs:g} where the weights were trained")
    if initial.network.levels > network.levels:
        notes.append(f"the file has a third level, which --levels {initial.network.levels} keeps")
    report = TransferReport(initial.path, loaded, anew, unused, tuple(notes))
    if strict:
        _check_whole(report, other)
    _fill(network, initial, loaded, kept)
    return report


def _check_whole(report: TransferReport, other: list[str]) -> None:
    """Raise UserError unless all weights fit and no setting of the raw maps is another one."""
    layers = [f"{', '.join(names)} would start from random weights: {reason}" for reason, names in report.anew.items()]
    unused = [f"{', '.join(report.unused)} of the file would not be used"] if report.unused else []
    settings = [f"the file has other {' and '.join(other)}"] if other else []
    if reasons := [*(layers or unused), *settings]:
        raise UserError(f"{report.path} does not fit as a whole, as --strict asks for ({'; '.join(reasons)}).")


def _fill(network: YoloV4Tiny, initial: InitialWeights, layers: Iterable[str], kept: dict[str, str]) -> None:
    """Copy the initial weights of some layers; of heads those of boxes, objectness and the classes that are kept."""
    names, others = network.class_names, initial.class_names or ()
    labels = [(names.index(mine), others.index(theirs)) for mine, theirs in kept.items()]
    for name in layers:
        layer = network.get_layer(name)
        weights = initial.network.get_layer(name).get_weights()
        if name in HEADS:
            pairs = zip(layer.get_weights(), weights, strict=True)
            weights = [take_outputs(mine, theirs, labels) for mine, theirs in pairs]
        layer.set_weights(weights)


def _taken(
    layer: keras.layers.Layer, network: YoloV4Tiny, initial: InitialWeights, kept: dict[str, str]
) -> tuple[int, str]:
    """Return how many weights of a layer come from the file, and why not all of them."""
    whole = layer.count_params()
    if whole and (reason := _obstacle(layer, initial)):
        return 0, reason
    if layer.name not in HEADS:
        return whole, ""
    of_one_output = whole // count_outputs(len(network.class_names))
    reason = "the file does not have all classes" if initial.class_names else "the file does not name its classes"
    return of_one_output * count_outputs(len(kept)), reason


def _obstacle(layer: keras.layers.Layer, initial: InitialWeights) -> str:
    """Return why a layer cannot take any of its initial weights, or an empty text."""
    if layer.name not in initial.held:
        return "the file has none"
    theirs = initial.network.get_layer(layer.name)
    if layer.name.startswith(ATTENTION) and _identity(layer) != _identity(theirs):
        return "the file has another attention there"
    return "" if _shapes(layer) == _shapes(theirs) else "the file has another shape"


def _shapes(layer: keras.layers.Layer) -> list[tuple[int, ...]]:
    """Return the shapes of weights that fit; of a head without the number of outputs."""
    return [weight.shape[:-1] if layer.name in HEADS else weight.shape for weight in layer.weights]


def _others(settings: Iterable[str], network: YoloV4Tiny, initial: InitialWeights) -> list[str]:
    """Return the names of settings that the file has too, with other values."""
    known = [name for name in settings if name in initial.known_settings]
    return [name for name in known if getattr(initial.network, name) != getattr(network, name)]


def _class_note(network: YoloV4Tiny, initial: InitialWeights, kept: dict[str, str]) -> str:
    """Return a line on the classes of a network: those `kept`, by their names in the file, and those that are new."""
    if initial.class_names is None:
        return "classes: the file does not name its own, so all start anew; boxes and objectness are kept"
    old = [mine if mine == theirs else f"{mine} (from {theirs})" for mine, theirs in kept.items()]
    new = [name for name in network.class_names if name not in kept]
    return f"classes kept: {shorten(old, SHOWN) or 'none'}; new: {shorten(new, SHOWN) or 'none'}"


def _other_maps(network: YoloV4Tiny, initial: InitialWeights) -> list[str]:
    """Return the names of settings of the raw maps that the file has too, with other values; of shared levels alone."""
    if initial.network.levels == network.levels:
        return _others(MEANING_OF_MAPS, network, initial)
    shared = range(min(initial.network.levels, network.levels))
    same = all(_anchors(level, network) == _anchors(level, initial.network) for level in shared)
    anchors = [] if same or "anchors" not in initial.known_settings else ["anchors"]
    return anchors + _others(("scale_xy",), network, initial)


def _anchors(level: int, network: YoloV4Tiny) -> list[Sequence[float]]:
    """Return the anchors of one raw map."""
    return [network.anchors[index] for index in network.masks[level]]


def _identity(block: keras.layers.Layer) -> tuple[type[keras.layers.Layer], dict[str, Any]]:
    """Return the class and the settings that two blocks must share, so that weights mean the same in both."""
    settings = block.get_config()
    return type(block), {name: settings[name] for name in settings if name not in ("name", "dtype", "trainable")}


def _stage(layer: str) -> str:
    """Return the part of the network that a layer belongs to: `c3_a_conv` -> `c3`; heads and attention stay."""
    return layer if layer in HEADS or layer.startswith(ATTENTION) else layer.partition("_")[0]
