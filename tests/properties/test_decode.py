"""An object written into the raw maps at the candidate that answers for it is decoded as that object."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from tests.backends import array
from yolo.anchors import DEFAULT
from yolo.loss.label_assignment import assign
from yolo.nets.decode import STRIDES, decode

MASKS = ((3, 4, 5), (0, 1, 2))
SIZE, CLASSES, SCALE = (96, 160), 2, 1.05


def encode(box, candidate):
    """Raw maps of zeros but for one candidate, whose raw values are worked out backwards from the box."""
    maps = [
        np.zeros((SIZE[0] // s, SIZE[1] // s, len(mask), 5 + CLASSES)) for s, mask in zip(STRIDES, MASKS, strict=False)
    ]
    center, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    for raw, stride, mask in zip(maps, STRIDES, MASKS, strict=False):
        if candidate < raw[..., 0].size:
            row, column, slot = np.unravel_index(candidate, raw.shape[:3])
            share = (center / stride - [column, row] + (SCALE - 1) / 2) / SCALE
            raw[row, column, slot, :2] = np.log(share / (1 - share))
            raw[row, column, slot, 2:4] = np.log(size / np.asarray(DEFAULT)[mask[slot]])
            break
        candidate -= raw[..., 0].size
    return [ops.array(raw.reshape(1, *raw.shape[:2], -1), dtype="float32") for raw in maps]


@settings(max_examples=25)
@given(st.floats(2, 158), st.floats(2, 94), st.floats(4, 150), st.floats(4, 150))
def test_decode_inverts_the_encoding_at_every_candidate_of_an_object(x, y, width, height):
    box = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    found = assign(ops.array(box[None, None], dtype="float32"), ops.array([[0]]), SIZE, DEFAULT, MASKS)
    candidates = array(found.candidate)[array(found.chosen)]
    assert len(candidates)
    for candidate in candidates:
        decoded = array(decode(encode(box, candidate), DEFAULT, MASKS, SCALE).boxes)[0, candidate]
        np.testing.assert_allclose(decoded, box, atol=2e-3)
