"""Assignment and training loss in plain loops and float64. The independent twin of `yolo.loss`."""

import math

import numpy as np

from tests.reference.boxes_numpy import ciou, iou, shape_iou
from tests.reference.decode_numpy import STRIDES, decode

PADDING, DIFFICULT = -1, -2


def slots(input_size, anchors, masks):
    """Every anchor slot as (anchor, stride, columns, rows, anchors per cell, slot, first candidate of its map)."""
    first = 0
    for mask, stride in zip(masks, STRIDES[: len(masks)], strict=True):
        rows, columns = input_size[0] // stride, input_size[1] // stride
        for slot, index in enumerate(mask):
            yield anchors[index], stride, columns, rows, len(mask), slot, first
        first += rows * columns * len(mask)


def cells(x, y, columns, rows, neighbors):
    """The cell (column, row) of a position in cells, then its nearest ones to the side and above or below."""
    column, row = min(max(math.floor(x), 0), columns - 1), min(max(math.floor(y), 0), rows - 1)
    yield column, row
    if neighbors:
        beside, above = column + (1 if x - column >= 0.5 else -1), row + (1 if y - row >= 0.5 else -1)
        if 0 <= beside < columns:
            yield beside, row
        if 0 <= above < rows:
            yield column, above


def assign(boxes, labels, input_size, anchors, masks, threshold=0.3, neighbors=False):
    """Objects of one picture -> {candidate: object}.

    An object wants its best slot and each of a shape IoU above the threshold, in its cell and, with neighbors, in the
    nearest ones beside it. A candidate goes to a taught object before a difficult one, then to one whose center is in
    its cell, then to the one of the higher shape IoU, then to the first.
    """
    wishes = {}
    for number, (box, label) in enumerate(zip(boxes, labels, strict=True)):
        if label == PADDING:
            continue
        size = box[2] - box[0], box[3] - box[1]
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        likeness = [shape_iou(size, anchor) for anchor, *_ in slots(input_size, anchors, masks)]
        for like, (_, stride, columns, rows, each, slot, first) in zip(
            likeness, slots(input_size, anchors, masks), strict=True
        ):
            if like == max(likeness) or like > threshold:
                for place, (column, row) in enumerate(cells(x / stride, y / stride, columns, rows, neighbors)):
                    candidate = first + (row * columns + column) * each + slot
                    wishes.setdefault(candidate, []).append((label == DIFFICULT, place > 0, -like, number))
    return {candidate: min(claims)[-1] for candidate, claims in wishes.items()}


def cross_entropy(truth, logit):
    """-log of the probability given to the truth, 0 or 1; of a share in between, the mean of both by that share."""
    yes, no = (math.log1p(math.exp(x)) if x < 30 else x for x in (-logit, logit))
    return (truth * yes if truth else 0) + ((1 - truth) * no if truth < 1 else 0)


def loss(
    boxes,
    labels,
    maps,
    anchors,
    masks,
    scale_xy=1.05,
    shape_threshold=0.3,
    ignore=0.6,
    scores=None,
    is_complete=None,
):
    """{"box", "objectness", "class"}, weighted 2, 1 and 0.5, over the positives, at least one a picture.

    A positive counts by the score of its object, which is also what its objectness is to be. In a picture that is not
    complete, no candidate is background.
    """
    scores = np.ones(np.shape(labels)) if scores is None else scores
    is_complete = np.ones(len(labels), bool) if is_complete is None else is_complete
    input_size = maps[0].shape[1] * 32, maps[0].shape[2] * 32
    every_box, every_objectness, every_class = decode(maps, anchors, masks, scale_xy)
    box_sum = objectness_sum = class_sum = positives = 0
    for picture, (objects, names) in enumerate(zip(boxes, labels, strict=True)):
        owner = assign(objects, names, input_size, anchors, masks, shape_threshold)
        real = [box for box, label in zip(objects, names, strict=True) if label != PADDING]
        for candidate, found in enumerate(every_box[picture]):
            logit = every_objectness[picture, candidate]
            label = names[owner[candidate]] if candidate in owner else PADDING
            if label >= 0:
                score = float(scores[picture][owner[candidate]])
                positives += score
                box_sum += score * (1 - ciou(found, objects[owner[candidate]]))
                objectness_sum += cross_entropy(score, logit)
                logits = enumerate(every_class[picture, candidate])
                class_sum += score * sum(cross_entropy(i == label, x) for i, x in logits)
            elif label != DIFFICULT and is_complete[picture] and all(iou(found, box) < ignore for box in real):
                objectness_sum += cross_entropy(0, logit)
    total = max(positives, len(maps[0]))
    return {"box": 2 * box_sum / total, "objectness": objectness_sum / total, "class": 0.5 * class_sum / total}


def padded(pictures, rows):
    """Lists of (box, label) -> boxes (B, rows, 4) float32 and labels (B, rows) int32, padding after the objects."""
    boxes = np.zeros((len(pictures), rows, 4), np.float32)
    labels = np.full((len(pictures), rows), PADDING, np.int32)
    for i, objects in enumerate(pictures):
        for j, (box, label) in enumerate(objects):
            boxes[i, j], labels[i, j] = box, label
    return boxes, labels
