"""Write a network as Darknet's `.weights`, `.cfg` and `.names`, which the dnn module of OpenCV 4 reads as well.

The sections are those of https://github.com/AlexeyAB/darknet/blob/master/cfg/yolov4-tiny.cfg, with a third level those
of yolov4-tiny-3l.cfg beside it. Darknet, like this project, adds 1e-5 to the variances; OpenCV adds 1e-6. So OpenCV's
raw maps differ where a variance is hardly larger.
"""

import struct
from functools import partial
from pathlib import Path

import keras
import numpy as np

from attention import Identity
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.attention_blocks import ATTENTION
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights import darknet

VERSION = (0, 2, 5)
EPSILON = 1e-5  # of batch norm, fixed in Darknet's code
TRAINING = (  # settings for more training with Darknet
    *("batch=64", "subdivisions=1", "momentum=0.9", "decay=0.0005"),
    *("learning_rate=0.00261", "burn_in=1000", "policy=steps", "scales=.1,.1"),
)
LOSS = (
    *("jitter=.3", "cls_normalizer=1.0", "iou_normalizer=0.07", "iou_loss=ciou", "ignore_thresh=.7"),
    *("truth_thresh=1", "random=0", "resize=1.5", "nms_kind=greedynms", "beta_nms=0.6"),
)


def write(network: YoloV4Tiny, path: str | Path, seen: int = 0) -> tuple[Path, ...]:
    """Write a network without attention as `path`, with `.cfg` and `.names` of the same stem beside it.

    Where the epsilon of batch norm is not Darknet's 1e-5, the difference is added to the variances, so that the raw
    maps stay the same.

    Args:
        seen: the number of pictures that it was trained on, for the header.

    Returns:
        The paths of the three files.

    Raises:
        UserError: the network has attention, or a file cannot be written.
    """
    blocks = {layer.name for layer in network.layers if not isinstance(layer, Identity)}
    attended = sorted(name for name in blocks if name.startswith(ATTENTION))
    if attended:
        raise UserError(
            f"Darknet has no layers for the attention of this network ({', '.join(attended)}): choose a .keras file, "
            "or train with --attention none."
        )
    path = Path(path)
    contents = {
        path: _weights(network, seen),
        path.with_suffix(".cfg"): cfg(network).encode(),
        path.with_suffix(".names"): "".join(f"{name}\n" for name in network.class_names).encode(),
    }
    for file, content in contents.items():
        with os_errors_as_user_errors(f"cannot write {file}"):
            file.write_bytes(content)
    return tuple(contents)


def _weights(network: YoloV4Tiny, seen: int) -> bytes:
    """Return the content of the `.weights` file."""
    arrays = []
    for name in darknet.order(network.levels):
        if name in HEADS:
            kernel, bias = network.get_layer(name).get_weights()
            vectors = [bias]
        else:
            (kernel,) = network.get_layer(f"{name}_conv").get_weights()
            gamma, beta, mean, variance = network.get_layer(f"{name}_bn").get_weights()
            vectors = [beta, gamma, mean, variance.astype(np.float64) + (network.epsilon - EPSILON)]
        arrays += [*vectors, kernel.transpose(3, 2, 0, 1)]
    return struct.pack("<3iQ", *VERSION, seen) + b"".join(array.astype("<f4").tobytes() for array in arrays)


def cfg(network: YoloV4Tiny) -> str:
    """Return the text of the `.cfg`."""
    unit, head = partial(_unit, network), partial(_head, network)
    sections = [_net(network), unit("stem_1"), unit("stem_2")]
    for stage in ("c2", "c3", "c4"):
        sections += [unit(f"{stage}_a"), _section("route", "layers=-1", "groups=2", "group_id=1")]
        sections += [unit(f"{stage}_c"), unit(f"{stage}_d"), _section("route", "layers=-1,-2"), unit(f"{stage}_e")]
        sections += [_section("route", "layers=-6,-1"), _section("maxpool", "size=2", "stride=2")]
    sections += [unit("c5"), unit("p5"), unit("p5_head"), head(0)]
    sections += [_section("route", "layers=-4"), unit("up"), _section("upsample", "stride=2")]
    sections += [_section("route", "layers=-1,23"), unit("p4_head"), head(1)]  # 23 is c4_e
    if network.levels > 2:
        sections += [_section("route", "layers=-3"), unit("up3"), _section("upsample", "stride=2")]
        sections += [_section("route", "layers=-1,15"), unit("p3_head"), head(2)]  # 15 is c3_e
    return "\n".join(sections)


def _net(network: YoloV4Tiny) -> str:
    height, width = network.input_size
    letterbox = int(network.resize_mode == "letterbox")
    batches = max(6000, 2000 * len(network.class_names))
    steps = f"steps={batches * 8 // 10},{batches * 9 // 10}"
    size = (f"width={width}", f"height={height}", "channels=3", f"letter_box={letterbox}")
    return _section("net", *size, *TRAINING, f"max_batches={batches}", steps)


def _unit(network: YoloV4Tiny, name: str) -> str:
    return _convolution(network.get_layer(f"{name}_conv"), "leaky", "batch_normalize=1")


def _head(network: YoloV4Tiny, level: int) -> str:
    """Return the sections of a head: its linear convolution, and the [yolo] that says what its raw map means."""
    meaning = (
        f"mask={','.join(map(str, network.masks[level]))}",
        f"anchors={', '.join(f'{_number(w)},{_number(h)}' for w, h in network.anchors)}",
        f"classes={len(network.class_names)}",
        f"num={len(network.anchors)}",
        f"scale_x_y={_number(network.scale_xy)}",
    )
    linear = _convolution(network.get_layer(HEADS[level]), "linear")
    return "\n".join([linear, _section("yolo", *meaning, *LOSS)])


def _convolution(layer: keras.layers.Conv2D, activation: str, *norm: str) -> str:
    shape = (f"filters={layer.filters}", f"size={layer.kernel_size[0]}", f"stride={layer.strides[0]}", "pad=1")
    return _section("convolutional", *norm, *shape, f"activation={activation}")


def _section(name: str, *lines: str) -> str:
    return "\n".join([f"[{name}]", *lines, ""])


def _number(value: float) -> str:
    """Return the shortest text that reads back as exactly this number."""
    return np.format_float_positional(value, trim="-")
