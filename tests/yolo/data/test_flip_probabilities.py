"""The flags for flips: the share of pictures that is mirrored is the one asked for, or the flag is refused."""

import numpy as np
import pytest

from tests.yolo.data.painted import painted
from yolo.data import augment_choice
from yolo.data.augmentation import Augmentation
from yolo.data.import_albumentations import A
from yolo.data.project_transforms import ColorGains, Warp
from yolo.errors import UserError

STILL = {"scale": (1.0, 1.0), "aspect": 1.0, "shift": 0.0}
TRIALS = 400


def asked(transforms, p=1.0, **flips):
    """The choice with these flips, and what is said of them."""
    choice = augment_choice.AugmentationChoice("mine.yaml", None, Augmentation(transforms, p=p))
    return augment_choice.with_flips(choice, **{"horizontal_flip": None, "vertical_flip": None} | flips)


def chosen(transforms, p=1.0, **flips):
    return asked(transforms, p, **flips)[0].augmentation


def mirrored(augmentation):
    """The shares of pictures that are mirrored across, and down."""
    sample = painted((20, 30, 60, 50))
    lefts, tops = [], []
    for seed in range(TRIALS):
        (box,) = augmentation(sample, np.random.default_rng(seed)).boxes.round().tolist()
        lefts.append(box[0] != 20)
        tops.append(box[1] != 30)
    return np.mean(lefts), np.mean(tops)


PIPELINES = {
    "nothing that mirrors": lambda: [A.Blur(p=0.0)],
    "a Warp": lambda: [Warp(**STILL)],
    "a Warp that is seldom at work": lambda: [Warp(**STILL, p=0.3)],
    "a Warp that is never at work": lambda: [Warp(**STILL, p=0.0)],
    "two Warps": lambda: [Warp(**STILL), ColorGains(), Warp(**STILL, vertical_flip=0.7)],
    "a Warp in a OneOf": lambda: [A.OneOf([Warp(**STILL), A.Blur(p=1.0)], p=0.5)],
    "a Warp in a Sequential": lambda: [A.Sequential([Warp(**STILL)], p=0.4)],
    "HorizontalFlip": lambda: [A.HorizontalFlip(p=0.5)],
    "HorizontalFlip in a OneOf": lambda: [A.OneOf([A.HorizontalFlip(p=1.0), A.Blur(p=1.0)], p=1.0), Warp(**STILL)],
    "HorizontalFlip in a SomeOf": lambda: [
        A.SomeOf([A.Sequential([A.HorizontalFlip(p=1.0)], p=0.9), Warp(**STILL)], n=2)
    ],
    "HorizontalFlip as the other": lambda: [A.OneOrOther(A.Blur(p=1.0), A.HorizontalFlip(p=1.0), p=0.3)],
    "a D4 that is never at work": lambda: [A.D4(p=0.0)],
}


