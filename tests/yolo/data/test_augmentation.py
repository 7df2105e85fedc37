"""Augmentation of one sample: the box goes where the pixels go."""

import numpy as np
import pytest

from tests.yolo.data.painted import COLOURS, GREY, painted, rectangle
from tests.yolo.data.pipelines import changing
from yolo.data.augmentation import Augmentation
from yolo.data.project_transforms import color
from yolo.letterbox import place
from yolo.structures import DIFFICULT, Sample

GEOMETRY = {"hue": 0.0, "saturation": 0.0, "value": 0.0}
STILL = {"scale": (1.0, 1.0), "aspect": 1.0, "shift": 0.0, "horizontal_flip": 0.0, **GEOMETRY}


def test_a_box_follows_its_pixels_to_a_third_of_a_pixel_and_on_average_exactly():
    sample = painted((90, 50, 150, 90))
    augment = changing(vertical_flip=0.5, **GEOMETRY)
    errors = []
    for seed in range(150):
        changed = augment(sample, np.random.default_rng(seed))
        box = changed.boxes[0]
        if box.min() > 1 and box[2] < 255 and box[3] < 159:  # wholly inside
            errors.append(box - rectangle(changed.image, COLOURS[0]))
    assert len(errors) > 120
    np.testing.assert_allclose(errors, 0, atol=0.34)
    np.testing.assert_allclose(np.mean(errors, axis=0), 0, atol=0.04)


def test_a_box_that_leaves_the_picture_is_cut_at_its_border():
    sample = painted((10, 10, 70, 150))
    augment = changing(scale=(1.3, 1.6), shift=0.2, **GEOMETRY)
    cut = 0
    for seed in range(60):
        changed = augment(sample, np.random.default_rng(seed))
        for box in changed.boxes:
            found = rectangle(changed.image, COLOURS[0])
            np.testing.assert_allclose(box, found, atol=0.6)  # a border pixel is cut in the middle by the blending
            cut += box.min() == 0
    assert cut > 20


def test_every_picture_is_zoomed_stretched_and_moved_within_the_limits_and_both_ways():
    sample = painted((98, 60, 158, 100))  # centred
    augment = changing(scale=(0.8, 1.25), aspect=1.44, shift=0.1, horizontal_flip=0.0, **GEOMETRY)
    boxes = np.array([augment(sample, np.random.default_rng(seed)).boxes[0] for seed in range(200)])
    zoom_x, zoom_y = (boxes[:, 2] - boxes[:, 0]) / 60, (boxes[:, 3] - boxes[:, 1]) / 40
    zoom, stretch = np.sqrt(zoom_x * zoom_y), zoom_x / zoom_y
    shift = (boxes[:, :2] + boxes[:, 2:]) / 2 / (256, 160) - 0.5
    assert 0.8 - 1e-4 < zoom.min() < 0.82 < 1.22 < zoom.max() < 1.25 + 1e-4
    assert 1 / 1.44 - 1e-4 < stretch.min() < 0.72 < 1.39 < stretch.max() < 1.44 + 1e-4
    assert -0.1 < shift.min() < -0.09 < 0.09 < shift.max() < 0.1
    assert abs(np.corrcoef(shift.T)[0, 1]) < 0.2, "across and down are independent"


def test_flips_moves_zoom_and_colours_do_not_depend_on_each_other():
    """A flip decided by the very number that decides the move would send every picture to the same side."""
    sample = painted((60, 40, 100, 60), (156, 100, 196, 120))  # about the centre, left and right, up and down
    augment = changing(shift=0.1, vertical_flip=0.5)
    drawn = []
    for seed in range(600):
        changed = augment(sample, np.random.default_rng(seed))
        first, second = changed.boxes
        move = (first + second).reshape(2, 2).mean(axis=0) / 2 - (128, 80)
        drawn.append([*(first[:2] < second[:2]), *move, np.ptp(changed.boxes[:, 0]), changed.image.mean()])
    drawn = np.array(drawn, float)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(6)).max() < 0.14  # 0.04 is the deviation of each
    np.testing.assert_allclose(drawn[:, :4].mean(axis=0), [0.5, 0.5, 0, 0], atol=2.5)
    np.testing.assert_allclose(drawn[:, :2].mean(axis=0), 0.5, atol=0.07)


