"""Read the Keras 2 `.h5` files of earlier projects, https://github.com/bubbliiiing/yolov4-tiny-tf2 and similar ones.

A file has a group for every layer: at its root after `save_weights`, in the group `model_weights` after `save`. The
attribute `layer_names` lists the layers, and `weight_names` the weights of each. Only attention layers have names with
a meaning. Convolutions and batch norms are numbered in the order in which the model's code made them, beginning at any
number: the backbone from the input on, P5, its head with the output, the convolution before upsampling, the other head
with its output. This is the order of Darknet's cfg. The shapes confirm it as far as they differ; eight convolutions
share theirs with one or two others. Models made by code from before 7 February 2021 joined P4 in the opposite order,
which cannot be seen in their files.
"""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from pathlib import Path
from typing import Any, Literal, TypeAlias

import h5py
import numpy as np
from numpy.typing import NDArray

from yolo import anchors as anchor_files
from yolo import option_limits
from yolo.array_types import Anchors, Float
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.companion_files import find_anchors
from yolo.weights.darknet import ORDER
from yolo.weights.hdf5_checks import DAMAGE, check_content, check_weights
from yolo.wording import counted, resolution

CONSTANTS: dict[str, Any] = {
    "masks": ((3, 4, 5), (1, 2, 3)),
    "scale_xy": 1.0,
    "epsilon": 1e-3,
    "resize_mode": "letterbox",
}
CONVOLUTIONS = [name if name in HEADS else f"{name}_conv" for name in ORDER]
NORMS = [f"{name}_bn" for name in ORDER if name not in HEADS]
ATTENTION: dict[str, dict[str, str]] = {  # for each block, the names of its layers here and in the files
    "none": {},
    "se": {"squeeze": "se_block_one", "excite": "se_block_two"},
    "cbam": {
        "squeeze": "channel_attention_shared_one",
        "excite": "channel_attention_shared_two",
        "spatial": "spatial_attention",
    },
    "eca": {"neighbours": "eca_layer"},
}
PLACES = {"p4": "feat1", "p5": "feat2", "up": "P5_upsample"}
MOST = 2**28  # numbers in a file, a gigabyte: one of 100,000 classes has 115 million
Layers: TypeAlias = dict[str, dict[str, h5py.Dataset]]  # of each layer, its weights by their names
Weights: TypeAlias = dict[str, NDArray[Float]]  # by their paths in a `YoloV4Tiny`

log = logging.getLogger("yolo")


def load(
    path: str | Path,
    class_names: Sequence[str] | None = None,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
    published: bool = False,
    numbered: bool = True,
) -> YoloV4Tiny:
    """Return the network in an `.h5` file, with the masks, epsilon and resize mode of the project it comes from.

    Args:
        class_names: the name of every class, as many as the shapes of the heads are for.
        cfg: must be None, as these files have no cfg.
        anchors: the file of anchors it was trained with; by default the one that `companion_files.find_anchors` finds.
            Without one, the default anchors of the project are taken, and a warning says so.
        published: whether it is the published file itself.
        numbered: whether classes without names are called by their numbers.

    Raises:
        UserError: the file is damaged, of another network, or of another number of classes; several files of anchors
            fit; the classes have no names; or there is a cfg.
    """
    if cfg:
        raise UserError(f"--cfg is for Darknet's .weights; what {path} was trained with is given by --anchors-file.")
    attention, weights = _read(path)
    classes = _classes(path, weights)
    if class_names is None and not numbered:
        raise UserError(
            f"{path} carries no class names: give a file of {counted(classes, 'line')}, one name each, with --classes."
        )
    names = [str(number) for number in range(classes)] if class_names is None else class_names
    if len(names) != classes:
        raise UserError(
            f"{path} knows {counted(classes, 'class')}, but {counted(len(names), 'class name')} are given; "
            "give one for each."
        )
    pairs, anchors_from = _anchors(Path(path), anchors, published)
    network = YoloV4Tiny(names, attention=attention, anchors=pairs, **CONSTANTS)
    expected = {variable.path: tuple(variable.shape) for variable in network.weights}
    shapes = {name: values.shape for name, values in weights.items()}
    if shapes != expected:
        name = min(name for name, _ in shapes.items() ^ expected.items())
        raise UserError(
            f"{path} is of another network: the shape of {name} is {shapes.get(name)}, expected {expected.get(name)}."
        )
    for variable in network.weights:
        variable.assign(weights[variable.path])
    check_weights(path, network)
    log.info(
        f"{Path(path).name}: {counted(classes, 'class')} {'without names' if class_names is None else 'as given'}; "
        f"anchors {anchors_from}; masks, {resolution(network.input_size)} and letterboxed pictures as in the Keras "
        "projects that write such files"
    )
    return network


