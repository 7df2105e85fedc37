"""Darknet's `.weights` files, https://github.com/AlexeyAB/darknet, the format of the published weights.

A header: int32 major, minor and revision, then the number of pictures seen, uint64 from version 0.2 on and uint32
before. Then little-endian float32 for every convolution in the order of the cfg: beta, gamma, mean, variance and kernel
(out, in, k, k), or bias and kernel for the two that end in raw maps.
"""

import math
from pathlib import Path

import numpy as np

from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights import darknet_cfg

UNITS = ("stem_1", "stem_2", *(f"c{level}_{part}" for level in (2, 3, 4) for part in "acde"), "c5", "p5")
ORDER = (*UNITS, "p5_head", "p5_out", "up", "p4_head", "p4_out")
WITHOUT_CLASSES = 5_878_014  # numbers in a file of a YOLOv4-tiny with three anchors for each map and no class
PER_CLASS = 3 * (512 + 1) + 3 * (256 + 1)  # a kernel of each head's 1x1 convolution and a bias, three anchors each
PUBLISHED = {"masks": ((3, 4, 5), (1, 2, 3)), "resize_mode": "stretch"}  # of the COCO weights


def load(path, class_names=None):
    """The network in a `.weights` file, with anchors, masks and size from the `.cfg` of the same stem beside it.

    Without a cfg they are those of the published COCO weights, whose masks are (3, 4, 5) and (1, 2, 3).

    Args:
        class_names: the name of every class; by default they are numbered, as many as the length of the file says.

    Raises:
        UserError: the file or its cfg is damaged, of another network, or of another number of classes.
    """
    path = Path(path)
    classes = count_classes(path)
    names = [str(number) for number in range(classes)] if class_names is None else class_names
    if len(names) != classes:
        raise UserError(f"{path} knows {classes} classes, but {len(names)} class names are given; give one for each.")
    cfg = path.with_suffix(".cfg")
    network = YoloV4Tiny(names, **(darknet_cfg.read(cfg) if cfg.is_file() else PUBLISHED))
    read(path, network)
    return network


def read(path, network):
    """Fill the convolutions of a `YoloV4Tiny` from a file; its attention blocks keep their weights.

    Raises:
        UserError: the file is none of Darknet's, damaged, or longer or shorter than this network's would be.
    """
    header, content = _open(path)
    variables = list(_variables(network))
    sizes = [math.prod(variable.shape) for variable in variables]
    if len(content) != 4 * sum(sizes):
        raise UserError(_wrong_length(path, header, content, len(network.class_names)))
    numbers = np.frombuffer(content, "<f4")
    if not np.isfinite(numbers).all():
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    for variable, values in zip(variables, np.split(numbers, np.cumsum(sizes)[:-1]), strict=True):
        if len(variable.shape) == 4:
            rows, columns, inputs, outputs = variable.shape
            values = values.reshape(outputs, inputs, rows, columns).transpose(2, 3, 1, 0)
        variable.assign(values)


def count_classes(path):
    """How many classes the network in a file knows, worked out from its length; raises UserError."""
    header, content = _open(path)
    classes, rest = divmod(len(content) - 4 * WITHOUT_CLASSES, 4 * PER_CLASS)
    if rest or classes < 1:
        nearest = max(classes + (2 * rest > 4 * PER_CLASS), 1)
        raise UserError(_wrong_length(path, header, content, nearest))
    return classes


def _wrong_length(path, header, content, classes):
    expected = header + 4 * (WITHOUT_CLASSES + classes * PER_CLASS)
    return (
        f"{path} has {header + len(content)} bytes, but a YOLOv4-tiny of {classes} class(es) has {expected}: "
        "the file is not whole, or of another network."
    )


def _open(path):
    """The length of the header in bytes, and what follows it."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the weights {path}: {error.strerror}.") from error
    if len(content) < 20:
        raise UserError(f"{path} is no Darknet weights file: it has {len(content)} bytes, less than the header alone.")
    major, minor = np.frombuffer(content, "<i4", 2).tolist()
    if not (0 <= major < 1000 and 0 <= minor < 1000):  # beyond that Darknet takes matrices for transposed
        raise UserError(f"{path} is no Darknet weights file: its first bytes would mean version {major}.{minor}.")
    header = 20 if major * 10 + minor >= 2 else 16
    return header, memoryview(content)[header:]


def _variables(network):
    """The variables of the network in the order of the file."""
    for name in ORDER:
        if name in HEADS:
            head = network.get_layer(name)
            yield from (head.bias, head.kernel)
        else:
            norm = network.get_layer(f"{name}_bn")
            yield from (norm.beta, norm.gamma, norm.moving_mean, norm.moving_variance)
            yield network.get_layer(f"{name}_conv").kernel
