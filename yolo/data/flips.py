"""Mirror exactly the share of pictures that is asked for, whatever a pipeline does by itself."""

import copy

from yolo.data.albumentations import A
from yolo.data.augment import Augmentation, leaves
from yolo.data.transforms import Warp

FLIPS = {"horizontal_flip": A.HorizontalFlip, "vertical_flip": A.VerticalFlip}


def mirroring(augmentation, chances):
    """Return an augmentation that mirrors by these chances, and what is changed for it: a list of (name, old chance).

    One `Warp` mirrors, the first that is always at work; all other flips of the pipeline are switched off.

    Args:
        chances: {horizontal_flip or vertical_flip: chance}; a flip that is not in it stays as it is.
    """
    transforms, p, changes = copy.deepcopy(augmentation.transforms), augmentation.p, []
    steady = [one for one in transforms if isinstance(one, Warp) and one.p >= 1 and p >= 1]
    if not steady and any(chances.values()):
        steady = [Warp(scale=(1, 1), aspect=1, shift=0, horizontal_flip=0)]
        transforms = steady + (transforms if p >= 1 else [A.Sequential(transforms, p=p)])
        p = 1.0
    for name, chance in chances.items():
        for transform in leaves(transforms):
            if not isinstance(transform, (Warp, FLIPS[name])):
                continue
            attribute = name if isinstance(transform, Warp) else "p"
            old, new = getattr(transform, attribute), chance if transform in steady[:1] else 0.0
            if old != new:
                setattr(transform, attribute, new)
                changes.append((name, old))
    return Augmentation(transforms, augmentation.visible, p), changes


def other_mirror(transforms):
    """Return the name of a transform that mirrors pictures and whose flips cannot be chosen, or None."""
    return next((type(one).__name__ for one in leaves(transforms) if one.p > 0 and _mirrors(one)), None)


def _mirrors(transform):
    negative = isinstance(transform, A.Affine) and min(low for low, _ in transform.scale.values()) < 0
    return negative or isinstance(transform, (A.D4, A.Transpose))  # A.SquareSymmetry is a D4
