"""Non-maximum suppression equals the greedy one that is written box by box."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.draws import boxes_in
from tests.reference.nms import nms as greedy
from yolo.inference.nms import nms


@given(
    st.data(),
    boxes_in(40, 40, most=14),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.25, 0.5]),
    st.sampled_from([0.0, 0.3, 0.5, 0.9]),
    st.integers(1, 20),
)
def test_any_candidates_are_kept_as_the_twin_keeps_them(data, boxes, classes, score, iou, most):
    values = st.integers(0, 8).map(lambda eighths: eighths / 8)  # many equal ones, some of them at the threshold
    rows = data.draw(
        st.lists(st.lists(values, min_size=classes, max_size=classes), min_size=len(boxes), max_size=len(boxes))
    )
    scores = np.array(rows, np.float32).reshape(len(boxes), classes)
    for ours, twin in zip(nms(boxes, scores, score, iou, most), greedy(boxes, scores, score, iou, most), strict=True):
        np.testing.assert_array_equal(ours, twin)
        assert ours.dtype == twin.dtype
