"""Albumentations' transforms in the pipeline: boxes go where pixels go, whole labels, independent draws."""

import numpy as np
import pytest

from tests.yolo.data.painted import COLOURS, painted
from yolo.data import augment_check, augment_file
from yolo.data.augmentation import Augmentation
from yolo.data.import_albumentations import A
from yolo.data.project_transforms import ColorGains, Warp
from yolo.structures import DIFFICULT, Sample

SIZED = {"height": 120, "width": 190}
ARGUMENTS = {  # of those that cannot be made without
    "AtLeastOneBBoxRandomCrop": SIZED,
    "CenterCrop": SIZED,
    "Crop": {"x_min": 20, "y_min": 10, "x_max": 220, "y_max": 130},
    "CropAndPad": {"percent": 0.1},
    "GridElasticDeform": {"num_grid_xy": (4, 4), "magnitude": 5},
    "LongestMaxSize": {"max_size": 200},
    "RandomCrop": SIZED,
    "RandomResizedCrop": {"size": (160, 256), "scale": (0.5, 1.0)},
    "RandomSizedBBoxSafeCrop": SIZED,
    "RandomSizedCrop": {"min_max_height": (80, 120), "size": (160, 256)},
    "Resize": {"height": 100, "width": 200},
    "SmallestMaxSize": {"max_size": 100},
}
NOT_FOR_PICTURES_WITH_BOXES = {
    *("CropNonEmptyMaskIfExists", "MaskDropout", "Mosaic", "OverlayElements", "RandomCropNearBBox", "RandomGridShuffle")
}
HIDING = {"CoarseDropout", "ConstrainedCoarseDropout", "Erasing", "FrequencyMasking", "GridDropout", "TimeMasking"}
HIDING |= {"XYMasking", "PixelDropout"}  # the box is that of the whole object
LOOSE = {"ThinPlateSpline": 5, "Morphological": 3}  # pixels by which Albumentations' boxes are beside
MOVING = sorted(name for name, cls in augment_file.known().items() if issubclass(cls, A.DualTransform))


def others(number, rng):
    return [painted()] * number


def alone(name, p=1.0):
    cls = augment_file.known()[name]
    return Augmentation([augment_file.construct(cls, ARGUMENTS.get(name, {}) | {"p": p}, "a test")])


@pytest.mark.filterwarnings("ignore::UserWarning")  # "is a special case of Affine"
@pytest.mark.parametrize("name", [name for name in MOVING if name not in NOT_FOR_PICTURES_WITH_BOXES | HIDING])
def test_a_box_is_where_its_pixels_are(name):
    sample = painted((90, 50, 150, 90))
    augmentation, found = alone(name), 0
    for seed in range(1 if name == "PiecewiseAffine" else 8):  # which takes half a second
        changed = augmentation(sample, np.random.default_rng(seed), others)
        assert changed.image.shape == sample.image.shape
        for box in changed.boxes:
            rows, columns = np.nonzero(np.abs(changed.image.astype(int) - COLOURS[0]).max(axis=-1) < 100)
            seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            np.testing.assert_allclose(box, seen, atol=LOOSE.get(name, 1.5), err_msg=f"seed {seed}")
            found += 1
    assert found


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", sorted(NOT_FOR_PICTURES_WITH_BOXES))
def test_a_transform_that_cannot_be_used_is_told_before_training(name):
    cls = augment_file.known()[name]
    transform = augment_file.construct(cls, SIZED if name.startswith("CropNon") else {}, "a test")
    with pytest.raises(augment_check.UserError, match=f"mine: {name} "):
        augment_check.check(Augmentation([transform]), [(160, 256)], "mine")


def test_what_makes_floating_point_pictures_is_told():
    with pytest.raises(augment_check.UserError, match="Normalize makes float32"):
        augment_check.check(Augmentation([A.Normalize()]), [(64, 96)], "mine")


def test_a_crop_larger_than_the_picture_is_told_with_the_size_of_the_picture():
    crop = Augmentation([A.RandomCrop(height=300, width=300)])
    with pytest.raises(augment_check.UserError, match="RandomCrop fails on a picture of 256 x 256: Crop size"):
        augment_check.check(crop, [(320, 320), (256, 256)], "mine")


def test_a_crop_is_brought_back_to_the_size_with_its_boxes():
    """The middle 128 x 80 of 256 x 160, twice as large: every place is twice its distance from the corner (64, 40)."""
    changed = Augmentation([A.CenterCrop(80, 128)])(painted((90, 50, 150, 90)), np.random.default_rng(0))
    assert changed.image.shape == (160, 256, 3)
    np.testing.assert_allclose(changed.boxes, [[52, 20, 172, 100]], atol=1e-4)


