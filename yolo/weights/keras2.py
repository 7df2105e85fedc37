"""Keras 2 `.h5` files of this network's earlier projects, https://github.com/bubbliiiing/yolov4-tiny-tf2 and its like.

A group for every layer, named in the attribute `layer_names` and its weights in `weight_names`; at the root of the
file after `save_weights`, in the group `model_weights` after `save`. Only the attention layers have telling names.
Convolutions and batch norms are numbered as the model's code made them, from wherever that process stood: the backbone
from the picture on, P5, its head with the output, the convolution before upsampling, the other head with its output.
That is the order of Darknet's cfg. Shapes confirm it as far as they differ; eight convolutions share theirs with one or
two others. Models of code from before 7 February 2021 joined P4 the other way round, which their files do not tell.
"""

import re
from itertools import count, takewhile

import h5py
import numpy as np

from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.darknet import ORDER

CONSTANTS = {"masks": ((3, 4, 5), (1, 2, 3)), "scale_xy": 1.0, "epsilon": 1e-3, "resize_mode": "letterbox"}
CONVOLUTIONS = [name if name in HEADS else f"{name}_conv" for name in ORDER]
NORMS = [f"{name}_bn" for name in ORDER if name not in HEADS]
ATTENTION = {  # what our blocks call their parts, and the files
    "se": {"squeeze": "se_block_one", "excite": "se_block_two"},
    "cbam": {
        "squeeze": "channel_attention_shared_one",
        "excite": "channel_attention_shared_two",
        "spatial": "spatial_attention",
    },
    "eca": {"neighbours": "eca_layer"},
}
MOST = 2**28  # numbers, before memory is taken for them; a network of 80 classes has 6 million
PLACES = {"p4": "feat1", "p5": "feat2", "up": "P5_upsample"}
DAMAGE = (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)  # what h5py answers to it


def load(path, class_names=None):
    """The network in an `.h5` file, with the anchors, masks, epsilon and resize mode of the project it comes from.

    Args:
        class_names: the name of every class; by default they are numbered, as many as the heads' shapes say.

    Raises:
        UserError: the file is damaged, of another network, or of another number of classes.
    """
    attention, weights = _read(path)
    classes = _classes(path, weights)
    names = [str(number) for number in range(classes)] if class_names is None else class_names
    if len(names) != classes:
        raise UserError(f"{path} knows {classes} classes, but {len(names)} class names are given; give one for each.")
    network = YoloV4Tiny(names, attention=attention, **CONSTANTS)
    wanted = {variable.path: tuple(variable.shape) for variable in network.weights}
    shapes = {name: values.shape for name, values in weights.items()}
    if shapes != wanted:
        name = min(name for name, _ in shapes.items() ^ wanted.items())
        raise UserError(
            f"{path} is of another network: the shape of {name} is {shapes.get(name)}, expected {wanted.get(name)}."
        )
    for variable in network.weights:
        variable.assign(weights[variable.path])
    return network


def count_classes(path):
    """How many classes the network in a file knows, worked out from a head's shape; raises UserError."""
    return _classes(path, _read(path)[1])


def _classes(path, weights):
    outputs = weights.get("p5_out/bias", np.empty(0)).size
    classes, rest = divmod(outputs - 15, 3)
    if rest or classes < 1:
        raise UserError(f"{path} is of another network: a head has {outputs} outputs, not 3 * (5 + classes).")
    return classes


def _read(path):
    """The name of the attention in a file, and its weights by their paths in a `YoloV4Tiny`."""
    try:
        with h5py.File(path) as file:
            groups = dict(_layers(file.get("model_weights", file)))
            if (held := sum(data.size for layer in groups.values() for data in layer.values())) > MOST:
                raise OSError(f"it would hold {held} numbers")
            attention, ours = _match(path, groups)
            weights = {f"{ours[layer]}/{name}": data[()] for layer in groups for name, data in groups[layer].items()}
    except DAMAGE as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{path} is damaged or no HDF5 file: copy it again ({reason}).") from error
    if not all(values.dtype.kind == "f" and np.isfinite(values).all() for values in weights.values()):
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    return attention, weights


def _layers(root):
    """The layers that have weights, as (name, {weight: dataset}); Keras writes a weight as `conv2d/kernel:0`."""
    for layer in _names(root, "layer_names"):
        weights = {name: root[layer][name] for name in _names(root[layer], "weight_names")}
        if weights:
            yield layer, {re.sub(r".*/|:\d+$", "", name): data for name, data in weights.items()}


def _names(group, attribute):
    """The strings of an attribute; of one too long for HDF5, Keras makes `weight_names0`, `weight_names1`, ..."""
    chunks = takewhile(group.attrs.__contains__, (f"{attribute}{number}" for number in count()))
    for key in [attribute] if attribute in group.attrs else chunks:
        yield from (name.decode() if isinstance(name, bytes) else name for name in group.attrs[key])


def _match(path, layers):
    """The name of the attention, and how each layer of the file is called in a `YoloV4Tiny`."""
    convolutions, norms = _numbered(layers, "conv2d"), _numbered(layers, "batch_normalization")
    if not convolutions:
        raise UserError(f"{path} holds no Keras 2 weights of a YOLOv4-tiny: it has no layer named conv2d.")
    if (len(convolutions), len(norms)) != (len(CONVOLUTIONS), len(NORMS)):
        raise UserError(
            f"{path} is of another network: it has {len(convolutions)} convolutions and {len(norms)} batch norms, a "
            f"YOLOv4-tiny has {len(CONVOLUTIONS)} and {len(NORMS)}."
        )
    ours = dict(zip(convolutions + norms, CONVOLUTIONS + NORMS, strict=True))
    named = layers.keys() - ours
    if any(name.startswith("ca_block") for name in named):
        raise UserError(
            f"{path} has the coordinate attention of its project (phi 4), which swaps the gates of rows and columns: "
            "it cannot be brought in, train anew with --attention ca."
        )
    for attention, parts in ({"none": {}} | ATTENTION).items():
        known = {
            f"{theirs}_{feature}": f"attention_{place}/{part}"
            for part, theirs in parts.items()
            for place, feature in PLACES.items()
        }
        if named == known.keys():
            return attention, ours | known
    raise UserError(
        f"{path} is of another network: its layers {', '.join(sorted(named))} are not those of se, cbam or eca at "
        f"{', '.join(PLACES.values())}."
    )


def _numbered(layers, kind):
    """The names `kind`, `kind_1`, `kind_2`, ... that there are, in the order of their numbers."""
    found = {name: re.fullmatch(rf"{kind}(?:_(\d+))?", name) for name in layers}
    return sorted((name for name in layers if found[name]), key=lambda name: int(found[name][1] or 0))
