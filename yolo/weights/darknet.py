"""Darknet's `.weights` files read, https://github.com/AlexeyAB/darknet, the format of the published weights.

A header: int32 major, minor and revision, then the number of pictures seen, uint64 from version 0.2 on and uint32
before. Then little-endian float32 for every convolution in the order of the cfg: beta, gamma, mean, variance and kernel
(out, in, k, k), or bias and kernel for the two that end in raw maps. `darknet partial` ends a file after any of them:
`yolov4-tiny.conv.29` has those of the first 29 layers, 17 convolutions.
"""

import logging
import os
from pathlib import Path

import numpy as np

from yolo import limits
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.darknet_settings import find_settings, name_classes
from yolo.weights.hdf5_checks import check_weights
from yolo.wording import counted

log = logging.getLogger("yolo")


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
    """Return how many numbers a file has for these convolutions."""
    return sum(out * (_vectors(name) + inputs * k * k) for name, (out, inputs, k) in kernels.items())


def _vectors(name):
    """Return how many numbers a convolution has for each output beside its kernel: a bias, or the 4 of batch norm."""
    return 1 if name in HEADS else 4


def _leading(number):
    """The first convolutions of the file, as far as no class counts: a dictionary like that of `_kernels`."""
    return dict(list(_kernels(0).items())[:number])


ORDER = tuple(_kernels(0))
WITHOUT_CLASSES = _count(_kernels(0))
PER_CLASS = _count(_kernels(1)) - WITHOUT_CLASSES
LEADING = range(ORDER.index("c5") + 1, ORDER.index("p5_out") + 1)  # convolutions in a file of the backbone


def load(path, class_names=None, cfg=None, anchors=None, published=False, numbered=True):
    """The network in a `.weights` file, with what its cfg and its list of class names say; a line tells where from.

    Args:
        class_names: the name of every class; by default those of the list that `companions.find_names` finds.
        cfg: the file it was trained with; by default what `companions.find_cfg` finds. Without any, anchors, masks and
            size are those of the published COCO weights, which a warning says.
        anchors: a file of them, in the place of the cfg's.
        published: whether it is the published file itself.
        numbered: whether classes without names are called by their numbers.

    Raises:
        UserError: a file is damaged, of another network or of another number of classes, or has the backbone alone;
            several files fit; or the classes have no names.
    """
    path = Path(path)
    arrays = convolutions(path)
    classes = _classes(path, arrays)
    names, names_from = name_classes(path, classes, class_names, numbered)
    filters = [outputs for outputs, _, _ in _kernels(classes).values()]
    settings, settings_from = find_settings(path, classes, filters, cfg, anchors, published)
    network = YoloV4Tiny(names, **settings)
    _fill(path, network, arrays)
    log.info(f"{path.name}: {counted(classes, 'class')} {names_from}; {settings_from}")
    return network


def read(path, network):
    """Fill the convolutions of a `YoloV4Tiny` from a file; its attention blocks keep their weights.

    Raises:
        UserError: the file is damaged, of another network or of another number of classes, or has the backbone alone.
    """
    arrays = convolutions(path)
    classes = _classes(path, arrays)
    if classes != len(network.class_names):
        raise UserError(f"{path} knows {counted(classes, 'class')}, but the network has {len(network.class_names)}.")
    _fill(path, network, arrays)


def count_classes(path):
    """Return how many classes the network in a file knows, worked out from its length; raises UserError."""
    return _classes(path, convolutions(path))


def convolutions(path):
    """Return the whole network or the backbone that a file holds, `{name of a layer: layer.get_weights()}`.

    A file of the backbone has the leading convolutions up to `c5`, `p5` or `p5_head`.

    Raises:
        UserError: the file is none of Darknet's, damaged, or of another network.
    """
    header, length = _measure(path)
    kernels = _held(path, header, length)
    numbers = np.fromfile(path, "<f4", offset=header)
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
    known = _known(length)
    lengths = {what: 4 * _count(kernels) for what, kernels in known.items()}
    nearest = sorted(known, key=lambda what: abs(lengths[what] - length))[:2]
    if lengths[nearest[0]] == length:
        return known[nearest[0]]
    expected = " or ".join(f"{header + lengths[what]} ({what})" for what in nearest)
    raise UserError(
        f"{path} has {header + length} bytes, but a YOLOv4-tiny would have {expected}: "
        "the file is not whole, or of another network."
    )


def _known(length):
    """The kernels of what a file of about so many bytes may hold, by what it is called."""
    classes = min(max((length // 4 - WITHOUT_CLASSES) // PER_CLASS, 1), limits.CLASSES)
    whole = {counted(number, "class"): _kernels(number) for number in (classes, classes + 1)}
    return {f"its first {number} convolutions": _leading(number) for number in LEADING} | whole


def _classes(path, arrays):
    """Return how many classes the arrays of a whole network are for; raises UserError for a backbone."""
    if HEADS[0] not in arrays:
        raise UserError(
            f"{path} has the backbone of a YOLOv4-tiny alone, which finds nothing by itself: start a training from it "
            f"with python train.py --weights {path}."
        )
    return len(arrays[HEADS[0]][1]) // 3 - 5


def _fill(path, network, arrays):
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)
    check_weights(path, network)


def _measure(path):
    """The length of the header in bytes, and of what follows it.

    Darknet marks matrices that are stored the other way round by a version over 1000; convolutions are none. Forks
    differ in the length of the header then.
    """
    with os_errors_as_user_errors(f"cannot read the weights {path}"), Path(path).open("rb") as file:
        start = file.read(20)
        size = file.seek(0, os.SEEK_END)
    if len(start) < 20:
        raise UserError(f"{path} is no Darknet weights file: it has {size} bytes, less than the header alone.")
    major, minor = np.frombuffer(start, "<i4", 2).tolist()
    header = 20 if major * 10 + minor >= 2 else 16
    if not (0 <= major <= 1000 and 0 <= minor <= 1000):
        lengths = [4 * _count(kernels) for kernels in _known(size).values()]
        fitting = [header for header in (20, 16) if size - header in lengths]
        if not fitting or min(major, minor) < 0:
            raise UserError(f"{path} is no Darknet weights file: its first bytes would mean version {major}.{minor}.")
        header = fitting[0]
    return header, size - header
