"""Boxes overlap alike both ways, and go to another picture and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.draws import boxes_in, extent, painted, samples
from tests.reference import boxes_numpy as twin
from yolo.boxes import iou_matrix
from yolo.data.mosaic import mosaic
from yolo.data.warp import warp
from yolo.letterbox import place
from yolo.structures import Sample


@given(boxes_in(50, 70), boxes_in(50, 70))
def test_iou_is_symmetrical_between_zero_and_one_and_equals_its_twin(a, b):
    overlap = iou_matrix(a, b)
    np.testing.assert_array_equal(overlap, iou_matrix(b, a).T)
    expected = np.array([[twin.iou(one, other) for other in b.tolist()] for one in a.tolist()]).reshape(len(a), len(b))
    np.testing.assert_allclose(overlap, expected, atol=1e-6)
    np.testing.assert_array_equal(np.diag(iou_matrix(a, a)), np.ones(len(a)))


@given(st.data(), st.integers(1, 3000), st.integers(1, 3000), st.sampled_from(["letterbox", "stretch"]))
def test_boxes_come_back_from_the_canvas_they_were_laid_into(data, height, width, mode):
    boxes = data.draw(boxes_in(height, width))
    size = data.draw(st.tuples(st.sampled_from([64, 320, 416]), st.sampled_from([64, 416, 608])))
    placement = place(height, width, size, mode)
    inside = placement.apply(boxes)
    assert (inside >= -1e-3).all()
    assert (inside <= np.array([size[1], size[0]] * 2) + 1e-2).all()
    np.testing.assert_allclose(placement.undo(inside), boxes, atol=1e-4 * max(height, width) + 1e-3)


@given(
    samples(), st.tuples(*[st.sampled_from([-2.0, -1.0, 0.5, 1.0, 1.5])] * 2), st.tuples(*[st.integers(-40, 40)] * 2)
)
def test_warped_boxes_stay_inside_and_keep_their_labels(sample, zoom, shift):
    size = sample.image.shape[:2]
    changed = warp(sample, zoom, shift, size, visible=0.3)
    assert_inside(changed)
    kept = {(label, *box) for label, box in zip(sample.labels.tolist(), sample.boxes.tolist(), strict=True)}
    assert {label for label, *_ in kept} >= set(changed.labels.tolist())


@given(samples(), st.booleans(), st.booleans())
def test_what_is_mirrored_twice_is_as_it_was(sample, across, down):
    size = sample.image.shape[:2]
    zoom = [-1 if turned else 1 for turned in (across, down)]
    shift = [side if turned else 0 for side, turned in zip(size[::-1], (across, down), strict=True)]
    again = warp(warp(sample, zoom, shift, size, 1.0), zoom, shift, size, 1.0)
    np.testing.assert_allclose(again.boxes, sample.boxes, atol=1e-4)
    np.testing.assert_array_equal(again.labels, sample.labels)
    np.testing.assert_array_equal(again.image, sample.image)


@given(painted(), st.floats(0.5, 1.5), st.floats(0.5, 1.5), st.integers(-15, 15), st.integers(-15, 15))
def test_a_warped_box_lies_around_what_was_painted_in_it(sample, zoom_x, zoom_y, x, y):
    changed = warp(sample, (zoom_x, zoom_y), (x, y), sample.image.shape[:2], visible=0.3)
    for box in changed.boxes:
        np.testing.assert_allclose(box, extent(changed.image), atol=1)


@given(st.lists(samples(), min_size=4, max_size=4), st.integers(0, 2**32 - 1))
def test_boxes_of_a_mosaic_stay_inside_and_none_is_made_up(parts, seed):
    size = parts[0].image.shape[:2]
    height, width = size
    parts = [Sample(np.zeros((*size, 3), np.uint8), np.minimum(p.boxes, [width, height] * 2), p.labels) for p in parts]
    whole = mosaic(parts, np.random.default_rng(seed))
    assert whole.image.shape == (*size, 3)
    assert_inside(whole)
    before, after = (
        np.bincount(labels, minlength=4) for labels in (np.concatenate([p.labels for p in parts]), whole.labels)
    )
    assert (after <= before).all()


def assert_inside(sample):
    height, width = sample.image.shape[:2]
    assert len(sample.boxes) == len(sample.labels)
    assert (sample.boxes >= 0).all()
    assert (sample.boxes <= [width, height] * 2).all()
    assert (sample.boxes[:, 2:] > sample.boxes[:, :2]).all()