@pytest.mark.parametrize(("height", "kept"), [(32, True), (30, False)])
def test_an_object_is_kept_when_enough_of_it_is_visible(height, kept):
    """Zoomed twice about the centre of a 256 x 160 picture, rows 40 to 120 fill it: 12 or 10 rows of the box stay."""
    sample = painted((100, 20, 140, 20 + height))
    changed = changing(**STILL | {"scale": (2.0, 2.0), "visible": 0.35})(sample, np.random.default_rng(0))
    expected = [[72, 0, 152, 24]] if kept else np.zeros((0, 4))  # 12 / 32 = 0.375, 10 / 30 = 0.333
    np.testing.assert_allclose(changed.boxes, expected, atol=1e-4)
    assert changed.labels.tolist() == ([0] if kept else [])


@pytest.mark.parametrize(
    ("flips", "expected"),
    [
        ({}, [20, 30, 60, 50]),
        ({"horizontal_flip": 1.0}, [196, 30, 236, 50]),
        ({"vertical_flip": 1.0}, [20, 110, 60, 130]),
        ({"horizontal_flip": 1.0, "vertical_flip": 1.0}, [196, 110, 236, 130]),
    ],
)
def test_flips_mirror_picture_and_boxes(flips, expected):
    sample = painted((20, 30, 60, 50))
    changed = changing(**STILL | flips)(sample, np.random.default_rng(0))
    np.testing.assert_allclose(changed.boxes, [expected], atol=1e-4)
    down, across = (-1 if f"{name}_flip" in flips else 1 for name in ("vertical", "horizontal"))
    mirrored = sample.image[::down, ::across]
    np.testing.assert_array_equal(changed.image, mirrored)


def test_labels_stay_with_their_boxes_class_0_and_difficult_ones_too():
    boxes = ((20, 20, 60, 60), (120, 20, 160, 60), (20, 100, 60, 140), (120, 100, 160, 140))
    sample = painted(*boxes, labels=[0, DIFFICULT, 7, 0])
    colour_of = dict(enumerate(COLOURS))
    for seed in range(20):
        changed = changing(**GEOMETRY, visible=0.0)(sample, np.random.default_rng(seed))
        for box, label in zip(changed.boxes, changed.labels, strict=True):
            x, y = (box[:2] + box[2:]).astype(int) // 2
            nearest = np.abs(COLOURS.astype(int) - changed.image[y, x]).sum(axis=1).argmin()
            assert sample.labels[nearest] == label, colour_of[nearest]
        assert changed.labels.dtype == np.int32


def test_a_sample_without_objects_keeps_its_shapes():
    sample = painted()
    changed = Augmentation()(sample, np.random.default_rng(0))
    assert (changed.boxes.shape, changed.labels.shape) == ((0, 4), (0,))
    assert (changed.boxes.dtype, changed.labels.dtype) == (np.float32, np.int32)
    assert (changed.image.shape, changed.image.dtype) == ((160, 256, 3), np.uint8)


def test_a_sample_whose_objects_all_leave_keeps_its_shapes():
    sample = painted((0, 0, 20, 20))
    changed = changing(**STILL | {"scale": (3.0, 3.0)})(sample, np.random.default_rng(0))
    assert (changed.boxes.shape, changed.labels.shape) == ((0, 4), (0,))


def test_boxes_that_fill_the_picture_or_are_very_thin_are_no_mistake():
    """After a letterbox in float32 a border may lie a hair outside."""
    rng = np.random.default_rng(0)
    for height, width in rng.integers(30, 4000, (200, 2)):
        placement = place(height, width, (160, 256))
        boxes = placement.apply([[0, 0, width, height], [width - 1, 3, width, height]])
        changed = Augmentation()(Sample(painted().image, boxes, np.zeros(2, np.int32)), rng)
        assert (changed.boxes >= 0).all()
        assert (changed.boxes <= (256, 160, 256, 160)).all()


