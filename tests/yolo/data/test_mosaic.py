"""Mosaic and mixup: every object that is still to be seen is there, where its pixels are."""

from dataclasses import replace

import numpy as np
import pytest

from tests.yolo.data.painted import COLOURS, GREY, painted, rectangle
from yolo.data.mosaic import VISIBLE, mixup, mosaic
from yolo.structures import DIFFICULT

HEIGHT, WIDTH = 160, 256


def four(box=(60, 40, 120, 80), labels=(0, 1, 2, DIFFICULT)):
    """Four samples with a rectangle at the same place, each in its own colour and of its own label."""
    return [painted(box, colours=COLOURS[i:], labels=[label]) for i, label in enumerate(labels)]


class Chosen:
    """Stands in for a random generator: the numbers it is to draw, as shares of the way from low to high."""

    def __init__(self, *shares):
        self.shares = iter(shares)

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * next(self.shares)


def test_the_quarters_lie_where_worked_out_by_hand():
    """Cut in the middle, zoom 0.5, every picture flush in its quarter of 128 x 80: each box is halved and moved."""
    whole = mosaic(four(), Chosen(0.5, 0.5, *[0.0, 0.5, 0.5] * 4))
    expected = np.array([[30, 20, 60, 40], [158, 20, 188, 40], [30, 100, 60, 120], [158, 100, 188, 120]])
    np.testing.assert_allclose(whole.boxes, expected, atol=1e-4)
    assert whole.labels.tolist() == [0, 1, 2, DIFFICULT]
    for (left, top, right, bottom), colour in zip(expected, COLOURS, strict=True):
        assert (whole.image[top + 1 : bottom - 1, left + 1 : right - 1] == colour).all()


def test_every_object_keeps_its_score_and_one_open_picture_leaves_the_whole_open():
    samples = [replace(sample, scores=np.float32([0.1 * (i + 1)])) for i, sample in enumerate(four())]
    whole = mosaic(samples, Chosen(0.5, 0.5, *[0.0, 0.5, 0.5] * 4))
    np.testing.assert_allclose(whole.scores, [0.1, 0.2, 0.3, 0.4])
    blended = mixup(samples[2], samples[0])
    np.testing.assert_allclose(blended.scores, [0.3, 0.1])
    assert whole.is_complete
    assert blended.is_complete
    samples[1] = replace(samples[1], is_complete=False)
    assert not mosaic(samples, Chosen(0.5, 0.5, *[0.0, 0.5, 0.5] * 4)).is_complete
    assert not mixup(samples[1], samples[0]).is_complete
    assert not mixup(samples[0], samples[1]).is_complete


def test_a_box_follows_its_pixels_to_a_third_of_a_pixel_and_on_average_exactly():
    errors = []
    for seed in range(100):
        whole = mosaic(four(labels=(0, 1, 2, 3)), np.random.default_rng(seed))
        for box, label in zip(whole.boxes, whole.labels, strict=True):
            found = rectangle(whole.image, COLOURS[label])
            if np.ptp(found[::2]) > 20 and np.ptp(found[1::2]) > 12:
                errors.append(box - found)
    assert len(errors) > 250
    np.testing.assert_allclose(errors, 0, atol=0.34)
    np.testing.assert_allclose(np.mean(errors, axis=0), 0, atol=0.04)


def test_boxes_lie_inside_their_own_quarter_and_show_enough_of_the_object():
    dropped = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, y = (int(rng.uniform(0.3, 0.7) * side) for side in (WIDTH, HEIGHT))
        whole = mosaic(four((2, 2, 60, 50), labels=(0, 1, 2, 3)), np.random.default_rng(seed))
        quarters = np.array([[0, 0, x, y], [x, 0, WIDTH, y], [0, y, x, HEIGHT], [x, y, WIDTH, HEIGHT]])[whole.labels]
        assert (whole.boxes[:, :2] >= quarters[:, :2]).all()
        assert (whole.boxes[:, 2:] <= quarters[:, 2:]).all()
        sizes = whole.boxes[:, 2:] - whole.boxes[:, :2]
        assert (sizes.prod(axis=1) >= VISIBLE * 0.25 * 58 * 48 - 1e-2).all()  # of the smallest it can be, at zoom 0.5
        dropped += 4 - len(whole.labels)
    assert dropped > 20, "some leave their quarter"


@pytest.mark.parametrize(("left", "kept"), [(102, True), (104, False)])
def test_an_object_is_kept_when_enough_of_it_is_in_the_quarter(left, kept):
    """At zoom 1 the first quarter shows columns 0 to 115 (0.45 of 256) of the first picture: 13 or 11 of the 40."""
    first = painted((left, 10, left + 40, 30))
    empty = [painted()] * 3
    whole = mosaic([first, *empty], Chosen(0.375, 0.5, *[1.0, 0.0, 0.0] * 4))
    assert whole.boxes.tolist() == ([[left, 10, 115, 30]] if kept else [])


def test_nothing_is_left_unpainted_and_what_is_beyond_a_picture_is_grey():
    """Small pictures flush to the far corner of their quarters leave a grey border of known width."""
    black = painted(height=HEIGHT, width=WIDTH)
    black.image[:] = 0
    whole = mosaic([black] * 4, Chosen(0.0, 0.0, *[0.0, 1.0, 1.0] * 4))  # quarters of 76 and 180, 48 and 112
    assert set(np.unique(whole.image)) <= set(range(GREY + 1))
    assert (whole.image[49:70, 78:120] == GREY).all(), "the fourth quarter is wider than its picture"
    assert (whole.image[90:, 140:] == 0).all()


def test_samples_without_objects_give_one_without_objects():
    whole = mosaic([painted()] * 4, np.random.default_rng(0))
    assert (whole.boxes.shape, whole.labels.shape) == ((0, 4), (0,))
    assert (whole.boxes.dtype, whole.labels.dtype) == (np.float32, np.int32)


def test_the_same_rng_gives_the_same_mosaic_and_the_samples_stay_as_they_were():
    samples = four()
    for array in (array for sample in samples for array in (sample.image, sample.boxes, sample.labels)):
        array.flags.writeable = False
    first, again, other = (mosaic(samples, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first.image.tobytes() == again.image.tobytes()
    assert first.boxes.tobytes() == again.boxes.tobytes()
    assert first.image.tobytes() != other.image.tobytes()


def test_mixup_shows_both_pictures_half_and_keeps_the_objects_of_both():
    first, second = painted((10, 10, 50, 50), labels=[0]), painted((30, 30, 90, 90), labels=[DIFFICULT])
    second.image[30:90, 30:90] = (0, 0, 255)
    blended = mixup(first, second)
    assert blended.image[20, 20].tolist() == [192, 64, 64]  # red with grey: (255 + 128) / 2 = 191.5
    assert blended.image[40, 40].tolist() == [128, 0, 128]  # red with blue
    assert blended.boxes.tolist() == [[10, 10, 50, 50], [30, 30, 90, 90]]
    assert blended.labels.tolist() == [0, DIFFICULT]


def test_mixup_with_a_picture_without_objects_keeps_those_of_the_other():
    blended = mixup(painted(), painted((30, 30, 90, 90)))
    assert blended.boxes.tolist() == [[30, 30, 90, 90]]
    assert blended.labels.dtype == np.int32
