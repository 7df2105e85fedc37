"""Read Darknet's `.weights` files, https://github.com/AlexeyAB/darknet, the format of the published weights.

A file begins with a header: int32 major, minor and revision, then the number of pictures seen, uint64 from version 0.2
on and uint32 before. Then come the numbers of every convolution in the order of the cfg, as little-endian float32:
beta, gamma, mean, variance and kernel (out, in, k, k), or bias and kernel for those that return raw maps.
`darknet partial` ends a file after any convolution: `yolov4-tiny.conv.29` has the first 29 layers, 17 convolutions.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo import option_limits
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.shell import command
from yolo.weights.darknet_settings import find_settings, name_classes
from yolo.weights.hdf5_checks import check_weights
from yolo.wording import counted

Kernels: TypeAlias = dict[str, tuple[int, int, int]]
"""The shape (out, in, k) of each kernel by the name of its convolution, in the order of the file."""

LayerWeights: TypeAlias = dict[str, list[NDArray[np.float32]]]
"""The weights of each layer by its name, as `layer.get_weights()` returns them."""

log = logging.getLogger("yolo")


def _kernels(classes: int, levels: int = 2) -> Kernels:
    """Return the kernels of a network for a number of classes and of levels."""
    outputs = 3 * (5 + classes)
    kernels: Kernels = {"stem_1": (32, 3, 3), "stem_2": (64, 32, 3)}
    for level, width in ((2, 64), (3, 128), (4, 256)):
        half = width // 2
        shapes = {"a": (width, width, 3), "c": (half, half, 3), "d": (half, half, 3), "e": (width, width, 1)}
        kernels |= {f"c{level}_{part}": shape for part, shape in shapes.items()}
    kernels |= {"c5": (512, 512, 3), "p5": (256, 512, 1), "p5_head": (512, 256, 3), "p5_out": (outputs, 512, 1)}
    kernels |= {"up": (128, 256, 1), "p4_head": (256, 384, 3), "p4_out": (outputs, 256, 1)}
    if levels > 2:
        kernels |= {"up3": (64, 256, 1), "p3_head": (128, 192, 3), "p3_out": (outputs, 128, 1)}
    return kernels


def _count(kernels: Kernels) -> int:
    """Return how many numbers a file has for these convolutions."""
    return sum(out * (_vectors(name) + inputs * k * k) for name, (out, inputs, k) in kernels.items())


def _vectors(name: str) -> int:
    """Return how many vectors a convolution has beside its kernel: a bias, or the 4 of batch norm."""
    return 1 if name in HEADS else 4


def _leading(number: int) -> Kernels:
    """Return the first kernels of a file, all before the heads, as only these depend on the classes."""
    return dict(list(_kernels(0).items())[:number])


def order(levels: int) -> tuple[str, ...]:
    """Return the names of the convolutions in the order of a file."""
    return tuple(_kernels(0, levels))


ORDER = order(2)
LEADING = range(ORDER.index("c5") + 1, ORDER.index("p5_out") + 1)  # how many convolutions a backbone's file may have


def load(
    path: str | Path,
    class_names: Sequence[str] | None = None,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
    published: bool = False,
    numbered: bool = True,
) -> YoloV4Tiny:
    """Return the network in a `.weights` file, with the settings in its cfg, and log which files were read.

    Args:
        class_names: the name of every class; by default those in the list that `companion_files.find_names` finds.
        cfg: the file it was trained with; by default the one that `companion_files.find_cfg` finds. Without one,
            anchors, masks and size are those of the published COCO weights, and a warning says so.
        anchors: a file of anchors that replace those of the cfg.
        published: whether it is the published file itself.
        numbered: whether classes without names are called by their numbers.

    Raises:
        UserError: a file is damaged, of another network or of another number of classes, or has the backbone alone;
            several companion files fit; or the classes have no names.
    """
    path = Path(path)
    arrays = convolutions(path)
    classes = _classes(path, arrays)
    names, names_from = name_classes(path, classes, class_names, numbered)
    filters = [outputs for outputs, _, _ in _kernels(classes, _levels(arrays)).values()]
    settings, settings_from = find_settings(path, classes, filters, _levels(arrays), cfg, anchors, published)
    network = YoloV4Tiny(names, **settings)
    _fill(path, network, arrays)
    log.info(f"{path.name}: {counted(classes, 'class')} {names_from}; {settings_from}")
    return network


def read(path: str | Path, network: YoloV4Tiny) -> None:
    """Fill the convolutions of a network from a file; its attention blocks keep their weights.

    Raises:
        UserError: the file is damaged, of another network or of another number of classes, or has the backbone alone.
    """
    arrays = convolutions(path)
    classes = _classes(path, arrays)
    if classes != len(network.class_names):
        raise UserError(f"{path} knows {counted(classes, 'class')}, but the network has {len(network.class_names)}.")
    if _levels(arrays) != network.levels:
        raise UserError(f"{path} has {_levels(arrays)} levels, but the network has {network.levels}.")
    _fill(path, network, arrays)


def count_classes(path: str | Path) -> int:
    """Return the number of classes of the network in a file, which follows from the file's length.

    Raises:
        UserError: as `convolutions`, or the file has the backbone alone.
    """
    return _classes(path, convolutions(path))


def convolutions(path: str | Path) -> LayerWeights:
    """Return the weights in a file, of a whole network or of a backbone.

    A file of a backbone has the first convolutions, up to `c5`, `p5` or `p5_head`.

    Raises:
        UserError: the file is none of Darknet's, damaged, or of another network.
    """
    header, length = _measure(path)
    kernels = _kernels_in(path, header, length)
    numbers = np.fromfile(path, "<f4", offset=header)
    if not np.isfinite(numbers).all():
        raise UserError(f"{path} is damaged, it holds weights that are no finite numbers: copy it again.")
    arrays: LayerWeights = {}
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


def _kernels_in(path: str | Path, header: int, length: int) -> Kernels:
    """Return the kernels in a file, by the bytes of its header and those after it; raises UserError."""
    contents = _possible_contents(length)
    lengths = {content: 4 * _count(kernels) for content, kernels in contents.items()}
    nearest = sorted(contents, key=lambda content: abs(lengths[content] - length))[:2]
    if lengths[nearest[0]] == length:
        return contents[nearest[0]]
    expected = " or ".join(f"{header + lengths[content]} ({content})" for content in nearest)
    raise UserError(
        f"{path} has {header + length} bytes, but a YOLOv4-tiny would have {expected}: "
        "the file is not whole, or of another network."
    )


def _possible_contents(length: int) -> dict[str, Kernels]:
    """Return descriptions of the contents that a file of about `length` bytes may have, with their kernels."""
    contents = {f"its first {number} convolutions": _leading(number) for number in LEADING}
    for levels, text in ((2, ""), (3, " at 3 levels")):  # the lengths differ, whatever the numbers of classes
        without_classes = _count(_kernels(0, levels))
        per_class = _count(_kernels(1, levels)) - without_classes
        classes = min(max((length // 4 - without_classes) // per_class, 1), option_limits.CLASSES)
        contents |= {f"{counted(number, 'class')}{text}": _kernels(number, levels) for number in (classes, classes + 1)}
    return contents


def _classes(path: str | Path, arrays: LayerWeights) -> int:
    """Return the number of classes of a whole network; raises UserError for a backbone."""
    if HEADS[0] not in arrays:
        raise UserError(
            f"{path} has the backbone of a YOLOv4-tiny alone, which finds nothing by itself: start a training from it "
            f"with {command('train')} --weights {path}."
        )
    return len(arrays[HEADS[0]][1]) // 3 - 5


def _levels(arrays: LayerWeights) -> int:
    """Return the number of levels of a whole network."""
    return sum(head in arrays for head in HEADS)


def _fill(path: str | Path, network: YoloV4Tiny, arrays: LayerWeights) -> None:
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)
    check_weights(path, network)


def _measure(path: str | Path) -> tuple[int, int]:
    """Return the length of the header in bytes, and of the rest.

    In Darknet, a version over 1000 marks transposed matrices, but convolutions have none. With such a version, the
    length of the header differs between forks.
    """
    with os_errors_as_user_errors(f"cannot read the weights {path}"), Path(path).open("rb") as file:
        start = file.read(20)
        size = file.seek(0, os.SEEK_END)
    if len(start) < 20:
        raise UserError(f"{path} is no Darknet weights file: it has {size} bytes, less than the header alone.")
    major, minor = np.frombuffer(start, "<i4", 2).tolist()
    header = 20 if major * 10 + minor >= 2 else 16
    if not (0 <= major <= 1000 and 0 <= minor <= 1000):
        lengths = [4 * _count(kernels) for kernels in _possible_contents(size).values()]
        fitting = [header for header in (20, 16) if size - header in lengths]
        if not fitting or min(major, minor) < 0:
            raise UserError(f"{path} is no Darknet weights file: its first bytes would mean version {major}.{minor}.")
        header = fitting[0]
    return header, size - header