def test_the_same_rng_gives_the_same_bytes_and_another_gives_others():
    sample = painted((90, 50, 150, 90))
    augment = Augmentation()
    first, again, other = (augment(sample, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first.image.tobytes() == again.image.tobytes()
    assert first.boxes.tobytes() == again.boxes.tobytes()
    assert first.image.tobytes() != other.image.tobytes()


def test_the_sample_that_comes_in_is_not_changed():
    sample, copy = painted((90, 50, 150, 90)), painted((90, 50, 150, 90))
    for array in (sample.image, sample.boxes, sample.labels):
        array.flags.writeable = False
    changing(horizontal_flip=1.0)(sample, np.random.default_rng(0))
    np.testing.assert_array_equal(sample.image, copy.image)
    np.testing.assert_array_equal(sample.boxes, copy.boxes)


def test_what_comes_into_the_picture_is_grey():
    sample = Sample(np.zeros((64, 96, 3), np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.int32))
    changed = changing(**STILL | {"scale": (0.5, 0.5)})(sample, np.random.default_rng(0))
    assert (changed.image[:10] == GREY).all()
    assert (changed.image[20:44, 30:66] == 0).all()


def test_grey_stays_grey_whatever_the_colour_gain():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    for gains in ((0.5, 0.9, 0.0), (-0.3, -0.9, 0.0)):
        np.testing.assert_array_equal(color(ramp, *gains), ramp)


@pytest.mark.parametrize(
    ("gains", "before", "expected"),
    [
        ((0.0, 0.0, 0.0), (200, 100, 50), (200, 100, 50)),
        ((1 / 3, 0.0, 0.0), (255, 0, 0), (0, 255, 0)),  # a third of the circle: red to green
        ((-1 / 3, 0.0, 0.0), (255, 0, 0), (0, 0, 255)),  # and back, to blue
        ((0.0, -1.0, 0.0), (200, 100, 50), (200, 200, 200)),  # no saturation: the value in every channel
        ((0.0, 0.0, -0.5), (200, 100, 50), (100, 50, 25)),
        ((0.0, 0.0, 0.5), (200, 100, 50), (255, 128, 64)),  # the value stops at 255, the ratios stay
    ],
)
def test_colour_gains_turn_the_hue_and_multiply_saturation_and_value(gains, before, expected):
    changed = color(np.full((1, 1, 3), before, np.uint8), *gains)
    np.testing.assert_allclose(changed[0, 0], expected, atol=2)


def test_colour_gains_are_spread_evenly_about_no_change():
    brown = np.full((8, 8, 3), (180, 90, 60), np.uint8)
    sample = Sample(brown, np.zeros((0, 4), np.float32), np.zeros(0, np.int32))
    augment = changing(**STILL | {"value": 0.4})
    values = [augment(sample, np.random.default_rng(seed)).image.max() / 180 for seed in range(300)]
    assert 0.59 < min(values) < 0.64 < 1.36 < max(values) < 1.41
    assert abs(np.mean(values) - 1) < 0.03


def test_gentle_is_a_third_of_zoom_stretch_and_shift_and_the_same_of_all_else():
    strong = changing(scale=(0.4, 1.6), aspect=8.0, shift=0.3, vertical_flip=0.5, visible=0.2)
    gentle = strong.gentle()
    warp, colors = gentle.transforms
    np.testing.assert_allclose([*warp.scale, warp.aspect, warp.shift], [0.8, 1.2, 2.0, 0.1])
    assert (warp.horizontal_flip, warp.vertical_flip, warp.p) == (0.5, 0.5, 1.0)
    assert (colors.hue, colors.saturation, colors.value, colors.p) == (0.02, 0.5, 0.4, 1.0)
    assert gentle.visible == 0.2
    assert strong.transforms[0].shift == 0.3, "the other is left as it was"
