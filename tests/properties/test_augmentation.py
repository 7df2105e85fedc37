"""What holds for every augmented sample, whatever changes it: only the public call is used."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.draws import extent, painted, samples
from tests.properties.test_boxes import assert_inside
from yolo.data.augmentation import Augmentation
from yolo.data.project_transforms import Warp

seeds = st.integers(0, 2**32 - 1)
STILL = {"scale": (1.0, 1.0), "aspect": 1.0, "shift": 0.0}


@given(samples(), seeds)
def test_boxes_stay_inside_and_no_label_is_made_up(sample, seed):
    changed = Augmentation()(sample, np.random.default_rng(seed))
    assert changed.image.shape == sample.image.shape
    assert changed.image.dtype == np.uint8
    assert_inside(changed)
    before, after = (np.bincount(labels, minlength=4) for labels in (sample.labels, changed.labels))
    assert (after <= before).all()


@given(samples(), seeds)
def test_the_same_draw_gives_the_same_bytes_and_leaves_the_sample_alone(sample, seed):
    image, boxes = sample.image.copy(), sample.boxes.copy()
    first, second = (Augmentation()(sample, np.random.default_rng(seed)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.boxes, second.boxes)
    np.testing.assert_array_equal(sample.image, image)
    np.testing.assert_array_equal(sample.boxes, boxes)


@given(samples(), seeds, st.booleans(), st.booleans())
def test_what_is_flipped_twice_is_as_it_was(sample, seed, across, down):
    flip = Augmentation([Warp(**STILL, horizontal_flip=float(across), vertical_flip=float(down))])
    rng = np.random.default_rng(seed)
    again = flip(flip(sample, rng), rng)
    np.testing.assert_allclose(again.boxes, sample.boxes, atol=1e-3)
    np.testing.assert_array_equal(again.labels, sample.labels)
    np.testing.assert_array_equal(again.image, sample.image)


@given(painted(), seeds)
def test_a_box_lies_around_what_was_painted_in_it(sample, seed):
    changed = Augmentation([Warp()])(sample, np.random.default_rng(seed))
    for box in changed.boxes:
        np.testing.assert_allclose(box, extent(changed.image), atol=1.5)