def _anchors(path: Path, given: str | os.PathLike[str] | None, published: bool) -> tuple[Anchors, str]:
    """Return the anchors for a file, and where they are from."""
    file = given or (None if published else find_anchors(path))
    if file:
        return anchor_files.read(file, ordered=False), f"from {file}"
    if not published:
        log.warning(
            f"{path} does not say which anchors it was trained with, so those that its project comes with are guessed; "
            "where there were others it finds little: give its yolo_anchors.txt with --anchors-file FILE"
        )
    return anchor_files.DEFAULT, "as the project comes with"


def count_classes(path: str | Path) -> int:
    """Return the number of classes of the network in a file, which follows from the shape of a head.

    Raises:
        UserError: the file is damaged, or of another network.
    """
    return _classes(path, _read(path)[1])


def _classes(path: str | Path, weights: Weights) -> int:
    outputs = weights.get("p5_out/bias", np.empty(0)).size
    classes, rest = divmod(outputs - 15, 3)
    if rest or not 1 <= classes <= option_limits.CLASSES:
        raise UserError(f"{path} is of another network: a head has {outputs} outputs, not 3 * (5 + classes).")
    return classes


def _read(path: str | Path) -> tuple[str, Weights]:
    """Return the name of the attention in a file, and the weights."""
    try:
        with h5py.File(path) as file:
            check_content(file, MOST)
            groups = dict(_layers(file.get("model_weights", file)))
            attention, ours = _match(path, groups)
            weights = {f"{ours[layer]}/{name}": data[()] for layer in groups for name, data in groups[layer].items()}
    except DAMAGE as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{path} is damaged or no HDF5 file: copy it again ({reason}).") from error
    if not all(values.dtype.kind == "f" and np.isfinite(values).all() for values in weights.values()):
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    return attention, weights


def _layers(root: h5py.Group) -> Iterator[tuple[str, dict[str, h5py.Dataset]]]:
    """Yield the name and the weights of each layer that has any; Keras calls a weight `conv2d/kernel:0`."""
    for layer in _names(root, "layer_names"):
        weights = {name: root[layer][name] for name in _names(root[layer], "weight_names")}
        if weights:
            yield layer, {re.sub(r".*/|:\d+$", "", name): data for name, data in weights.items()}


def _names(group: h5py.Group, attribute: str) -> Iterator[str]:
    """Yield the texts of an attribute; Keras splits one too long for HDF5 into `weight_names0`, `weight_names1`, ..."""
    chunks = takewhile(group.attrs.__contains__, (f"{attribute}{number}" for number in count()))
    for key in [attribute] if attribute in group.attrs else chunks:
        yield from (name.decode() if isinstance(name, bytes) else name for name in group.attrs[key])


def _match(path: str | Path, layers: Layers) -> tuple[str, dict[str, str]]:
    """Return the name of the attention, and for each layer of the file its name in a `YoloV4Tiny`."""
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
    for attention, parts in ATTENTION.items():
        attended = {
            f"{theirs}_{feature}": f"attention_{place}/{part}"
            for part, theirs in parts.items()
            for place, feature in PLACES.items()
        }
        if named == attended.keys():
            return attention, ours | attended
    raise UserError(
        f"{path} is of another network: its layers {', '.join(sorted(named))} are not those of se, cbam or eca at "
        f"{', '.join(PLACES.values())}."
    )


def _numbered(layers: Layers, kind: Literal["conv2d", "batch_normalization"]) -> list[str]:
    """Return the layers called `kind`, `kind_1`, `kind_2` and so on, in the order of their numbers."""
    found = [match for name in layers if (match := re.fullmatch(rf"{kind}(?:_(\d+))?", name))]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1] or 0))]
