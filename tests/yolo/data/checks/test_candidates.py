"""The candidates that each object gets, against the assignment that training computes."""

from types import SimpleNamespace

import numpy as np
import pytest
from keras import ops

from yolo import anchors
from yolo.data.checks import candidates
from yolo.loss.label_assignment import assign
from yolo.nets.decode import STRIDES
from yolo.structures import DIFFICULT, NO_OBJECT

SIZE = (320, 512)


def test_the_cells_are_those_of_the_network():
    for levels in anchors.LEVELS:
        masks = anchors.masks(levels)
        strides = {anchor: stride for mask, stride in zip(masks, STRIDES, strict=False) for anchor in mask}
        assert candidates.STRIDES[-3 * levels :].tolist() == [strides[anchor] for anchor in range(3 * levels)]


@pytest.mark.parametrize("levels", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_objects_get_the_candidates_that_training_gives_them(seed, levels):
    sizes, masks = anchors.DEFAULTS[levels], anchors.masks(levels)
    rng = np.random.default_rng(seed)
    counts = np.array([0, 60, 1, 30])
    total = counts.sum()
    centers, sides = rng.uniform(0, 1, (total, 2)) * SIZE[::-1], np.exp(rng.uniform(1.5, 5.5, (total, 2)))
    boxes = np.hstack([centers - sides / 2, centers + sides / 2]).astype(np.float32)
    boxes[1] = boxes[0]  # of equals the first one
    difficult = rng.random(total) < 0.2
    owner = np.repeat(np.arange(len(counts)), counts)
    found = candidates.won(SimpleNamespace(owner=owner, difficult=difficult), boxes, np.array(sizes, np.float32))

    padded, labels = np.zeros((4, 60, 4), np.float32), np.full((4, 60), NO_OBJECT, np.int32)
    for picture, count in enumerate(counts):
        padded[picture, :count] = boxes[owner == picture]
        labels[picture, :count] = np.where(difficult[owner == picture], DIFFICULT, 0)
    chosen = ops.convert_to_numpy(assign(ops.array(padded), ops.array(labels), SIZE, sizes, masks).chosen)
    slots = chosen.reshape(4, 60, 3 * levels)  # stride 32 first
    expected = np.concatenate([slots[picture, :count] for picture, count in enumerate(counts)])
    by_anchor = np.zeros_like(expected)
    by_anchor[:, np.concatenate(masks)] = expected
    np.testing.assert_array_equal(found, by_anchor)
    assert not found.any(axis=1).all(), "some object gets none, or this shows little"
