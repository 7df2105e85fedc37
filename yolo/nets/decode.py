"""Decode raw maps into boxes in pixels, objectness and classes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import layers, ops

from attention.tensor_types import Tensor
from yolo import boxes
from yolo.array_types import AnchorMasks, Anchors, Sizes

STRIDES = (32, 16, 8)  # of the raw maps, in their order; a network of two levels has no third one
EXPONENT = (-8.0, 4.0)  # bounds of tw and th: no overflow, no box of zero size, and up to 54 times the anchor


class Candidates(NamedTuple):
    """All boxes that a network proposes.

    Attributes:
        boxes: (B, N, 4) xyxy in pixels of the network's input.
        objectness: (B, N) logits.
        classes: (B, N, C) logits.
    """

    boxes: Tensor
    objectness: Tensor
    classes: Tensor


def decode(maps: Sequence[Tensor], anchors: Anchors, masks: AnchorMasks, scale_xy: float) -> Candidates:
    """Return the candidates of raw maps.

    x = (column + s sigmoid(tx) - (s - 1) / 2) stride, w = anchor exp(tw); likewise y and h.

    Args:
        maps: raw maps (B, h, w, A * (5 + C)), as many as masks, of the first of STRIDES.
        scale_xy: s, which lets centers reach the border of their cell; 1.05 in yolov4-tiny.
    """
    sides = np.asarray(anchors, np.float32)
    levels = [
        _decode_map(raw, sides[list(mask)], stride, scale_xy)
        for raw, mask, stride in zip(maps, masks, STRIDES[: len(masks)], strict=True)
    ]
    return Candidates(*(ops.concatenate(parts, axis=1) for parts in zip(*levels, strict=True)))


def _decode_map(raw: Tensor, anchors: Sizes, stride: int, scale_xy: float) -> tuple[Tensor, Tensor, Tensor]:
    batch, rows, columns, channels = ops.shape(raw)
    raw = ops.reshape(raw, (batch, rows, columns, len(anchors), channels // len(anchors)))
    x = ops.cast(ops.arange(columns, dtype="int32"), raw.dtype)
    y = ops.cast(ops.arange(rows, dtype="int32"), raw.dtype)
    corner = ops.stack(ops.meshgrid(x, y), axis=-1)[:, :, None, :]  # (h, w, 1, 2), x before y
    shift, growth, objectness, classes = ops.split(raw, (2, 4, 5), axis=-1)
    center = (corner + scale_xy * ops.sigmoid(shift) - (scale_xy - 1) / 2) * stride
    size = ops.cast(anchors, raw.dtype) * ops.exp(ops.clip(growth, *EXPONENT))
    flat = (batch, rows * columns * len(anchors))
    return (
        ops.reshape(boxes.to_xyxy(center, size, ops), (*flat, 4)),
        ops.reshape(objectness, flat),
        ops.reshape(classes, (*flat, channels // len(anchors) - 5)),
    )


class Decode(layers.Layer):
    """A layer from raw maps to boxes (B, N, 4) in pixels of the input and scores (B, N, C).

    A score is objectness * class probability. This is a layer so that an exported graph contains it. The arguments are
    those of `decode`.
    """

    def __init__(self, anchors: Anchors, masks: AnchorMasks, scale_xy: float = 1.05, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.anchors = anchors
        self.masks = masks
        self.scale_xy = scale_xy

    def call(self, maps: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        found = decode(maps, self.anchors, self.masks, self.scale_xy)
        return found.boxes, ops.sigmoid(found.objectness)[..., None] * ops.sigmoid(found.classes)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"anchors": self.anchors, "masks": self.masks, "scale_xy": self.scale_xy}
