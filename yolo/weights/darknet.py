"""Darknet's `.weights` files read, https://github.com/AlexeyAB/darknet, the format of the published weights.

A header: int32 major, minor and revision, then the number of pictures seen, uint64 from version 0.2 on and uint32
before. Then little-endian float32 for every convolution in the order of the cfg: beta, gamma, mean, variance and kernel
(out, in, k, k), or bias and kernel for the two that end in raw maps. `darknet partial` ends a file after any of them:
`yolov4-tiny.conv.29` has those of the first 29 layers, 17 convolutions.
"""

from pathlib import Path

import numpy as np

from yolo.classes import read_names
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights import darknet_cfg

PUBLISHED = {"masks": ((3, 4, 5), (1, 2, 3)), "resize_mode": "stretch"}  # of the COCO weights


def _kernels(classes):
    """The shape (out, in, k) of every kernel in the order of the file, by the name of its convolution."""
    outputs = 3 * (5 + classes)
    kernels = {"stem_1": (32, 3, 3), "stem_2": (64, 32, 3)}
    for level, width in ((2, 64), (3, 128), (4, 256)):
        half = width // 2
        shapes = {"a": (width, width, 3), "c": (half, half, 3), "d": (half, half, 3), "e": (width, width, 1)}
        kernels |= {f"c{level}_{part}": shape for part, shape in shapes.items()}
    kernels |= {"c5": (512, 512, 3), "p5": (256, 512, 1), "p5_head": (512, 256, 3), "p5_out": (outputs, 512, 1)}
    return kernels | {"up": (128, 256, 1), "p4_head": (256, 384, 3), "p4_out": (outputs, 256, 1)}


def _count(kernels):
    """How many numbers a file has for these convolutions."""
    return sum(out * (_vectors(name) + inputs * k * k) for name, (out, inputs, k) in kernels.items())


def _vectors(name):
    """How many numbers a convolution has for each output beside its kernel: a bias, or the four of batch norm."""
    return 1 if name in HEADS else 4


def _leading(number):
    """The first convolutions of the file, as far as no class counts: a dictionary like that of `_kernels`."""
    return dict(list(_kernels(0).items())[:number])


ORDER = tuple(_kernels(0))
WITHOUT_CLASSES = _count(_kernels(0))
PER_CLASS = _count(_kernels(1)) - WITHOUT_CLASSES
LEADING = range(ORDER.index("c5") + 1, ORDER.index("p5_out") + 1)  # convolutions in a file of the backbone


def load(path, class_names=None):
    """The network in a `.weights` file, with what the `.cfg` and `.names` of the same stem beside it say.

    Without a cfg, anchors, masks and size are those of the published COCO weights, masks (3, 4, 5) and (1, 2, 3).

    Args:
        class_names: the name of every class; by default those in the `.names` file, or else their numbers.

    Raises:
        UserError: a file is damaged, of another network or of another number of classes, or has the backbone alone.
    """
    path = Path(path)
    arrays = convolutions(path)
    classes = _classes(path, arrays)
    if class_names is None:
        listed = path.with_suffix(".names")
        class_names = read_names(listed) if listed.is_file() else [str(number) for number in range(classes)]
    if len(class_names) != classes:
        raise UserError(
            f"{path} knows {classes} classes, but {len(class_names)} class names are given, by --classes or by the "
            ".names file beside it; give one for each."
        )
    cfg = path.with_suffix(".cfg")
    network = YoloV4Tiny(class_names, **(darknet_cfg.read(cfg, classes) if cfg.is_file() else PUBLISHED))
    _fill(network, arrays)
    return network


def read(path, network):
    """Fill the convolutions of a `YoloV4Tiny` from a file; its attention blocks keep their weights.

    Raises:
        UserError: the file is damaged, of another network or of another number of classes, or has the backbone alone.
    """
    arrays = convolutions(path)
    classes = _classes(path, arrays)
    if classes != len(network.class_names):
        raise UserError(f"{path} knows {classes} classes, but the network has {len(network.class_names)}.")
    _fill(network, arrays)


def count_classes(path):
    """How many classes the network in a file knows, worked out from its length; raises UserError."""
    return _classes(path, convolutions(path))


def convolutions(path):
    """What a file holds, of the whole network or of its backbone, as `{name of a layer: layer.get_weights()}`.

    A file of the backbone has the leading convolutions up to `c5`, `p5` or `p5_head`.

    Raises:
        UserError: the file is none of Darknet's, damaged, or of another network.
    """
    header, content = _open(path)
    kernels = _held(path, header, len(content))
    numbers = np.frombuffer(content, "<f4")
    if not np.isfinite(numbers).all():
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    arrays = {}
    for name, (outputs, inputs, k) in kernels.items():
        ends = np.cumsum([outputs] * _vectors(name) + [outputs * inputs * k * k])
        *vectors, kernel, numbers = np.split(numbers, ends)
        kernel = kernel.reshape(outputs, inputs, k, k).transpose(2, 3, 1, 0)
        if name in HEADS:
            arrays[name] = [kernel, *vectors]
        else:
            beta, gamma, mean, variance = vectors
            arrays |= {f"{name}_conv": [kernel], f"{name}_bn": [gamma, beta, mean, variance]}
    return arrays


def _held(path, header, length):
    """The kernels, as `_kernels` has them, in a file with so many bytes after its header; raises UserError."""
    classes = max((length // 4 - WITHOUT_CLASSES) // PER_CLASS, 1)
    whole = {f"{number} class(es)": _kernels(number) for number in (classes, classes + 1)}
    known = {f"its first {number} convolutions": _leading(number) for number in LEADING} | whole
    lengths = {what: 4 * _count(kernels) for what, kernels in known.items()}
    nearest = sorted(known, key=lambda what: abs(lengths[what] - length))[:2]
    if lengths[nearest[0]] == length:
        return known[nearest[0]]
    expected = " or ".join(f"{header + lengths[what]} ({what})" for what in nearest)
    raise UserError(
        f"{path} has {header + length} bytes, but a YOLOv4-tiny would have {expected}: "
        "the file is not whole, or of another network."
    )


def _classes(path, arrays):
    """How many classes the arrays of a whole network are for; raises UserError for a backbone."""
    if HEADS[0] not in arrays:
        raise UserError(
            f"{path} has the backbone of a YOLOv4-tiny alone, which finds nothing by itself: start a training from it "
            f"with python train.py --weights {path}."
        )
    return len(arrays[HEADS[0]][1]) // 3 - 5


def _fill(network, arrays):
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)


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