@pytest.mark.parametrize("p", [1.0, 0.5])
@pytest.mark.parametrize("chance", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("name", PIPELINES)
def test_the_share_of_mirrored_pictures_is_the_one_asked_for(name, chance, p):
    across, _ = mirrored(chosen(PIPELINES[name](), p, horizontal_flip=chance))
    assert across == pytest.approx(chance, abs=0.07 if 0 < chance < 1 else 0)


@pytest.mark.parametrize("name", PIPELINES)
def test_a_flag_for_one_direction_leaves_the_other_as_it_is(name):
    before = mirrored(Augmentation(PIPELINES[name]()))
    across, down = mirrored(chosen(PIPELINES[name](), vertical_flip=0.5))
    assert across == pytest.approx(before[0], abs=0.1)
    assert down == pytest.approx(0.5, abs=0.07)


def test_a_vertical_flip_of_the_file_stays_beside_a_horizontal_flag():
    assert mirrored(chosen([A.VerticalFlip(p=1.0)], horizontal_flip=0.0)) == (0.0, 1.0)


def test_all_else_is_at_work_as_often_as_before():
    """A Warp with p 0.3 zooms 0.3 of the pictures still, and a pipeline with p 0.5 changes the colours of half."""
    pipeline = [Warp(scale=(0.5, 0.5), aspect=1, shift=0, p=0.3), A.InvertImg(p=1.0)]
    augmentation, sample = chosen(pipeline, 0.5, horizontal_flip=1.0), painted((20, 30, 60, 50))
    changed = [augmentation(sample, np.random.default_rng(seed)) for seed in range(TRIALS)]
    zoomed = np.mean([np.ptp(one.boxes[0, ::2]).round() == 20 for one in changed])
    inverted = np.mean([(one.image[5, 100] != sample.image[5, 100]).any() for one in changed])
    assert (zoomed, inverted) == (pytest.approx(0.15, abs=0.06), pytest.approx(0.5, abs=0.08))


@pytest.mark.parametrize("flips", [{"horizontal_flip": 0.0}, {"horizontal_flip": 0.5, "vertical_flip": 0.0}])
@pytest.mark.parametrize(
    ("transform", "name"),
    [
        (A.D4(p=1.0), "D4"),
        (A.Transpose(p=0.1), "Transpose"),
        (A.OneOf([A.Blur(), A.SquareSymmetry()]), "SquareSymmetry"),
        (A.SomeOf([A.Sequential([A.Blur(), A.Transpose()]), A.Blur()], n=1), "Transpose"),
        (A.Affine(scale={"x": (-1.0, 1.0), "y": (1.0, 1.0)}), "Affine"),
        (A.OneOrOther(A.D4(), A.Blur(), p=0.5), "D4"),
        (A.OneOrOther(A.Blur(), A.Sequential([A.D4()], p=0.0), p=0.5), "D4"),  # which is called all the same
        (A.OneOrOther(A.Blur(), A.OneOrOther(A.D4(), A.Blur(), p=1.0), p=0.0), "D4"),
    ],
)
def test_a_flag_that_cannot_be_kept_is_refused_with_the_transform(transform, name, flips):
    with pytest.raises(UserError, match=rf"^--horizontal-flip.* cannot act on {name} of mine.yaml, which mirrors"):
        chosen([Warp(), transform], **flips)
    assert len(chosen([Warp(), transform]).transforms) == 2


@pytest.mark.parametrize("name", augment_choice.shipped())
def test_every_file_that_is_shipped_takes_both_flags(name):
    choice, _ = augment_choice.with_flips(augment_choice.choose(name), horizontal_flip=0.2, vertical_flip=0.3)
    warp = choice.augmentation.transforms[0]
    assert (warp.horizontal_flip, warp.vertical_flip) == (0.2, 0.3)
    assert len(choice.augmentation.transforms) == len(augment_choice.choose(name).augmentation.transforms)


NEVER = {
    "in a Sequential": lambda: A.Sequential([A.Blur(), A.D4(p=1.0)], p=0.0),
    "in a group of a group": lambda: A.SomeOf([A.Blur(), A.OneOf([A.Sequential([A.D4()], p=1.0)], p=0.0)], n=2),
    "in a OneOf with other weights": lambda: A.OneOf([A.D4(p=0.0), A.Sequential([A.D4()], p=0.0), A.Blur()], p=1.0),
    "the other that is never chosen": lambda: A.OneOrOther(A.Blur(), A.D4(), p=1.0),
    "the first that is never chosen": lambda: A.OneOrOther(A.D4(), A.Blur(), p=0.0),
    "a SomeOf as the other": lambda: A.OneOrOther(A.Blur(), A.SomeOf([A.D4()], n=1, p=0.0), p=0.0),
}


@pytest.mark.parametrize("name", NEVER)
def test_a_transform_that_is_never_at_work_hinders_no_flag(name):
    assert mirrored(chosen([Warp(**STILL), NEVER[name]()], horizontal_flip=1.0, vertical_flip=0.0)) == (1.0, 0.0)


def test_a_pipeline_that_is_never_at_work_hinders_no_flag():
    assert mirrored(chosen([A.D4(p=1.0)], p=0.0, horizontal_flip=1.0)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("transforms", "said"),
    [
        ([A.HorizontalFlip(p=0.5)], None),
        ([A.HorizontalFlip(p=0.3)], "0.3"),
        ([A.HorizontalFlip(p=0.3), A.HorizontalFlip(p=0.3)], "0.3"),
        ([A.HorizontalFlip(p=0.3), A.Blur(), A.OneOf([A.HorizontalFlip(p=0.5), A.Blur()])], "0.3 and 0.5"),
        ([Warp(horizontal_flip=0.0), A.HorizontalFlip(p=0.5)], None),
        ([Warp(horizontal_flip=0.0), Warp(horizontal_flip=0.0), A.VerticalFlip(p=1.0)], "0"),
        ([A.Sequential([A.HorizontalFlip(p=0.3)], p=0.0)], None),
        ([A.Blur()], None),
    ],
)
def test_each_flag_says_once_which_chances_of_the_file_it_overrides(transforms, said):
    expected = [] if said is None else [f"--horizontal-flip 0.5 overrides {said} in mine.yaml"]
    assert asked(transforms, horizontal_flip=0.5)[1] == expected


def test_two_flags_are_told_in_two_sentences():
    transforms = [A.HorizontalFlip(p=0.3), A.HorizontalFlip(p=0.3), A.VerticalFlip(p=0.1)]
    assert asked(transforms, horizontal_flip=0.0, vertical_flip=0.2)[1] == [
        "--horizontal-flip 0 overrides 0.3 in mine.yaml",
        "--vertical-flip 0.2 overrides 0.1 in mine.yaml",
    ]
