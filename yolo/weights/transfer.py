"""Start a network from the weights of another: layers of the same name, kind and shape are taken over.

The two heads are taken only where they mean the same: the same classes in the same order, anchors and masks.
"""

from dataclasses import dataclass

from yolo import tables
from yolo.errors import UserError
from yolo.nets.attention_blocks import ATTENTION
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.initial_weights import HEAD, InitialWeights
from yolo.wording import printable


@dataclass(frozen=True)
class TransferReport:
    """The result of a transfer; as text a small table.

    Attributes:
        path: of the file.
        loaded: how many numbers each layer took from it.
        anew: how many each other layer of the network has, which start at random, as {reason: {layer: numbers}}.
        unused: how many numbers of the file each of its layers holds that was left.
        note: what else differs, or nothing.
    """

    path: str
    loaded: dict
    anew: dict
    unused: dict
    note: str = ""

    @property
    def is_whole(self):
        """True where all was loaded and nothing is left."""
        return not self.anew and not self.unused

    def __str__(self):
        rows = [("loaded from it", self.loaded, "")]
        rows += [("random weights", layers, reason) for reason, layers in self.anew.items()]
        rows += [("in it, not used", self.unused, "")] if self.unused else []
        cells = [("", "layers", "weights", "")]
        for fate, layers, reason in rows:
            what = ", ".join(dict.fromkeys(map(_stage, layers)))
            end = f": {reason}" if reason else ""
            cells.append((f"  {fate}", len(layers), f"{sum(layers.values()):,}", f" {what}{end}"))
        lines = [f"starting from {printable(str(self.path))}", tables.aligned(cells, "lrrl", (17, 6, 11), gap=1)]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


def transfer_weights(network: YoloV4Tiny, source: InitialWeights, strict: bool = False) -> TransferReport:
    """Copy what fits into `network`; returns a `TransferReport`.

    Args:
        source: see `load_initial_weights`.
        strict: whether all must fit, and nothing be left.

    Raises:
        UserError: the file holds no detector, nothing in it fits, or only a part where all must.
    """
    loaded, anew = {}, {}
    for layer in network.layers:
        if layer.weights:
            reason = _obstacle(layer, network, source)
            fate = anew.setdefault(reason, {}) if reason else loaded
            fate[layer.name] = layer.count_params()
    if not loaded:
        raise UserError(f"no layer of {source.path} fits this network; give weights of a YOLOv4-tiny.")
    unused = {name: count for name, count in source.held.items() if name not in loaded}
    theirs, mine = source.network.epsilon, network.epsilon
    differs = "epsilon" in source.known and theirs != mine
    note = f"batch norm's epsilon is {mine:g} here, {theirs:g} where the weights were trained" if differs else ""
    report = TransferReport(source.path, loaded, anew, unused, note)
    if strict and not report.is_whole:
        reasons = [f"{', '.join(layers)} would start from random weights: {reason}" for reason, layers in anew.items()]
        reasons += [f"{', '.join(unused)} of the file would not be used"] if not anew else []
        raise UserError(f"{source.path} does not fit as a whole, as --strict asks for ({'; '.join(reasons)}).")
    for name in loaded:
        network.get_layer(name).set_weights(source.network.get_layer(name).get_weights())
    return report


def _obstacle(layer, network, source):
    """Return why a layer cannot have the weights of the source's; empty where it can."""
    if layer.name not in source.held:
        return "the file has none"
    theirs = source.network.get_layer(layer.name)
    if layer.name in HEADS and (reason := _other_meaning(network, source)):
        return reason
    if layer.name.startswith(ATTENTION) and _identity(layer) != _identity(theirs):
        return "the file has another attention there"
    same_shapes = [w.shape for w in layer.weights] == [w.shape for w in theirs.weights]
    return "" if same_shapes else "the file has another shape"


def _other_meaning(network, source):
    """In what the raw maps of two networks differ; empty where they mean the same."""
    if source.class_names is None:
        return "the file does not name its classes"
    if source.class_names != network.class_names:
        same = sorted(source.class_names) == sorted(network.class_names)
        return "the file has the same classes in another order" if same else "the file has other classes"
    other = [name for name in HEAD if getattr(source.network, name) != getattr(network, name)]
    return f"the file has other {' and '.join(other)}" if other else ""


def _identity(block):
    """Return what two blocks must share for the weights of one to mean the same in the other."""
    settings = block.get_config()
    return type(block), {name: settings[name] for name in settings if name not in ("name", "dtype", "trainable")}


def _stage(layer):
    """`c3_a_conv` -> c3; heads and attention keep their names."""
    return layer if layer in HEADS or layer.startswith(ATTENTION) else layer.partition("_")[0]
