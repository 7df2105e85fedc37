"""Decoding of yolov4-tiny's raw maps, cell by cell in float64. The independent twin of `yolo.nets.decode`."""

import math

import numpy as np

STRIDES = 32, 16, 8  # of the maps, in their order; of two levels, the first two
EXPONENT = -8.0, 4.0


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def decode_cell(values, row, column, anchor, stride, scale_xy):
    """tx, ty, tw, th of one anchor in one cell -> xyxy in pixels of the input."""
    tx, ty, tw, th = (float(value) for value in values)
    x = (column + scale_xy * sigmoid(tx) - (scale_xy - 1) / 2) * stride
    y = (row + scale_xy * sigmoid(ty) - (scale_xy - 1) / 2) * stride
    w = anchor[0] * math.exp(min(max(tw, EXPONENT[0]), EXPONENT[1]))
    h = anchor[1] * math.exp(min(max(th, EXPONENT[0]), EXPONENT[1]))
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def decode(maps, anchors, masks, scale_xy):
    """Raw maps -> boxes (B, N, 4), objectness logits (B, N), class logits (B, N, C)."""
    boxes, objectness, classes = [], [], []
    for picture in range(len(maps[0])):
        rows_of_picture = []
        for raw, mask, stride in zip(maps, masks, STRIDES[: len(maps)], strict=True):
            _, height, width, channels = raw.shape
            each = channels // len(mask)
            for row in range(height):
                for column in range(width):
                    for slot, index in enumerate(mask):
                        values = raw[picture, row, column, slot * each : (slot + 1) * each]
                        box = decode_cell(values[:4], row, column, anchors[index], stride, scale_xy)
                        rows_of_picture.append((box, values[4], values[5:]))
        boxes.append([box for box, _, _ in rows_of_picture])
        objectness.append([logit for _, logit, _ in rows_of_picture])
        classes.append([logits for _, _, logits in rows_of_picture])
    return np.array(boxes, np.float64), np.array(objectness, np.float64), np.array(classes, np.float64)
