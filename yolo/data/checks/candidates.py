"""Find out which candidates of the network each object gets, as `yolo.loss.label_assignment` shares them out.

That computes with tensors while training. Here the same is done with NumPy for all pictures at once.
"""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Boxes, Float
from yolo.boxes import shape_iou
from yolo.data.checks.objects import Objects

STRIDES = np.repeat((8, 16, 32), 3)  # of the cells of each anchor, as in `yolo.nets`; two levels have the last six
THRESHOLD = 0.3  # shape IoU above which an object also wants an anchor that is not its best


def won(
    objects: Objects, shown: Boxes, anchors: Annotated[NDArray[Float], "k 2"]
) -> Annotated[NDArray[np.bool_], "n k"]:
    """Return which anchors answer for each object, in the cell of its center.

    Args:
        shown: the boxes in pixels of the network's input.
        anchors: from small to large.
    """
    fits = shape_iou(shown[:, 2:] - shown[:, :2], anchors)  # (n, k)
    wanted = (fits >= fits.max(axis=1, keepdims=True)) | (fits > THRESHOLD)
    index, anchor = np.nonzero(wanted)
    centers = (shown[index, :2] + shown[index, 2:]) / 2
    columns, rows = (centers // STRIDES[-len(anchors) :][anchor][:, None]).astype(np.int64).T
    claim = fits[index, anchor] + ~objects.difficult[index]  # objects to be taught come before difficult ones
    height, width = rows.max(initial=0) + 1, columns.max(initial=0) + 1
    candidate = ((objects.owner[index] * height + rows) * width + columns) * len(anchors) + anchor
    order = np.lexsort((index, -claim, candidate))
    _, first = np.unique(candidate[order], return_index=True)
    winners = order[first]
    result = np.zeros(fits.shape, bool)
    result[index[winners], anchor[winners]] = True
    return result
