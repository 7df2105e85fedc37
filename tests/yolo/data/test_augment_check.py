"""A pipeline is tried when it is chosen: one that never leaves an object is refused, any that may leave one is not."""

import numpy as np
import pytest

from tests.yolo.data.test_project_transforms import MOVING, NOT_FOR_PICTURES_WITH_BOXES, alone
from yolo.data import augment_check
from yolo.data.augmentation import Augmentation
from yolo.data.import_albumentations import A
from yolo.data.project_transforms import Warp
from yolo.errors import UserError

SIZES = [(160, 256)]
SLOW = {"PiecewiseAffine"}  # half a second a picture


@pytest.mark.parametrize(
    ("transforms", "named"),
    [
        ([A.Affine(scale=(1000, 1000), p=0.1)], "Affine"),
        ([A.OneOf([A.Blur(), A.Affine(translate_percent=5)])], "Affine"),
        ([A.Rotate(limit=(np.nan, np.nan), p=1.0)], "Rotate"),
        ([Warp(scale=(0.001, 0.001))], "Warp"),
        ([A.Erasing(scale=(1.0, 1.0), ratio=(1.6, 1.6), p=1.0)], "Erasing"),
        ([Warp(scale=(0.05, 0.05)), Warp(scale=(0.05, 0.05))], "all together"),
    ],
)
def test_what_leaves_no_object_in_any_trial_is_refused_by_its_name(transforms, named):
    augmentation = Augmentation(transforms)
    with pytest.raises(
        UserError, match=f"^mine.yaml: {named} left none of the 39 objects of a picture of 256 x 160 in "
    ):
        augment_check.check(augmentation, SIZES, "mine.yaml")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", sorted(set(MOVING) - NOT_FOR_PICTURES_WITH_BOXES - SLOW))
def test_every_transform_that_moves_or_hides_objects_is_taken_with_its_usual_arguments(name):
    augment_check.check(alone(name), SIZES, "mine.yaml")


@pytest.mark.parametrize("size", [(64, 96), (416, 416)])
def test_a_crop_that_shows_a_fortieth_of_the_picture_is_taken(size):
    crop = A.RandomCrop(size[0] // 6, size[1] // 6)
    augment_check.check(Augmentation([crop]), [size], "mine.yaml")