@pytest.mark.parametrize(("shifts", "kept"), [([20], True), ([21], False), ([10, 10], True), ([12, 12], False)])
def test_an_object_is_kept_when_exactly_enough_of_the_whole_of_it_is_left(shifts, kept):
    """40 columns wide at the left border: 20 of them are half. In two steps the second loses a part of a part."""
    moves = [A.Affine(translate_px={"x": -shift, "y": 0}, p=1.0) for shift in shifts]
    changed = Augmentation(moves, visible=0.5)(painted((0, 40, 40, 80)), np.random.default_rng(0))
    assert changed.boxes.tolist() == ([[0, 40, 40 - sum(shifts), 80]] if kept else [])


@pytest.mark.parametrize(("hidden", "kept"), [(20, True), (24, False)])
def test_an_object_behind_a_dropout_keeps_its_box_while_enough_of_it_is_seen(hidden, kept):
    """Boxes stay to the fraction of a pixel; Albumentations' own rounds them down."""
    boxes = np.array([[0, 0, 40, 40], [100.25, 60.5, 140.75, 90.5]], np.float32)
    sample = Sample(painted().image, boxes, np.array([1, 2], np.int32))
    hole = A.XYMasking(num_masks_x=1, mask_x_length=hidden, fill=0, p=1.0)
    hole.get_params_dependent_on_data = lambda params, data: {"holes": np.array([[0, 0, hidden, 160]]), "seed": 0}
    changed = Augmentation([hole], visible=0.5)(sample, np.random.default_rng(0))
    assert changed.labels.tolist() == ([1, 2] if kept else [2])
    np.testing.assert_array_equal(changed.boxes[-1], boxes[1])


def test_labels_keep_every_digit_and_their_type_in_every_picture():
    augmentation = Augmentation([A.HorizontalFlip(p=1.0), ColorGains()])
    for labels in ([], [2**24 + 1, 2**31 - 1, DIFFICULT], [0], [2**30 + 1, 1]):
        boxes = [(10 + 40 * i, 20, 30 + 40 * i, 50) for i in range(len(labels))]
        changed = augmentation(painted(*boxes, labels=labels), np.random.default_rng(0))
        assert changed.labels.tolist() == labels
        assert changed.labels.dtype == np.int32
        np.testing.assert_allclose(changed.boxes[:, 0], [226 - 40 * i for i in range(len(labels))], atol=1e-4)


def test_numbers_drawn_for_a_picture_do_not_depend_on_each_other():
    """`Compose(seed=)` for each picture would let every transform begin with the same numbers."""
    transforms = [
        *(Warp(), A.HorizontalFlip(p=0.5), A.Rotate(limit=20, p=1.0), ColorGains()),
        *(A.RandomBrightnessContrast(p=1.0), A.RandomGamma(p=1.0), A.VerticalFlip(p=0.5), A.HueSaturationValue(p=1.0)),
    ]
    augmentation, sample, drawn = Augmentation(transforms), painted(height=32, width=32), []
    for position in range(1500):
        augmentation(sample, np.random.default_rng((0, 0, position)))
        warp, across, turn, colors, light, gamma, down, hue = (one.params for one in augmentation._idle[-1].transforms)
        numbers = [*np.sign(warp["zoom"][:1]), *np.abs(warp["zoom"]), bool(across), bool(down), turn["matrix"][0, 1]]
        numbers += [*colors["gains"], light["alpha"], light["beta"], gamma["gamma"]]
        numbers += [hue["hue_shift"], hue["sat_shift"], hue["val_shift"]]
        drawn.append([float(number) for number in numbers])
    correlation = np.corrcoef(np.array(drawn).T) - np.eye(len(drawn[0]))
    correlation[1, 2] = correlation[2, 1] = 0  # width and height are zoomed together
    assert len(correlation) == 15
    assert np.abs(correlation).max() < 0.1


def test_gentle_reaches_transforms_inside_of_others():
    inner = A.OneOf([Warp(shift=0.3), A.Sequential([Warp(aspect=8.0)])])
    (one,) = Augmentation([inner]).gentle().transforms
    assert one.transforms[0].shift == pytest.approx(0.1)
    assert one.transforms[1].transforms[0].aspect == pytest.approx(2.0)
    assert inner.transforms[0].shift == 0.3


def test_a_pipeline_of_nothing_changes_nothing():
    sample = painted((90, 50, 150, 90))
    changed = Augmentation([])(sample, np.random.default_rng(0))
    np.testing.assert_array_equal(changed.image, sample.image)
    np.testing.assert_array_equal(changed.boxes, sample.boxes)
