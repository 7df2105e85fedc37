"""The flags for flips: the share of pictures that is mirrored is the one asked for, or the flag is refused."""

import numpy as np
import pytest

from tests.yolo.data.painted import painted
from yolo.data import augment_choice
from yolo.data.albumentations import A
from yolo.data.augment import Augmentation
from yolo.data.transforms import ColorGains, Warp
from yolo.errors import UserError

STILL = {"scale": (1.0, 1.0), "aspect": 1.0, "shift": 0.0}
TRIALS = 400


def chosen(transforms, p=1.0, **flips):
    choice = augment_choice.Choice("mine.yaml", None, Augmentation(transforms, p=p))
    return augment_choice.with_flips(choice, **{"horizontal_flip": None, "vertical_flip": None} | flips)[0].augmentation


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
